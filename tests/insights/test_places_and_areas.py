"""Repeated places, further reports, and the layer that areas begin with, read from the tables."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import isclose
from typing import Any

import pytest
from applications import in_context
from flask import Flask
from sqlalchemy import text
from stored_requests import store_request

from open311.database import db
from open311.figures.repeated_places import Spot, repeated_places
from open311.queries.insights.areas import find_first_layer
from open311.queries.insights.cells import utm_of
from open311.queries.insights.population import Population, find_population
from open311.queries.insights.repeated import list_addresses, list_chains
from open311.queries.insights.reporting import list_exposures
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.criteria import Criteria
from open311.queries.search.visibility import Audience

METER = 1 / 110_600
"""Degrees of latitude near the equator."""

DUPLICATE: dict[str, Any] = {"status": "closed", "detailed_status": "duplicate"}

_CHANGED = """
    INSERT INTO status_changes (service_request_pk, status, detailed_status, status_notes,
        changed_at, opening) VALUES (:pk, :status, :detailed, '', :at, :opening)
"""
_PLACED = """
    INSERT INTO service_request_boundaries (service_request_pk, layer_id, boundary_id, near)
    SELECT pk, boundaries.layer_id, boundaries.id, false FROM service_requests, boundaries
        JOIN boundary_layers AS layer ON layer.id = boundaries.layer_id
    WHERE layer.code = 'ward' AND boundaries.code = '10' AND NOT sandbox
"""


@pytest.fixture(scope="module")
def town(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    """Gridtown, whose own requests are tests here."""
    for app in in_context(fresh_database(gridtown)):
        db.session.execute(text("UPDATE service_requests SET sandbox = true"))
        db.session.commit()
        yield app


@pytest.fixture
def nothing_kept(town: Flask) -> Iterator[None]:
    yield
    db.session.rollback()


def ago(days: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)


def everything(**criteria: Any) -> Population:
    here = get_jurisdiction("gridtown.example")
    return find_population(here, Audience.STAFF, datetime.now(UTC), Criteria(**criteria))


def problem(name: str, days: float, acted: float | None = None, **more: Any) -> int:
    """Store a pothole so many days ago, on which somebody acted so many days after it."""
    pk: int = store_request(name, "POTHOLE", days=days, **more)
    steps = [("open", "open", 0.0)]
    steps += [("open", "planned", acted)] if acted is not None else []
    if "status" in more:
        steps.append((more["status"], more["detailed_status"], 0.0))
    for status, detailed, after in steps:
        change = {"pk": pk, "status": status, "detailed": detailed, "at": ago(days - after)}
        db.session.execute(text(_CHANGED), {**change, "opening": detailed == "open"})
    return pk


def repeat(original: int, *days: float) -> None:
    """Store duplicates of a request so many days ago; every second one is still open."""
    for number, one in enumerate(days):
        more = DUPLICATE if number % 2 else {}
        problem(f"D-{original}-{number}", one, duplicate_of=original, **more)


def have_it_too(original: int, *days: float) -> None:
    for one in days:
        row = {"pk": original, "digest": sha256(str(one).encode()).digest(), "at": ago(one)}
        db.session.execute(text("INSERT INTO supports VALUES (:pk, :digest, :at)"), row)


@pytest.mark.usefixtures("nothing_kept")
def test_further_reports_count_until_somebody_acts() -> None:
    """Five problems: 2 reports in 10 days, 1 in 30, none in 4, 1 in 6, and none in 0 days."""
    acted_on = problem("R-1", 50, acted=10)
    repeat(acted_on, 49, 39)  # the second comes after the action
    have_it_too(acted_on, 45, 20)
    never_acted_on = problem("R-2", 90)
    repeat(never_acted_on, 61, 59)  # the second after 30 days
    problem("D-SPAM", 48, duplicate_of=acted_on, withdrawn_at=ago(47))
    problem("R-3", 4)
    reported_before = problem("R-4", 40, acted=5)
    repeat(reported_before, 41)  # the first report, a day before
    problem("R-5", 40, acted=0)
    problem("R-6", 40, detailed_status="cancelled", status="closed")
    repeat(problem("R-7", 500), 499)
    db.session.execute(text(_PLACED))
    [found] = list_exposures(everything(), ago(100), ago(-1), "ward")
    assert (found.service, found.area, found.problems, found.repeats) == ("POTHOLE", "10", 5, 4)
    assert isclose(found.days, 10 + 30 + 4 + 6, abs_tol=0.01)
    assert list_exposures(everything(services=("LAMP",)), ago(100), ago(-1), "ward") == []


@pytest.mark.usefixtures("nothing_kept")
def test_a_chain_has_requests_of_a_service_that_are_near_each_other() -> None:
    """Three holes 20 m apart; a lamp there, a hole 40 m away, and a duplicate are none of them."""
    pks = [
        store_request(f"R-{number}", "POTHOLE", days=10 * number, lat=0.5 + 20 * number * METER)
        for number in range(3)
    ]
    store_request("R-LAMP", "LAMP", days=5, lat=0.5 + 10 * METER)
    store_request("R-FAR", "POTHOLE", days=5, lat=0.5 + 80 * METER)
    store_request("R-SAME", "POTHOLE", days=50, duplicate_of=pks[0], **DUPLICATE)
    store_request("R-OPEN", "POTHOLE", days=60, duplicate_of=pks[0])
    srid = utm_of(0.5, 0.5)
    assert srid == 32631
    [(service, chain)] = list_chains(everything(), ago(365), ago(-1), srid)
    assert (service, [one.pk for one in chain]) == ("POTHOLE", pks)
    assert all(isinstance(one, Spot) for one in chain)
    [place] = repeated_places(chain)
    assert place.visits == 3
    _west, south, _east, north = place.box
    assert isclose(north - south, 40, abs_tol=0.5)
    assert list_chains(everything(), ago(365), ago(11), srid) == []
    assert list_addresses(pks[:1]) == {pks[0]: ""}


@pytest.mark.usefixtures("nothing_kept")
def test_areas_begin_with_the_first_layer_in_which_requests_are() -> None:
    layers = ["yard", "ward"]
    assert find_first_layer(everything(), ago(100), ago(-1), layers) is None
    problem("R-1", 50)
    db.session.execute(text(_PLACED))
    assert find_first_layer(everything(), ago(100), ago(-1), layers) == "ward"
    assert find_first_layer(everything(), ago(20), ago(-1), layers) is None
