"""A backup was restored and is served: what clients have kept from before."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from applications import in_context
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from georeport_client import KEYS

from open311.cli import main
from open311.database import db

FEED = "/open311/v2/requests.json?sort=changed&tombstones=true"


@pytest.fixture
def city(fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path) -> Iterator[Flask]:
    """A city with a log of erasures of its own: that of another would be repeated here."""
    own = {"OPEN311_ERASURE_LOG": str(tmp_path / "erasures")}
    yield from in_context(fresh_database(gridtown), own)


def submitted(client: FlaskClient, description: str) -> int:
    values = {
        "api_key": KEYS["gridtown.example"],
        "service_code": "POTHOLE",
        "lat": "0.5",
        "long": "0.5",
        "description": description,
    }
    [answer] = client.post("/open311/v2/requests.json", data=values).get_json()
    return int(answer["service_request_id"].rpartition("-")[2])


def test_a_copy_begins_again_and_no_number_is_given_twice(city: Flask) -> None:
    client = city.test_client()
    before = submitted(client, "before")
    kept = client.get(FEED).headers["X-Next-After"]
    by_time = client.get("/open311/v2/requests.json").headers["X-Next-After"]
    assert client.get(f"{FEED}&after={kept}").status_code == 200
    for _time in range(2):
        result = CliRunner().invoke(main, ["restore", "adopt"])
        assert result.exit_code == 0, result.output
        db.session.remove()
        for format in ("json", "xml"):
            gone = client.get(f"{FEED.replace('json', format)}&after={kept}")
            assert gone.status_code == 410
            assert "Read the whole list again, without after." in gone.text
        again = client.get(FEED)
        kept = again.headers["X-Next-After"]
        assert [one["description"] for one in again.get_json()][-1] == "before"
        assert client.get(f"{FEED}&after={kept}").get_json() == []
    assert client.get(f"/open311/v2/requests.json?after={by_time}").status_code == 200
    after = submitted(client, "after")
    assert after > before + 2 * 10_000
    [new] = client.get(f"{FEED}&after={kept}").get_json()
    assert new["description"] == "after"
