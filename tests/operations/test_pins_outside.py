"""Pins just outside the service area: reopened, rerouted, moved, and reviewed once."""

import pytest
from current_city import submit
from flask import Flask
from shapely.geometry import MultiPolygon, box
from sqlalchemy import update

from geo.coordinates import Point
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.models import Jurisdiction, ServiceRequest
from open311.operations.maps.sets import import_service_area
from open311.operations.requests.change import change_service, move_pin
from open311.operations.requests.status import change_status
from open311.operations.requests.triage import settle_triage
from open311.operations.routing.department import pin, unpin
from open311.operations.routing.reroute import carry_over
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.requests.triage import list_triage
from open311.queries.routing.reroute import reroute
from open311.queries.routing.stored import get_routed
from open311.steps.values.submissions import Submission
from tests.operations.test_reopening import age
from tests.operations.test_status import GRIDTOWN, town

OUTSIDE = Point(lat=0.5, long=1.00016)
"""17.8 meters east of the city: 0.00016 degrees of 111.3 km."""
LESS_OUTSIDE = Point(lat=0.5, long=1.00014)
GROWN = "SRID=4326;MULTIPOLYGON(((-1 -1, 1.01 -1, 1.01 1, -1 1, -1 -1)))"
SHRUNK = "SRID=4326;MULTIPOLYGON(((-1 -1, 0.999 -1, 0.999 1, -1 1, -1 -1)))"


@pytest.fixture
def city(app: Flask) -> Scope:
    return town()


@pytest.fixture
def outside(city: Scope) -> str:
    """The number of a pothole without an accuracy, where the server assumes 25 meters."""
    submission = Submission(
        jurisdiction=city,
        service=get_service(GRIDTOWN, "POTHOLE"),
        point=OUTSIDE,
        assumed_accuracy=25.0,
        most_outside=30.0,
    )
    return str(submit(submission).receipt["service_request_id"])


def reasons(id_: str) -> list[str]:
    return [one.reason for one in list_triage(GRIDTOWN) if one.service_request_id == id_]


def test_what_was_accepted_is_accepted_when_it_is_continued(city: Scope, outside: str) -> None:
    change_status(city, outside, "fixed", "Filled.")
    age(outside, 61)
    continued = change_status(city, outside, "open", "It did not hold.")
    assert continued != outside
    meters = get_routed(city, outside).outside_meters
    assert get_routed(city, continued).outside_meters == pytest.approx(meters, abs=0.01)


def test_a_smaller_service_area_leaves_it_where_it_is(city: Scope, outside: str) -> None:
    mine = ServiceRequest.service_request_id == outside
    east = get_routed(city, outside).department_id
    assert reroute(city, Maps(city.today()), mine).departments == {east: 1}
    db.session.execute(update(Jurisdiction).values(service_area=SHRUNK))
    found = reroute(city, Maps(city.today()), mine)
    assert (found.total, found.departments, found.moves) == (1, {}, [])


def test_a_reroute_forgets_that_it_was_outside_of_a_smaller_service_area(
    city: Scope, outside: str
) -> None:
    """In no ward, it goes to the default department now."""
    db.session.execute(update(Jurisdiction).values(service_area=GROWN))
    db.session.commit()
    assert carry_over(city, "chief").moved == 1
    assert get_routed(city, outside).outside_meters is None


def test_a_larger_service_area_ends_the_review_of_what_is_inside_now(
    city: Scope, outside: str
) -> None:
    """One that is larger by less than the distance ends nothing."""
    department = get_routed(city, outside).department_id
    for east, reviewed in ((1.0001, ["near_outside"]), (1.01, [])):
        import_service_area(city, MultiPolygon([box(-1, -1, east, 1)]), "city_limits.geojson")
        assert reasons(outside) == reviewed
        assert (get_routed(city, outside).outside_meters is not None) == bool(reviewed)
    assert get_routed(city, outside).department_id == department
    assert carry_over(city, "chief").moved == 1
    assert reasons(outside) == []


def test_its_location_is_reviewed_once(city: Scope, outside: str) -> None:
    assert reasons(outside) == ["near_outside"]
    settle_triage(city, outside, None, "chief")
    pin(city, outside, None, "chief")
    unpin(city, outside, "chief")
    change_service(city, outside, "SURVEY", "chief")
    assert reasons(outside) == []
    move_pin(city, outside, LESS_OUTSIDE, "chief", tolerance=25.0)
    assert reasons(outside) == ["near_outside"]
    move_pin(city, outside, Point(lat=0.5, long=0.5), "chief")
    assert reasons(outside) == []


def test_a_moved_pin_has_no_tolerance_of_its_old_location(city: Scope, outside: str) -> None:
    with pytest.raises(OutsideServiceArea):
        move_pin(city, outside, LESS_OUTSIDE, "chief", tolerance=10.0)
    assert get_routed(city, outside).question.point == OUTSIDE
