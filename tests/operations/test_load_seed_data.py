"""Loading a jurisdiction again after an edit: what moves, what stays, what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from current_city import get_service_request, submit
from flask import Flask
from shapely import box
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select, update

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary
from open311.database import db
from open311.errors import InvalidParameters, NotFound
from open311.models import (
    Boundary,
    BoundarySet,
    Jurisdiction,
    RoutingRule,
    Service,
    ServiceRequest,
    StatusChange,
)
from open311.operations.imports.seed import load_seed_data
from open311.queries.catalog.services import get_service, list_services
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.sets import Maps, list_sets
from open311.queries.routing.decide import RoutingCase, route
from open311.queries.routing.hits import list_hits
from open311.queries.routing.rules import list_rules
from open311.seed_folder.read import read_seed_folder
from open311.steps.imports import seed as seed_past
from open311.steps.values.imports import SeedData
from open311.steps.values.submissions import Submission

GRIDTOWN = "gridtown.example"
CITIES = Path(__file__).parents[1] / "cities"
HALVES = {"2": (-1, -1, 0.5, 1), "10": (0.5, -1, 1, 1)}
Rows = dict[Any, Any]


@pytest.fixture
def data() -> SeedData:
    """What the folder of Gridtown holds."""
    return read_seed_folder(CITIES / "gridtown")


def changed(rows: Any, key: Any, **values: object) -> Rows:
    """Give rows of which one has other values."""
    assert key in rows
    return {**rows, key: {**rows[key], **values}}


def without(rows: Any, key: Any) -> Rows:
    assert key in rows
    return {other: row for other, row in rows.items() if other != key}


def changeset() -> datetime:
    moment = db.session.scalar(select(Jurisdiction.catalog_changed_at))
    assert moment is not None
    return moment


def today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).date()


def with_moved_wards(data: SeedData) -> SeedData:
    boundaries = [
        CleanBoundary(code, "", MultiPolygon([box(*corners)])) for code, corners in HALVES.items()
    ]
    wards = replace(data.boundaries["ward"], boundaries=boundaries)
    return replace(data, boundaries={**data.boundaries, "ward": wards})


CATALOG: list[Callable[[SeedData], SeedData]] = [
    lambda data: replace(data, services=changed(data.services, "TIP", description="New.")),
    lambda data: replace(data, services=changed(data.services, "TIP", type="realtime")),
    lambda data: replace(data, services=without(data.services, "TIP"), service_requests=[]),
    lambda data: replace(data, services={**data.services, "NEW": data.services["TIP"]}),
    lambda data: replace(
        data, attributes=changed(data.attributes, ("SURVEY", "COUNT"), description="New?")
    ),
    lambda data: replace(
        data, attributes=changed(data.attributes, ("SURVEY", "COUNT"), required=True)
    ),
    lambda data: replace(data, attributes=without(data.attributes, ("SURVEY", "COUNT"))),
    lambda data: replace(data, values=changed(data.values, ("SURVEY", "WHO", "CREW"), name="X")),
    lambda data: replace(data, values=without(data.values, ("SURVEY", "WHO", "CREW"))),
    lambda data: replace(data, jurisdiction={**data.jurisdiction, "contact": "Call us."}),
    lambda data: replace(data, departments=changed(data.departments, "HALL", name="City Hall")),
    lambda data: replace(data, departments={**data.departments, "NEW": {"name": "New"}}),
]

NO_CATALOG: list[Callable[[SeedData], SeedData]] = [
    lambda data: data,
    lambda data: replace(data, layers=changed(data.layers, "ward", name="Council ward")),
    lambda data: replace(data, rules=without(data.rules, "lights")),
    lambda data: replace(data, rules=changed(data.rules, "lights", department="HALL")),
    with_moved_wards,
    lambda data: replace(data, service_requests=[]),
]


@pytest.mark.parametrize("edit", CATALOG)
def test_the_changeset_moves_forward_with_the_catalog(
    shared_app: Flask, data: SeedData, edit: Callable[[SeedData], SeedData]
) -> None:
    load_seed_data(data)
    before = changeset()
    assert load_seed_data(edit(data))
    assert changeset() > before


@pytest.mark.parametrize("edit", NO_CATALOG)
def test_the_changeset_stays_where_the_catalog_stays(
    shared_app: Flask, data: SeedData, edit: Callable[[SeedData], SeedData]
) -> None:
    load_seed_data(data)
    before = changeset()
    load_seed_data(edit(data))
    assert changeset() == before


def test_the_changeset_moves_forward_within_a_second_and_under_a_late_clock(
    app: Flask, data: SeedData
) -> None:
    future = datetime(2999, 1, 1, tzinfo=UTC)
    db.session.execute(update(Jurisdiction).values(catalog_changed_at=future))
    seen = [changeset()]
    for number in range(3):
        services = changed(data.services, "TIP", description=str(number))
        load_seed_data(replace(data, services=services))
        seen.append(changeset())
    assert seen == sorted(set(seen))


def test_a_removed_service_is_retired_and_its_requests_stay(app: Flask, data: SeedData) -> None:
    load_seed_data(replace(data, services=without(data.services, "0042"), service_requests=[]))
    codes = {row["service_code"] for row in list_services(GRIDTOWN)}
    assert codes == set(data.services) - {"0042"}
    with pytest.raises(NotFound):
        get_service(GRIDTOWN, "0042")
    assert get_service_request(get_jurisdiction(GRIDTOWN), "26-0000003")["service_code"] == "0042"


def test_a_service_put_back_is_the_same_as_before(app: Flask, data: SeedData) -> None:
    before = get_service(GRIDTOWN, "0042")
    load_seed_data(replace(data, services=without(data.services, "0042"), service_requests=[]))
    assert load_seed_data(data) == ["services: 1 changed: 0042 (active)"]
    assert get_service(GRIDTOWN, "0042") == before
    assert "0042" in {row["service_code"] for row in list_services(GRIDTOWN)}


def test_questions_can_be_reordered(app: Flask, data: SeedData) -> None:
    turned = {
        key: {**row, "order": 8 - row["order"]} if key[0] == "SURVEY" else row
        for key, row in data.attributes.items()
    }
    before = [row["code"] for row in get_service(GRIDTOWN, "SURVEY").attributes]
    load_seed_data(replace(data, attributes=turned))
    after = [row["code"] for row in get_service(GRIDTOWN, "SURVEY").attributes]
    assert after == before[::-1]
    assert len(after) == 7


def test_options_can_be_reordered(app: Flask, data: SeedData) -> None:
    turned = {key: {**row, "position": 9 - row["position"]} for key, row in data.values.items()}
    load_seed_data(replace(data, values=turned))
    who, what, *_ = get_service(GRIDTOWN, "SURVEY").attributes
    assert [value["key"] for value in who["values"]] == ["CLERK", "CREW"]
    assert [value["key"] for value in what["values"]] == ["01", "B", "A"]


def test_a_question_can_take_the_place_of_one_that_goes(app: Flask, data: SeedData) -> None:
    count = data.attributes["SURVEY", "COUNT"]
    rows = {**without(data.attributes, ("SURVEY", "COUNT")), ("SURVEY", "NUMBER"): count}
    load_seed_data(replace(data, attributes=rows))
    codes = [row["code"] for row in get_service(GRIDTOWN, "SURVEY").attributes]
    assert codes == ["WHO", "WHAT", "NUMBER", "SINCE", "LINE", "STORY", "NOTE"]


def cases() -> dict[str, tuple[str | None, str | None]]:
    return {rule.code: (rule.layer, rule.boundary) for rule in list_rules(GRIDTOWN)}


def test_two_rules_can_swap_their_cases(app: Flask, data: SeedData) -> None:
    rules = changed(data.rules, "pothole-west", boundary="10")
    rules = changed(rules, "pothole-east", boundary="2")
    assert load_seed_data(replace(data, rules=rules)) == [
        "routing rules: 2 changed: pothole-west (boundary_code), pothole-east (boundary_code)"
    ]
    assert cases()["pothole-west"] == ("ward", "10")
    assert cases()["pothole-east"] == ("ward", "2")
    assert len(cases()) == 4


def test_a_rule_can_take_over_the_case_of_one_that_goes(app: Flask, data: SeedData) -> None:
    rules = changed(without(data.rules, "pothole-east"), "pothole-west", boundary="10")
    load_seed_data(replace(data, rules=rules))
    assert cases()["pothole-west"] == ("ward", "10")
    assert "pothole-east" not in cases()
    assert db.session.scalar(select(func.count()).select_from(RoutingRule)) == 4


def test_a_rule_put_back_is_the_same_as_before(app: Flask, data: SeedData) -> None:
    before = list_rules(GRIDTOWN)
    load_seed_data(replace(data, rules=without(data.rules, "lights")))
    assert list_rules(GRIDTOWN) != before
    load_seed_data(data)
    assert list_rules(GRIDTOWN) == before


def test_departments_and_layers_that_are_removed_stay(app: Flask, data: SeedData) -> None:
    bare = replace(
        data,
        departments={"HALL": data.departments["HALL"]},
        layers={},
        boundaries={},
        rules={},
    )
    assert load_seed_data(bare) == [
        "routing rules: 4 retired: lights, pothole-east, pothole-west, streets-core"
    ]
    assert len(list_sets(GRIDTOWN)) == 2
    assert (
        get_service_request(get_jurisdiction(GRIDTOWN), "26-0000002")["agency_responsible"]
        == "East Yard"
    )


def test_changed_boundaries_are_in_force_from_today(app: Flask, data: SeedData) -> None:
    load_seed_data(with_moved_wards(data))
    wards = [
        (row.in_force_from, row.in_force_until)
        for row in list_sets(GRIDTOWN)
        if row.layer == "ward"
    ]
    assert wards == [(date(1900, 1, 1), today()), (today(), None)]
    place = Point(lat=0.5, long=0.25)
    days = (today() - timedelta(days=1), today())
    assert [list_hits(GRIDTOWN, place, Maps(day))[0].code for day in days] == ["10", "2"]
    assert len([row for row in list_sets(GRIDTOWN) if row.layer == "core"]) == 1


def test_requests_keep_the_boundary_of_their_day(app: Flask, data: SeedData) -> None:
    load_seed_data(with_moved_wards(data))
    seen = get_service_request(get_jurisdiction(GRIDTOWN), "26-0000003", extensions=True)[
        "extended_attributes"
    ]
    assert seen["boundaries"] == {"ward": "10"}


def test_past_requests_are_routed_and_published_as_they_were(shared_app: Flask) -> None:
    rows = {row.service_request_id: row for row in db.session.scalars(select(ServiceRequest))}
    assert {id_ for id_, row in rows.items() if not row.public} == {None, "26-0000005"}
    assert {id_ for id_, row in rows.items() if row.token} == {None, "26-0000006"}
    agencies = {
        "20-0000001": "West Yard",
        "26-0000002": "East Yard",
        "26-0000003": "Town Hall",
        "26-0000004": "Town Hall",
        "26-0000006": "Light Works",
    }
    for id_, agency in agencies.items():
        assert get_service_request(get_jurisdiction(GRIDTOWN), id_)["agency_responsible"] == agency


def test_past_requests_have_their_history(shared_app: Flask) -> None:
    statement = (
        select(StatusChange.status, StatusChange.status_notes)
        .join(ServiceRequest, ServiceRequest.pk == StatusChange.service_request_pk)
        .where(ServiceRequest.service_request_id == "20-0000001")
        .order_by(StatusChange.changed_at)
    )
    steps = [tuple(row) for row in db.session.execute(statement)]
    assert steps == [("open", ""), ("closed", "Filled.")]
    row = get_service_request(get_jurisdiction(GRIDTOWN), "20-0000001")
    assert (row["status"], row["status_notes"]) == ("closed", "Filled.")
    assert row["updated_datetime"] - row["requested_datetime"] == timedelta(days=10)


def number_of_requests() -> int:
    return db.session.scalar(select(func.count()).select_from(ServiceRequest)) or 0


def test_past_requests_go_only_into_an_empty_jurisdiction(app: Flask, data: SeedData) -> None:
    more = replace(data.service_requests[0], service_request_id="26-0009999")
    told = load_seed_data(replace(data, service_requests=[*data.service_requests, more]))
    assert told == []
    assert number_of_requests() == 7


def test_past_requests_can_come_after_the_city(empty_app: Flask, data: SeedData) -> None:
    load_seed_data(replace(data, service_requests=[]))
    assert number_of_requests() == 0
    assert load_seed_data(data) == ["service requests: 7 added"]
    assert number_of_requests() == 7


def test_past_requests_can_be_watched_while_they_are_stored(
    empty_app: Flask, data: SeedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_past, "AT_ONCE", 3)
    seen: list[int] = []

    def watch(items: Any) -> Any:
        for item in items:
            seen.append(number_of_requests())
            yield item

    load_seed_data(data, watch)
    assert seen == [0, 0, 0, 3, 3, 3, 6]


def new_id() -> str:
    submission = Submission(
        jurisdiction=get_jurisdiction(GRIDTOWN),
        service=get_service(GRIDTOWN, "POTHOLE"),
        point=Point(lat=0.5, long=0.5),
    )
    return str(submit(submission).receipt["service_request_id"])


def test_new_ids_go_on_after_those_of_the_past(app: Flask) -> None:
    year = f"{today():%y}"
    assert [new_id(), new_id()] == [f"{year}-0000007", f"{year}-0000008"]


def test_a_second_city_does_not_set_the_numbers_back(app: Flask) -> None:
    new_id()
    hilltown = read_seed_folder(CITIES / "hilltown")
    past = replace(
        read_seed_folder(CITIES / "gridtown").service_requests[0],
        service_request_id="26-0000002",
        service_code="GOAT",
    )
    load_seed_data(replace(hilltown, service_requests=[past]))
    assert new_id().endswith("-0000008")


@pytest.mark.parametrize(
    ("id_", "next_id"),
    [
        ("26-0001234", "-0001235"),
        ("SR-77", "-0000007"),
        ("26-0000000", "-0000007"),
        ("26-9999999999999999999", "-0000007"),
    ],
)
def test_numbers_go_on_after_those_that_can_be_met_again(
    empty_app: Flask, data: SeedData, id_: str, next_id: str
) -> None:
    first, *rest = data.service_requests
    load_seed_data(replace(data, service_requests=[replace(first, service_request_id=id_), *rest]))
    assert new_id().endswith(next_id)


def test_nothing_is_stored_where_something_is_refused(empty_app: Flask, data: SeedData) -> None:
    *most, last = data.service_requests
    outside = replace(last, submission={**last.submission, "lat": 50.0})
    with pytest.raises(InvalidParameters, match="outside"):
        load_seed_data(replace(data, service_requests=[*most, outside]))
    db.session.rollback()
    for table in (Jurisdiction, Service, Boundary, BoundarySet, ServiceRequest):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_reports_from_outside_go_to_the_department_named_for_them(
    app: Flask, data: SeedData
) -> None:
    jurisdiction = {**data.jurisdiction, "outside_department": "EAST"}
    load_seed_data(replace(data, jurisdiction=jurisdiction))
    question = RoutingCase(
        service_code="POTHOLE",
        group="Streets",
        point=Point(lat=50, long=8),
        at=datetime.now(UTC),
    )
    decision = route(get_jurisdiction(GRIDTOWN), question)
    assert "outside the service area" in decision.reason
    assert decision.rule is None


def test_a_default_department_can_come_with_the_same_edit(app: Flask, data: SeedData) -> None:
    edited = replace(
        data,
        jurisdiction={**data.jurisdiction, "default_department": "NEW"},
        departments={**data.departments, "NEW": {"name": "New"}},
    )
    assert load_seed_data(edited) == [
        "jurisdiction: 1 changed: gridtown.example (default_department)",
        "departments: 1 added: NEW",
    ]
