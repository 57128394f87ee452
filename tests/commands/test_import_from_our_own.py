"""A Gridtown that moves from one server of ours to another, in either format."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from foreign_server import NOT_FOUND, Reply, foreign_server
from georeport_client import KEYS, Api
from servers import PATIENCE, running_server

FIELDS = (
    *("service_code", "service_name", "status", "status_notes", "description", "address", "lat"),
    *("long", "zipcode", "agency_responsible", "requested_datetime", "updated_datetime"),
    *("media_url", "expected_datetime"),
)
TEXT = "Straße, 東京, <b> & 🚲\r\nsecond line"
SINCE = f"{datetime.now(UTC) - timedelta(days=250):%F}"


@pytest.mark.parametrize("format", ["xml", "json"])
def test_what_was_there_arrives_here(
    format: str,
    fresh_database: Callable[[str], str],
    gridtown: str,
    empty: str,
    run_command: Callable[..., str],
    city: Path,
    tmp_path: Path,
) -> None:
    (city / "service_requests.csv").unlink()
    here = fresh_database(empty)
    run_command(here, "seed", str(city))
    there = fresh_database(gridtown)
    with running_server(there, tmp_path / "there.log") as address:
        before = Api(address, "json", KEYS["gridtown.example"])
        before.report(description=TEXT, lat=-0.25, long=0.75)
        closed = before.report(address_string="1 Street", media_url="https://a.example/1.jpg")
        run_command(there, "requests", "close", closed, "Gefüllt.")
        rows = all_rows(before)
        with foreign_server(only(address, format)) as server:
            url = f"{server.address}/open311/v2"
            options = ("--allow-private", "--from", SINCE)
            report = run_command(here, "import-requests", url, *options)
    assert f"{len(rows)} imported, 0 changed, 0 skipped" in report
    with running_server(here, tmp_path / "here.log") as address:
        assert compared(all_rows(Api(address, "json", ""))) == compared(rows)


def compared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what must be the same there and here, in one order."""
    ordered = sorted(rows, key=lambda row: (row["requested_datetime"], row["description"] or ""))
    return [{name: row[name] for name in FIELDS} for row in ordered]


def all_rows(api: Api) -> list[dict[str, Any]]:
    """Give all that are published; that from 200 days ago is found by its first id on both."""
    listed = api.get("v2/requests").document
    return [*listed, api.one("20-0000001")]


def only(address: str, format: str) -> Callable[[str, dict[str, str]], Reply]:
    """Hand on what a server answers in one format; in the other, there is nothing."""

    def answer(path: str, parameters: dict[str, str]) -> Reply:
        if not path.endswith(f".{format}"):
            return NOT_FOUND
        answered = requests.get(f"{address}{path}", params=parameters, timeout=PATIENCE)
        return Reply(answered.content, answered.status_code)

    return answer
