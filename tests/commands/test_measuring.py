"""open311 routing measure: distances for service requests of an older server."""

from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from open311.database import db
from open311.operations.routing import measure
from tests.commands.conftest import CommandLine

NEAR = "26-0000002"  # a pothole in the East Yard's ward


@pytest.fixture
def from_before(app: Flask) -> Flask:
    """Gridtown with data of an older server: no neighbors are stored, and one is near a border."""
    unknown = "neighbor_id = NULL, neighbor_meters = NULL, near = false"
    for statement in (
        "UPDATE service_requests SET location = 'SRID=4326;POINT(0.00005 0.5)' "
        f"WHERE service_request_id = '{NEAR}'; "
        "UPDATE service_requests SET near_border = false; "
        "DELETE FROM service_request_boundaries WHERE boundary_id IS NULL; "
        f"UPDATE service_request_boundaries SET {unknown}; "
        "DELETE FROM triage_entries"
    ).split("; "):
        db.session.execute(text(statement))
    db.session.commit()
    return app


def show(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get(
        f"/open311/v2/requests/{NEAR}.json", query_string={"extensions": "true"}
    )
    [row] = answer.json or []
    return dict(row)


def places() -> list[tuple[Any, ...]]:
    rows = db.session.execute(
        text(
            "SELECT service_request_pk, layer_id, boundary_id, neighbor_meters IS NULL "
            "FROM service_request_boundaries ORDER BY 1, 2"
        )
    )
    return [tuple(row) for row in rows]


def number_of_change() -> int:
    """Return the change number of NEAR, which incremental sync uses."""
    return db.session.scalars(
        text(f"SELECT change_number FROM service_requests WHERE service_request_id = '{NEAR}'")
    ).one()


def test_distances_are_filled_in_and_departments_stay(
    from_before: Flask, open311: CommandLine
) -> None:
    open311.lines("requests", "reopen", NEAR, "It is still there.")
    before, was, first = show(from_before), places(), number_of_change()
    assert all(unknown for *_, unknown in was)
    looked_at = open311.lines("routing", "measure")
    assert looked_at != ["0 requests measured."]
    after, now = show(from_before), places()
    assert after["agency_responsible"] == before["agency_responsible"]
    assert after["extended_attributes"]["near_border"]["ward"]["code"] == "2"
    assert number_of_change() > first
    inside = {row[:3] for row in now if row[2] is not None}
    assert inside == {row[:3] for row in was}
    assert not any(unknown for *_, unknown in now)
    [line] = open311.lines("triage", "list")
    assert line.startswith(f"{NEAR} near_border POTHOLE at East Yard: 6 m from ward 2")


def test_a_second_run_finds_nothing_more(from_before: Flask, open311: CommandLine) -> None:
    open311.lines("routing", "measure")
    known = places()
    assert open311.lines("routing", "measure") == ["0 requests measured."]
    assert places() == known


def test_a_request_that_changes_during_a_run_is_not_counted_as_measured(
    from_before: Flask, open311: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_all = measure.lock_all

    def lock_after_a_change(*conditions: Any) -> list[int]:
        with psycopg.connect(from_before.config["DATABASE_URL"].replace("+psycopg", "")) as other:
            change = "UPDATE service_requests SET pk = pk WHERE service_request_id = %s"
            other.execute(change, [NEAR])
        return lock_all(*conditions)

    monkeypatch.setattr(measure, "lock_all", lock_after_a_change)
    assert open311.lines("routing", "measure")[-1] == (
        "1 not measured because they changed. Run the command again."
    )
    monkeypatch.undo()
    assert open311.lines("routing", "measure") == ["1 requests measured."]


def test_what_was_closed_waits_for_nobody(from_before: Flask, open311: CommandLine) -> None:
    open311.lines("routing", "measure")
    assert show(from_before)["status"] == "closed"
    assert show(from_before)["extended_attributes"]["near_border"]
    assert open311.lines("triage", "list") == []
