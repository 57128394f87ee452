"""Changes of rules and the routing tests that they break, on each day on which they matter."""

from datetime import date, timedelta

import pytest
from flask import Flask
from shapely.geometry import MultiPolygon, box

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary
from open311.errors import Objected
from open311.operations.maps.sets import import_draft
from open311.operations.routing.canaries import RoutingTest, add_test
from open311.operations.routing.rules import RuleChange, change_rule, try_rule
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.maps.sets import Maps
from open311.queries.routing.canaries import check_canaries
from open311.queries.routing.rules import COLUMNS, find_stored_rule
from open311.steps.values.boundary_sets import NewBoundarySet

GRIDTOWN = "gridtown.example"
WEST, OUTSIDE = Point(lat=0.1, long=-0.5), Point(lat=20, long=20)


@pytest.fixture
def town(app: Flask) -> Scope:
    return get_jurisdiction(GRIDTOWN)


def changed(code: str, **values: object) -> RuleChange:
    stored = find_stored_rule(GRIDTOWN, code)
    assert stored is not None
    return RuleChange(row={**stored.values, **values}, active=True, seen=stored.stamp)


@pytest.mark.parametrize(
    "dates", [{"effective_from": 30}, {"effective_until": 30}, {"effective_until": 0}]
)
def test_a_rule_that_stops_counting_is_seen_on_the_day_it_stops(
    town: Scope, app: Flask, dates: dict[str, int]
) -> None:
    """A request in the west changes department then, and a routing test fails."""
    add_test(town, RoutingTest("west", "POTHOLE", "WEST", WEST, ""))
    sent = {"api_key": "key-of-gridtown", "service_code": "POTHOLE"}
    place = {"lat": str(WEST.lat), "long": str(WEST.long)}
    answer = app.test_client().post("/open311/v2/requests.json", data={**sent, **place})
    assert answer.status_code == 200
    days = {name: town.today() + timedelta(days=number) for name, number in dates.items()}
    asked = changed("pothole-west", **days)
    effect = try_rule(town, asked)
    assert [one.name for one in effect.objections] == ["west"]
    assert len(effect.preview.moved) == 1
    with pytest.raises(Objected):
        change_rule(town, asked)
    change_rule(town, asked, overrides=["west"])
    back = changed("pothole-west", effective_from=None, effective_until=None)
    assert try_rule(town, back).objections == []


def school_rule(end: date | None) -> RuleChange:
    row: dict[str, object] = {
        **dict.fromkeys(COLUMNS),
        "rule": "school",
        "service_code": "POTHOLE",
        "layer": "school",
        "department": "LIGHTS",
        "note": "",
        "public_reason": "",
        "effective_until": end,
    }
    stored = find_stored_rule(GRIDTOWN, "school")
    return RuleChange(row=row, active=True, seen=stored.stamp if stored else None)


def test_a_routing_test_waits_only_for_a_rule_that_would_decide_then(town: Scope) -> None:
    boundaries = [CleanBoundary("1", "", MultiPolygon([box(-1, -1, 0, 1)]))]
    import_draft(
        NewBoundarySet(
            jurisdiction_id=GRIDTOWN, layer="school", boundaries=boundaries, source="tests"
        )
    )
    for name, point in (("at school", WEST), ("far away", OUTSIDE)):
        add_test(town, RoutingTest(name, "POTHOLE", "LIGHTS", point, ""))

    def waiting(on: date) -> list[str]:
        return [one.canary.name for one in check_canaries(town, Maps(on)) if one.waits_for]

    tomorrow = town.today() + timedelta(days=1)
    assert waiting(tomorrow) == []
    change_rule(town, school_rule(None))
    assert waiting(tomorrow) == ["at school"]
    change_rule(town, school_rule(tomorrow), overrides=["at school"])
    assert waiting(town.today()) == ["at school"]
    assert waiting(tomorrow) == []
