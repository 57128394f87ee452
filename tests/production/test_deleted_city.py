"""A city is deleted with all that it has; another one on the server keeps everything."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from applications import in_context
from click.testing import CliRunner
from flask import Flask
from georeport_client import KEYS
from images import from_a_phone
from psycopg import sql

from open311.cli import main
from open311.database import db
from open311.operations.deleted_city import delete_some_requests
from open311.queries.moved_city import list_owned

GONE, KEPT = "gridtown.example", "hilltown.example"
RULE = ("--months", "24", "--action", "delete", "--authority", "Schedule")
SECRET = {"OPEN311_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"}


def run(*arguments: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments, input=typed)
    db.session.remove()
    assert isinstance(result.exception, SystemExit | None), result.exc_info
    return result.exit_code, result.output


@pytest.fixture
def towns(fresh_database: Callable[[str], str], two_towns: str, tmp_path: Path) -> Iterator[Flask]:
    """Two towns with users; each has a report with a photo, which was closed and erased."""
    settings = {**SECRET, "OPEN311_MEDIA_STORE": str(tmp_path / "media")}
    for app in in_context(fresh_database(two_towns), settings):
        for town in (GONE, KEPT):
            values = {
                "api_key": KEYS[town],
                "jurisdiction_id": town,
                "service_code": "POTHOLE",
                "lat": "0.5",
                "long": "0.5",
                "email": "a@b.example",
                "media": (BytesIO(from_a_phone()), "photo.jpg"),
            }
            sent = app.test_client().post("/open311/v2/requests.json", data=values)
            assert sent.status_code == 200, sent.text
            id_ = sent.get_json()[0]["service_request_id"]
            here = ("--jurisdiction", town)
            for command in (
                ("requests", "close", id_, "Filled."),
                ("users", "create", f"clerk-{town[0]}", "--role", "administrator", "--generate"),
                *(("retention", "set", one, *RULE) for one in ("photo", "log")),
                ("people", "erase", "--email", "a@b.example", "--yes"),
            ):
                assert run(*command, *here)[0] == 0, command
        yield app


def numbers(app: Flask, town: str) -> Mapping[str, int]:
    """Count the rows of a town in all tables."""
    url = str(app.config["DATABASE_URL"]).replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        return {
            name: connection.execute(
                sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(name), condition),
                {"jurisdiction_id": town},
            ).fetchall()[0][0]
            for name, condition in list_owned()
        }


def test_nothing_of_the_city_stays_and_all_of_the_other(towns: Flask, tmp_path: Path) -> None:
    files = set((tmp_path / "media").glob("*.jpg"))
    before, other = numbers(towns, GONE), numbers(towns, KEPT)
    for table in ("service_requests", "users", "audit_entries", "erasures", "retention_rules"):
        assert before[table], table
    code, said = run("city", "delete", GONE, typed="gridtown\n")
    assert code == 1
    assert "This is another ID, so nothing was deleted." in said
    assert numbers(towns, GONE) == before
    code, said = run("city", "delete", GONE, typed=f"{GONE}\n")
    assert code == 0
    assert f"Deleted {GONE}: {before['service_requests']} service requests, " in said
    assert not any(numbers(towns, GONE).values())
    assert numbers(towns, KEPT) == other
    assert set((tmp_path / "media").glob("*.jpg")) <= files
    listed = towns.test_client().get(f"/open311/v2/requests.json?jurisdiction_id={GONE}")
    assert listed.status_code == 404
    assert run("city", "delete", GONE, "--yes", GONE)[0] == 1


def test_a_city_with_a_legal_hold_stays_whole(towns: Flask) -> None:
    hold = ("retention", "hold", "26-0000002", "--reason", "Claim", "--jurisdiction", GONE)
    assert run(*hold)[0] == 0
    before = numbers(towns, GONE)
    code, said = run("city", "delete", GONE, "--yes", GONE)
    assert code == 1
    assert f"{GONE} has requests with legal holds: 26-0000002." in said
    with pytest.raises(Exception, match="legal holds"):
        delete_some_requests(GONE)
    db.session.remove()
    assert numbers(towns, GONE) == before
