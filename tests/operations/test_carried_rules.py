"""Rules continue with boundaries whose codes change, and routing is right on each day."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from shapely.geometry import MultiPolygon, box
from sqlalchemy import delete, select, update
from stored_requests import store_request

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary
from open311.database import db
from open311.errors import Conflict, InvalidParameters, Objected
from open311.messages.sentences import command_sentence
from open311.models import (
    AuditEntry,
    CarriedRule,
    ServiceRequest,
    ServiceRequestBoundary,
    TriageEntry,
)
from open311.operations.maps.sets import (
    import_draft,
    publish_boundary_set,
    withdraw_boundary_set,
)
from open311.operations.routing.measure import measure_all
from open311.operations.routing.reroute import carry_over
from open311.operations.routing.rules import RuleChange, change_rule
from open311.queries.city import load_city
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.sets import get_set
from open311.queries.requests.triage import list_triage
from open311.queries.routing.carrying import changes_of, plan_rules
from open311.queries.routing.coverage import get_coverage
from open311.queries.routing.decide import RoutingCase, route
from open311.queries.routing.rules import (
    COLUMNS,
    find_stored_rule,
    list_rules,
    list_stored_rules,
)
from open311.queries.routing.snapshot import route_in
from open311.steps.values.boundary_sets import NewBoundarySet

GRIDTOWN = "gridtown.example"
WEST, NORTHEAST, SOUTHEAST = (
    Point(lat=0.1, long=-0.5),
    Point(lat=0.5, long=0.5),
    Point(lat=-0.5, long=0.5),
)
Box = tuple[float, float, float, float]
WEST_HALF: Box = (-1, -1, 0, 1)
WHOLE_EAST: Box = (0, -1, 1, 1)
RENAMED_AND_SPLIT: dict[str, Box] = {"A2": (-1, -1, 0, 1), "10": (0, 0, 1, 1), "11": (0, -1, 1, 0)}
MERGED: dict[str, Box] = {"A2": (-1, -1, 0, 1), "12": WHOLE_EAST}
ONE: dict[str, Box] = {"1": (-1, -1, 1, 1)}


def store_draft(boxes: dict[str, Box]) -> int:
    boundaries = [CleanBoundary(code, "", MultiPolygon([box(*at)])) for code, at in boxes.items()]
    new = NewBoundarySet(
        jurisdiction_id=GRIDTOWN, layer="ward", boundaries=boundaries, source="tests"
    )
    return import_draft(new)


def publish(
    boxes: dict[str, Box],
    first: date,
    until: date | None = None,
    *keep: str,
    carry: bool = True,
    approved: Sequence[str] = (),
) -> int:
    number = store_draft(boxes)
    publish_boundary_set(
        get_jurisdiction(GRIDTOWN),
        number,
        first=first,
        until=until,
        made_by="clerk",
        carry_rules=carry,
        keep_rules=keep,
        overrides=approved,
    )
    db.session.remove()
    return number


def rules() -> list[tuple[object, ...]]:
    """The active rules of wards: code, boundary, department, first and last day."""
    names = ("rule", "boundary", "department", "effective_from", "effective_until")
    stored = [one for one in list_stored_rules(GRIDTOWN) if one.active]
    return sorted(
        (tuple(one.values[name] for name in names) for one in stored if one.values["boundary"]),
        key=str,
    )


def deciding(days: Sequence[date]) -> dict[date, list[str]]:
    """Return the rules that decide in the west, northeast, and southeast on these days.

    One snapshot, which is never read again, and the database agree.
    """
    town = get_jurisdiction(GRIDTOWN)
    city = load_city(town, min(days))
    found: dict[date, list[str]] = {}
    for day in days:
        for point in (WEST, NORTHEAST, SOUTHEAST):
            moments = (time.min, time(23, 59, 59))
            ends = [datetime.combine(day, one, tzinfo=town.zone).astimezone(UTC) for one in moments]
            asked = [
                RoutingCase(service_code="POTHOLE", group="Streets", point=point, at=at)
                for at in ends
            ]
            decisions = [route_in(city, town, one).decision for one in asked]
            decisions += [route(town, one) for one in asked]
            codes = {one.rule.code if one.rule else "" for one in decisions}
            assert len(codes) == 1
            found.setdefault(day, []).extend(codes)
    return found


def test_routing_is_right_on_each_day_before_on_and_after(app: Flask) -> None:
    """Wards are renamed and split, then merged, then one; and all of it is withdrawn."""
    before = rules()
    today = get_jurisdiction(GRIDTOWN).today()
    first, second, third = (today + timedelta(days=number) for number in (2, 4, 6))
    split = publish(RENAMED_AND_SPLIT, first)
    merged = publish(MERGED, second)
    with pytest.raises(Conflict) as refused:
        publish(ONE, third)
    assert refused.value.problems[0].values["rules"] == [
        "pothole-east-12",
        "pothole-west-A2",
    ]
    db.session.rollback()
    with pytest.raises(Conflict):
        publish(ONE, third, None, "pothole-west-A2", "lights")
    db.session.rollback()
    one = publish(ONE, third, None, "pothole-west-A2")
    at_first = ["pothole-west", "pothole-east", "pothole-east"]
    after_split = ["pothole-west-A2", "pothole-east", "pothole-east-11"]
    after_merge = ["pothole-west-A2", "pothole-east-12", "pothole-east-12"]
    at_last = ["pothole-west-A2-1"] * 3
    days = [today + timedelta(days=number) for number in range(8)]
    expected = [at_first] * 2 + [after_split] * 2 + [after_merge] * 2 + [at_last] * 2
    assert deciding(days) == dict(zip(days, expected, strict=True))
    for day in days:
        assert get_coverage(GRIDTOWN, day).gone == []
        assert get_coverage(GRIDTOWN, day).competitors == []
    entries = select(AuditEntry.subject_name, AuditEntry.after).where(
        AuditEntry.subject == "routing_rules", AuditEntry.after.has_key("effective_until")
    )
    ended = {name: after["effective_until"] for name, after in db.session.execute(entries)}
    assert ended["pothole-west"] == str(first)
    for number in (merged, one, split):
        withdraw(number)
    assert rules() == before
    assert db.session.scalars(select(CarriedRule)).all() == []
    assert deciding(days) == dict.fromkeys(days, at_first)


def withdraw(number: int) -> None:
    """Withdraw a version, approving that later ones and rules may refer to its codes."""
    town = get_jurisdiction(GRIDTOWN)
    try:
        withdraw_boundary_set(town, number, made_by="clerk")
    except Objected as error:
        names = [name for name, _problem in error.objections]
        withdraw_boundary_set(town, number, made_by="clerk", overrides=names)
    db.session.remove()


def test_rules_go_on_with_the_version_that_follows_a_withdrawn_one(app: Flask) -> None:
    """The next version has the codes, and its import changed no rules."""
    before = rules()
    today = get_jurisdiction(GRIDTOWN).today()
    first, second = today + timedelta(days=1), today + timedelta(days=3)
    split = publish(RENAMED_AND_SPLIT, first)
    same = publish(RENAMED_AND_SPLIT, second, carry=False)
    withdraw(split)
    days = [today + timedelta(days=number) for number in range(5)]
    at_first = ["pothole-west", "pothole-east", "pothole-east"]
    after = ["pothole-west-A2", "pothole-east", "pothole-east-11"]
    assert deciding(days) == dict(zip(days, [at_first] * 3 + [after] * 2, strict=True))
    withdraw(same)
    assert rules() == before
    assert db.session.scalars(select(CarriedRule)).all() == []


@pytest.mark.parametrize("codes_go_on", [True, False])
def test_a_plan_hands_rules_on_as_the_withdrawal_that_it_means(
    app: Flask, codes_go_on: bool
) -> None:
    """The rules that it plans with are those after the version of its day is withdrawn."""
    today = get_jurisdiction(GRIDTOWN).today()
    first, second = today + timedelta(days=1), today + timedelta(days=3)
    replaced = publish(RENAMED_AND_SPLIT, first)
    following = RENAMED_AND_SPLIT if codes_go_on else {"1": WEST_HALF, "10": WHOLE_EAST}
    broken = [] if codes_go_on else ["pothole-west-A2", "pothole-east-11"]
    publish(following, second, carry=False, approved=broken)
    draft = get_set(GRIDTOWN, store_draft({"B2": WEST_HALF, "10": WHOLE_EAST}))
    plan = plan_rules(GRIDTOWN, draft, first)
    assert "pothole-west-A2" in plan.ended
    withdraw(replaced)
    assert plan.rules is not None
    planned, real = (
        {(one.code, one.boundary, one.effective_from, one.effective_until) for one in some}
        for some in (plan.rules, list_rules(GRIDTOWN))
    )
    assert planned == real
    assert (("pothole-west-A2", "A2", second, None) in real) == codes_go_on


def test_a_rerouted_request_is_measured_with_the_rules_of_its_reroute(app: Flask) -> None:
    """On the day of its submission, there was no rule for either side."""
    store_request("near", "POTHOLE", lat=0.1, long=-0.00005, days=10)
    db.session.commit()
    town = get_jurisdiction(GRIDTOWN)
    publish({"A2": WEST_HALF, "B10": WHOLE_EAST}, town.today())
    carry_over(town, "clerk")
    mine = ServiceRequest.service_request_id == "near"
    unmeasured = {"neighbor_id": None, "neighbor_meters": None, "near": False}
    beside = ServiceRequestBoundary.boundary_id.is_(None)
    db.session.execute(delete(ServiceRequestBoundary).where(beside))
    db.session.execute(update(ServiceRequestBoundary).values(unmeasured))
    db.session.execute(update(ServiceRequest).where(mine).values(near_border=False))
    db.session.execute(delete(TriageEntry))
    db.session.commit()
    measure_all(town)
    [entry] = [one for one in list_triage(GRIDTOWN) if one.service_request_id == "near"]
    assert "East Yard" in entry.detail


def test_a_version_that_ends_gives_rules_back_to_the_codes_of_before(app: Flask) -> None:
    today = get_jurisdiction(GRIDTOWN).today()
    first, last = today + timedelta(days=1), today + timedelta(days=3)
    publish({"2": (-1, -1, 0, 1), "10": WHOLE_EAST}, last, carry=False)
    publish(RENAMED_AND_SPLIT, first, last)
    days = [today + timedelta(days=number) for number in range(5)]
    at_first = ["pothole-west", "pothole-east", "pothole-east"]
    between = ["pothole-west-A2", "pothole-east", "pothole-east-11"]
    found = deciding(days)
    assert [found[day] for day in days[:3]] == [at_first, between, between]
    assert [found[day][1:] for day in days[3:]] == [at_first[1:]] * 2
    assert [found[day][0] for day in days[3:]] == ["pothole-west-2"] * 2


def test_a_second_version_for_a_day_takes_the_place_of_the_first(app: Flask) -> None:
    today = get_jurisdiction(GRIDTOWN).today()
    first = today + timedelta(days=1)
    publish(RENAMED_AND_SPLIT, first)
    publish({"B2": (-1, -1, 0, 1), "10": WHOLE_EAST}, first)
    assert deciding([today, first]) == {
        today: ["pothole-west", "pothole-east", "pothole-east"],
        first: ["pothole-west-B2", "pothole-east", "pothole-east"],
    }


def test_a_map_of_the_past_is_imported_after_that_of_today(app: Flask) -> None:
    """Rules for the codes of today and of later do not block it, and do not change."""
    today = get_jurisdiction(GRIDTOWN).today()
    publish(RENAMED_AND_SPLIT, today + timedelta(days=1))
    publish({"2": (-1, -1, 0, 1), "10": WHOLE_EAST}, date(2015, 1, 1), carry=False)
    before = rules()
    publish({"old": (-1, -1, 1, 1)}, date(2003, 1, 1), date(2015, 1, 1), carry=False)
    assert rules() == before
    assert deciding([date(2014, 12, 31), today, today + timedelta(days=1)]) == {
        date(2014, 12, 31): ["", "", ""],
        today: ["pothole-west", "pothole-east", "pothole-east"],
        today + timedelta(days=1): ["pothole-west-A2", "pothole-east", "pothole-east-11"],
    }


def a_rule(code: str, boundary: str, **values: object) -> RuleChange:
    row: dict[str, object] = {
        **dict.fromkeys(COLUMNS),
        "rule": code,
        "service_code": "POTHOLE",
        "layer": "ward",
        "boundary": boundary,
        "department": "CORE",
        "note": "",
        "public_reason": "",
    }
    return RuleChange(row={**row, **values}, active=True, seen=None)


def test_a_rule_that_is_there_already_is_not_begun_again(app: Flask) -> None:
    """What the city wrote for the new code, from that day on, counts."""
    town = get_jurisdiction(GRIDTOWN)
    first = town.today() + timedelta(days=1)
    other = publish(RENAMED_AND_SPLIT, first, carry=False, approved=["pothole-west"])
    change_rule(town, a_rule("mine", "A2", effective_from=first))
    with pytest.raises(InvalidParameters):
        change_rule(town, a_rule("early", "A2", effective_until=first))
    db.session.rollback()
    with pytest.raises(Conflict):
        change_rule(town, a_rule("late", "A2", effective_from=first + timedelta(days=9)))
    db.session.rollback()
    plan = plan_rules(GRIDTOWN, get_set(GRIDTOWN, other), first)
    begun = [(rule.code, rule.boundary) for one in plan.continuations for rule in one.begun]
    assert begun == [("pothole-east-11", "11")]
    assert plan.ended == {"pothole-west"}


def test_a_rule_continues_until_one_that_is_there_already_begins(app: Flask) -> None:
    town = get_jurisdiction(GRIDTOWN)
    first, later, last = (town.today() + timedelta(days=number) for number in (2, 4, 6))
    publish(RENAMED_AND_SPLIT, last, carry=False, approved=["pothole-west"])
    change_rule(town, a_rule("later", "A2", effective_from=later, effective_until=None))
    publish(RENAMED_AND_SPLIT, first)
    assert [found[0] for found in deciding([first, later - timedelta(days=1), later]).values()] == [
        "pothole-west-A2",
        "pothole-west-A2",
        "later",
    ]


def test_the_plan_says_until_when_rules_count(app: Flask) -> None:
    """One that begins ends where another is there already; one that is there already ends."""
    town = get_jurisdiction(GRIDTOWN)
    first, later, last = (town.today() + timedelta(days=number) for number in (2, 4, 6))
    other = publish(RENAMED_AND_SPLIT, last, carry=False, approved=["pothole-west"])
    change_rule(town, a_rule("later", "A2", effective_from=later, effective_until=None))
    change_rule(town, a_rule("short", "11", effective_until=last + timedelta(days=1)))
    plan = plan_rules(GRIDTOWN, get_set(GRIDTOWN, other), first)
    names = dict.fromkeys(range(99), "CORE")
    told = [command_sentence(one) for one in changes_of(plan, names)]
    assert told == [
        "Rule pothole-west for 2 ends.",
        f"Rule pothole-west-A2 for A2 begins and applies until {later}. It sends requests to CORE.",
        f"Rule short for 11 is already there. It applies only until {last + timedelta(days=1)}.",
    ]


@pytest.mark.parametrize("carry", [True, False])
def test_rules_go_on_when_the_next_version_is_withdrawn(app: Flask, carry: bool) -> None:
    """That one was published before them, so they ended on its day."""
    today = get_jurisdiction(GRIDTOWN).today()
    first, last = today + timedelta(days=2), today + timedelta(days=6)
    before = rules()
    names = [] if carry else ["pothole-west"]
    later = publish(RENAMED_AND_SPLIT, last, carry=carry, approved=names)
    earlier = publish(RENAMED_AND_SPLIT, first)
    between = ["pothole-west-A2", "pothole-east", "pothole-east-11"]
    withdraw(later)
    split = [re.sub(r"-2\Z", "", code) for code in deciding([last])[last]]
    assert split == between
    assert get_coverage(GRIDTOWN, last).gone == []
    assert {one[4] for one in rules() if one[1] in ("A2", "11")} == {None}
    withdraw(earlier)
    assert rules() == before


def test_rules_go_on_until_their_origin_ends_or_another_begins(app: Flask) -> None:
    town = get_jurisdiction(GRIDTOWN)
    first, last = (town.today() + timedelta(days=number) for number in (2, 6))
    stored = find_stored_rule(GRIDTOWN, "pothole-east")
    assert stored is not None
    row = {**stored.values, "effective_until": last}
    change_rule(town, RuleChange(row=row, active=True, seen=stored.stamp))
    later = publish(RENAMED_AND_SPLIT, last, carry=False, approved=["pothole-west"])
    publish(RENAMED_AND_SPLIT, first)
    change_rule(town, a_rule("mine", "A2", effective_from=last + timedelta(days=1)))
    withdraw(later)
    until = {one[0]: one[4] for one in rules()}
    assert until["pothole-east-11"] == last
    assert until["pothole-west-A2"] == last + timedelta(days=1)


def test_a_version_is_withdrawn_with_its_rules_by_another_for_its_day(app: Flask) -> None:
    """The plan for that day knows, and withdrawing the other one restores the rules of before."""
    first = get_jurisdiction(GRIDTOWN).today() + timedelta(days=1)
    before = rules()
    replaced = publish(RENAMED_AND_SPLIT, first)
    other = {"B2": WEST_HALF, "10": WHOLE_EAST}
    plan = plan_rules(GRIDTOWN, get_set(GRIDTOWN, store_draft(other)), first)
    begun = [(rule.code, rule.boundary) for one in plan.continuations for rule in one.begun]
    assert begun == [("pothole-west-B2", "B2")]
    assert plan.ended == {"pothole-west", "pothole-west-A2", "pothole-east-11"}
    number = publish(other, first)
    assert get_set(GRIDTOWN, replaced).withdrawn_by == "clerk"
    withdraw(number)
    assert rules() == before
    again = get_jurisdiction(GRIDTOWN)
    publish_boundary_set(
        again, replaced, first=first, until=None, made_by="clerk", carry_rules=True
    )
    assert deciding([first])[first][1:] == ["pothole-east", "pothole-east-11-2"]
