"""New sets of boundaries: dated, ordered, and used by reports of their days only."""

import itertools
from datetime import UTC, date, datetime

import pytest
from current_boundaries import boundaries_today
from flask import Flask
from shapely import box
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select

from geo.coordinates import Point
from geo.maps.boundaries import CleanBoundary
from open311.database import db
from open311.errors import Conflict, OutsideServiceArea
from open311.models import Boundary, BoundaryLayer, BoundarySet, ServiceRequest
from open311.models import ServiceRequestBoundary as Place
from open311.operations.maps.sets import import_boundaries, import_service_area, try_import
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.layers import find_service_area
from open311.queries.maps.sets import Maps, list_sets
from open311.queries.routing.decide import RoutingCase, route
from open311.queries.routing.hits import list_hits
from open311.steps.requests.add import add_service_request
from open311.steps.values.boundary_sets import NewBoundarySet
from open311.steps.values.submissions import Handles, Submission
from schemas.vocabulary.days import SINCE_EVER

GRIDTOWN = "gridtown.example"
EVERYWHERE = (-1.0, -1.0, 1.0, 1.0)
NUMBERS = itertools.count()
Span = tuple[date, date | None]


@pytest.fixture
def layer() -> str:
    """The code of a layer that no other test knows."""
    return f"layer_{next(NUMBERS)}"


def area(*corners: float) -> MultiPolygon:
    return MultiPolygon([box(*corners)])


def new_set(begin: date, until: date | None = None, *, layer: str = "ward") -> NewBoundarySet:
    """Give a set of one ward whose code is its first day."""
    return NewBoundarySet(
        jurisdiction_id=GRIDTOWN,
        layer=layer,
        boundaries=[CleanBoundary(str(begin), "", area(*EVERYWHERE))],
        source=f"{begin}.geojson",
        in_force_from=begin,
        in_force_until=until,
    )


def publish(new: NewBoundarySet) -> int:
    """Import a set, and accept all objections to it."""
    return import_boundaries(new, {objection.name for objection in try_import(new)}).set_id


def spans(layer: str) -> list[Span]:
    rows = list_sets(GRIDTOWN)
    return [(row.in_force_from, row.in_force_until) for row in rows if row.layer == layer]


def day(year: int) -> date:
    return date(year, 1, 1)


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ([(SINCE_EVER, None)], [(SINCE_EVER, None)]),
        (
            [(SINCE_EVER, None), (day(2020), None)],
            [(SINCE_EVER, day(2020)), (day(2020), None)],
        ),
        (
            [(SINCE_EVER, None), (day(2030), None), (day(2020), day(2030))],
            [(SINCE_EVER, day(2020)), (day(2020), day(2030)), (day(2030), None)],
        ),
        (
            [(day(2020), day(2021)), (day(2030), None)],
            [(day(2020), day(2021)), (day(2030), None)],
        ),
        (
            [(day(2020), None), (day(2020), None)],
            [(day(2020), day(2020)), (day(2020), None)],
        ),
        (
            [(day(2020), None), (day(2020), None), (day(2020), None)],
            [(day(2020), day(2020)), (day(2020), day(2020)), (day(2020), None)],
        ),
        (
            [(day(2020), None), (day(2010), day(2020))],
            [(day(2010), day(2020)), (day(2020), None)],
        ),
    ],
)
def test_a_set_ends_the_one_in_force_on_its_first_day(
    shared_app: Flask, layer: str, imports: list[Span], expected: list[Span]
) -> None:
    for begin, until in imports:
        publish(new_set(begin, until, layer=layer))
        db.session.remove()
    assert spans(layer) == expected


@pytest.mark.parametrize("until", [None, date(2020, 1, 2), day(2030)])
def test_a_set_ends_where_a_later_one_begins(
    shared_app: Flask, layer: str, until: date | None
) -> None:
    publish(new_set(day(2020), layer=layer))
    publish(new_set(day(2010), until, layer=layer))
    assert spans(layer) == [(day(2010), day(2020)), (day(2020), None)]


def test_sets_of_other_layers_are_not_in_the_way(shared_app: Flask, layer: str) -> None:
    publish(new_set(day(2020), layer=layer))
    publish(new_set(day(2010), layer="church"))
    assert spans("ward") == [(SINCE_EVER, None)]


def test_a_set_that_would_leave_none_in_force_after_it_is_refused(app: Flask) -> None:
    with pytest.raises(Conflict, match="there would be none from 2025-01-01 on"):
        publish(new_set(day(2020), day(2025)))
    db.session.rollback()
    assert spans("ward") == [(SINCE_EVER, None)]


def test_the_first_day_is_included_and_the_last_is_not(app: Flask, layer: str) -> None:
    publish(new_set(day(2020), day(2025), layer=layer))
    codes = {
        date(2019, 12, 31): [],
        day(2020): ["2020-01-01"],
        date(2024, 12, 31): ["2020-01-01"],
        day(2025): [],
    }
    for on, expected in codes.items():
        hits = list_hits(GRIDTOWN, Point(lat=0.5, long=0.5), Maps(on))
        assert [hit.code for hit in hits if hit.layer == layer] == expected, on


def test_a_replaced_set_of_the_same_day_is_never_in_force(app: Flask) -> None:
    first = new_set(day(2020))
    publish(first)
    publish(
        NewBoundarySet(
            **{
                **vars(first),
                "boundaries": [
                    CleanBoundary("right", "", area(*EVERYWHERE)),
                ],
            }
        )
    )
    hits = list_hits(GRIDTOWN, Point(lat=0.5, long=0.5), Maps(day(2020)))
    assert [hit.code for hit in hits] == ["right"]


def test_boundaries_keep_their_order_and_shape(app: Flask) -> None:
    codes = ["2", "7A", "7B", "10", "Üb"]
    boundaries = [
        CleanBoundary(
            code, f"Ward {code}", MultiPolygon([box(i, 0, i + 1, 1), box(i, 2, i + 1, 3)])
        )
        for i, code in enumerate(codes)
    ]
    shapes = {"boundaries": boundaries, "despite": "They are shapes, not wards."}
    publish(NewBoundarySet(**{**vars(new_set(day(2020))), **shapes}))
    db.session.remove()
    stored = boundaries_today(GRIDTOWN, "ward")
    assert [(row.code, row.name) for row in stored] == [(row.code, row.name) for row in boundaries]
    for old, new in zip(boundaries, stored, strict=True):
        assert old.geometry.equals(new.geometry)


def test_a_new_layer_stands_last(app: Flask) -> None:
    publish(new_set(SINCE_EVER, layer="police_district"))
    publish(new_set(SINCE_EVER, layer="school"))
    rows = db.session.execute(
        select(BoundaryLayer.code, BoundaryLayer.name).order_by(BoundaryLayer.position)
    )
    assert [tuple(row) for row in rows] == [
        ("core", "Core"),
        ("ward", "Ward"),
        ("police_district", "Police district"),
        ("school", "School"),
    ]


def test_nothing_of_a_refused_set_is_stored(app: Flask) -> None:
    publish(new_set(day(2020)))
    tables = (BoundaryLayer, BoundarySet, Boundary)
    counts = [select(func.count()).select_from(table) for table in tables]
    before = [db.session.scalar(count) for count in counts]
    with pytest.raises(Conflict):
        publish(new_set(day(2021), day(2022)))
    db.session.rollback()
    assert [db.session.scalar(count) for count in counts] == before


def test_a_report_lies_in_the_boundaries_of_its_own_day(app: Flask) -> None:
    publish(new_set(day(2020)))
    publish(new_set(day(2025)))
    submission = Submission(
        jurisdiction=get_jurisdiction(GRIDTOWN),
        service=get_service(GRIDTOWN, "POTHOLE"),
        point=Point(lat=0.5, long=0.5),
    )
    # The city's day begins five hours after that of UTC.
    moments = {
        datetime(2020, 1, 1, 4, 59, 59, tzinfo=UTC): "10",
        datetime(2020, 1, 1, 5, tzinfo=UTC): "2020-01-01",
        datetime(2025, 1, 1, 4, 59, 59, tzinfo=UTC): "2020-01-01",
        datetime(2025, 1, 1, 5, tzinfo=UTC): "2025-01-01",
    }
    for moment, code in moments.items():
        pk = add_service_request(submission, Handles(), moment)
        statement = select(Boundary.code).join(Place, Place.boundary_id == Boundary.id)
        codes = db.session.scalars(statement.where(Place.service_request_pk == pk)).all()
        assert codes == [code], moment


def test_a_report_without_a_place_lies_in_no_boundary(shared_app: Flask) -> None:
    submission = Submission(
        jurisdiction=get_jurisdiction(GRIDTOWN),
        service=get_service(GRIDTOWN, "POTHOLE"),
        address_string="Somewhere",
    )
    pk = add_service_request(submission, Handles(), datetime(2026, 1, 1, tzinfo=UTC))
    places = select(func.count()).select_from(Place).where(Place.service_request_pk == pk)
    assert db.session.scalar(places) == 0
    reason = select(ServiceRequest.routing_reason).where(ServiceRequest.pk == pk)
    assert "default department" in (db.session.scalar(reason) or "")


def test_a_rule_outlives_the_set_its_boundary_was_drawn_in(app: Flask) -> None:
    publish(
        NewBoundarySet(
            **{
                **vars(new_set(day(2020))),
                "boundaries": [CleanBoundary("2", "", area(*EVERYWHERE))],
            }
        )
    )
    question = RoutingCase(
        service_code="POTHOLE",
        group="Streets",
        point=Point(lat=0.5, long=0.5),
        at=datetime(2020, 1, 2, tzinfo=UTC),
    )
    decision = route(get_jurisdiction(GRIDTOWN), question)
    assert decision.rule is not None
    assert decision.rule.code == "pothole-west"


def test_a_service_area_replaces_the_old_one_at_once(app: Flask) -> None:
    new, moved = area(0, 0, 2, 1), "The city moved east."
    import_service_area(get_jurisdiction(GRIDTOWN), new, "limits.zip", moved)
    db.session.remove()
    stored, source = find_service_area(GRIDTOWN)
    assert stored is not None
    assert stored.equals(area(0, 0, 2, 1))
    assert source == f'limits.zip, despite warnings because "{moved}"'
    case = {"service_code": "0042", "group": "", "at": datetime(2026, 1, 1, tzinfo=UTC)}
    gridtown = get_jurisdiction(GRIDTOWN)
    on_the_border = RoutingCase(point=Point(lat=1, long=2), **case)
    assert route(gridtown, on_the_border)  # which belongs to it
    with pytest.raises(OutsideServiceArea):
        route(gridtown, RoutingCase(point=Point(lat=-0.5, long=0.5), **case))
