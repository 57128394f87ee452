"""Closings after which the same was reported again, before and after changes are folded."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from applications import in_context
from flask import Flask
from sqlalchemy import text

from open311.database import db
from open311.jobs.insights import fold_figures
from open311.operations.requests.change import change_service
from open311.operations.requests.status import change_status
from open311.operations.routing.department import hand_over
from open311.queries.insights.came_back import list_came_back
from open311.queries.insights.counts import Parts
from open311.queries.insights.population import By, find_population
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.criteria import EVERYTHING
from open311.queries.search.visibility import Audience

UTM = 32631
"""The projection of the place where longitude and latitude are 0.2, in meters."""

METER = 1 / 111_320
"""In degrees, near enough at the equator."""


@pytest.fixture(scope="module")
def town(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    yield from in_context(fresh_database(gridtown))


def report(app: Flask, meters: float, days_ago: int) -> str:
    """Report a pothole as many meters to the east and days ago, and return its id."""
    place = {"lat": "0.2", "long": str(0.2 + meters * METER)}
    told = {"service_code": "POTHOLE", "description": f"{days_ago} days old.", **place}
    form = {"api_key": "key-of-gridtown", **told}
    [receipt] = app.test_client().post("/open311/v2/requests.json", data=form).json or [{}]
    id_ = str(receipt["service_request_id"])
    move_back("opening", id_, days_ago)
    received = "requested_datetime = requested_datetime - :by, accepted_at = NULL"
    change = f"UPDATE service_requests SET {received} WHERE service_request_id = :id"
    db.session.execute(text(change), {"id": id_, "by": timedelta(days=days_ago)})
    db.session.commit()
    return id_


def close(id_: str, days_ago: int) -> None:
    change_status(get_jurisdiction(None), id_, "fixed", "Done.", made_by="kim")
    move_back("NOT opening", id_, days_ago)


def move_back(which: str, id_: str, days: int) -> None:
    """Move changes of status of a request, though triggers keep them as they are."""
    moved = f"""
        UPDATE status_changes SET changed_at = changed_at - :by
        WHERE {which} AND service_request_pk =
            (SELECT pk FROM service_requests WHERE service_request_id = :id)
    """
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    db.session.execute(text(moved), {"id": id_, "by": timedelta(days=days)})
    db.session.execute(text("SET LOCAL session_replication_role = origin"))
    db.session.commit()


def test_the_same_within_fourteen_days_and_25_meters_came_back(town: Flask) -> None:
    for meters in (0, 500, 1_000, 1_500, 2_000):
        close(report(town, meters, 50), 40)
    again = report(town, 20, 30)  # came back, after ten days
    report(town, 530, 30)  # too far away
    other = report(town, 1_000, 30)
    change_service(get_jurisdiction(None), other, "LAMP", "kim")
    report(town, 1_500, 20)  # too late
    report(town, 2_000, 45)  # before the closing
    close(report(town, 2_500, 10), 5)  # nobody knows yet
    expected = Parts(5, {"came_back": 1, "too_recent": 1})
    assert came_back() == expected
    assert fold_figures() > 0
    assert came_back() == expected
    hand_over(get_jurisdiction(None), again, "WEST", "Theirs.", "kim")
    assert came_back(departments=("EAST",)) == expected  # it does, whoever does it next


def came_back(departments: tuple[str, ...] = ()) -> Parts:
    """Return it of potholes that were closed in the past 45 days, not of older ones of the town."""
    now = datetime.now(UTC)
    criteria = replace(EVERYTHING, departments=departments)
    population = find_population(get_jurisdiction(None), Audience.STAFF, now, criteria)
    found = list_came_back(population, now - timedelta(days=45), now, UTM, By("service"))
    return found["POTHOLE"]
