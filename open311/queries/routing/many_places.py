"""Routing of many cases in a few statements, with the same results as one by one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, CTE, BigInteger, Integer, Text, cast, column, func, join, select
from sqlalchemy.types import NullType

from geo.coordinates import Point
from geo.routing.borders import Neighbour, settle_neighbours
from geo.routing.rules import Hit
from open311.database import db
from open311.errors import OutsideServiceArea
from open311.models import Boundary, BoundarySet, Jurisdiction
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.routing.decide import (
    Ground,
    Guide,
    Routing,
    RoutingCase,
    maps_of,
    route,
    routing_by,
    select_hits,
)
from open311.queries.routing.neighbors import nearest_edge, select_nearest

Found = tuple[Routing, tuple[Neighbour, ...]]


def route_many(
    jurisdiction: Scope, questions: Sequence[RoutingCase], guide: Guide
) -> list[Found | OutsideServiceArea]:
    """Return the routing and the neighbors of each case, as route and find_neighbours do.

    For a rejected location, the result is the error that route raises.
    """
    by_maps: dict[date, list[int]] = defaultdict(list)
    for n, question in enumerate(questions):
        by_maps[maps_of(jurisdiction, question).on].append(n)
    found: dict[int, Found | OutsideServiceArea] = {}
    for day, numbers in by_maps.items():
        some = [questions[n] for n in numbers]
        found |= zip(numbers, _route_by(jurisdiction, some, Maps(day), guide), strict=True)
    return [found[n] for n in range(len(questions))]


def _route_by(
    jurisdiction: Scope, questions: Sequence[RoutingCase], maps: Maps, guide: Guide
) -> Iterator[Found | OutsideServiceArea]:
    """Route the cases of one day."""
    jurisdiction_id = jurisdiction.jurisdiction_id
    placed = [question.point for question in questions if question.point is not None]
    outside = find_outside(jurisdiction_id, placed)
    hits = list_hits_of_many(jurisdiction_id, placed, maps)
    nearest = list_nearest_of_many(jurisdiction_id, placed, maps, hits)
    numbers = iter(range(len(placed)))
    for question in questions:
        number = None if question.point is None else next(numbers)
        is_outside = number in outside
        if is_outside and guide.outside_department_id is None:
            yield _refusal(jurisdiction, question)
            continue
        here = [] if number is None else hits[number]
        ground = Ground(
            hits=here,
            rules=guide.rules,
            calendar=guide.calendar,
            default_department_id=guide.default_department_id,
            outside_department_id=guide.outside_department_id if is_outside else None,
        )
        routing = routing_by(jurisdiction, question, ground)
        yield routing, settle_neighbours(here, [] if number is None else nearest[number])


def _refusal(jurisdiction: Scope, question: RoutingCase) -> OutsideServiceArea:
    """Return the error for a rejected location, with the likely mistake."""
    try:
        route(jurisdiction, question)
    except OutsideServiceArea as error:
        return error
    raise AssertionError(question)  # it was outside a moment ago, in the same transaction


def find_outside(jurisdiction_id: str, points: Sequence[Point]) -> set[int]:
    """Return the positions in points of those outside the service area."""
    places = _places(points, ["{}"] * len(points))
    inside = func.ST_Covers(Jurisdiction.service_area, places.c.geometry)
    statement = (
        select(places.c.n)
        .select_from(join(Jurisdiction, places, ~inside))
        .where(Jurisdiction.id == jurisdiction_id)
    )
    return set(db.session.scalars(statement))


def list_hits_of_many(jurisdiction_id: str, points: Sequence[Point], maps: Maps) -> list[list[Hit]]:
    """Return the result of list_hits for each point."""
    places = _places(points, ["{}"] * len(points))
    statement = (
        select_hits(jurisdiction_id, maps)
        .add_columns(places.c.n)
        .join(places, func.ST_Covers(Boundary.geometry, places.c.geometry))
    )
    return _by_place(statement, Hit, len(points))


def list_nearest_of_many(
    jurisdiction_id: str, points: Sequence[Point], maps: Maps, hits: Sequence[Sequence[Hit]]
) -> list[list[Neighbour]]:
    """Return the result of list_nearest for each point and its hits."""
    taken = [f"{{{','.join(str(hit.boundary_id) for hit in some)}}}" for some in hits]
    places = _places(points, taken)
    edge = nearest_edge(
        places.c.geography,
        places.c.geometry,
        lambda boundary_id: boundary_id != func.all(places.c.apart_from),
        (BoundarySet, places),
    )
    statement = select_nearest(jurisdiction_id, maps, edge, places).add_columns(places.c.n)
    return _by_place(statement, Neighbour, len(points))


def _places(points: Sequence[Point], apart_from: Sequence[str]) -> CTE:
    """Return the points as rows, so that their texts are parsed once."""
    columns: list[Any] = [
        cast(list(range(len(points))), ARRAY(Integer)),
        cast([point.ewkt for point in points], ARRAY(Text)),
        cast(list(apart_from), ARRAY(Text)),
    ]
    named = (column("n", Integer), column("place", Text), column("apart_from", Text))
    texts = func.unnest(*columns).table_valued(*named).render_derived(name="texts")
    rows = select(
        texts.c.n,
        func.ST_GeomFromEWKT(texts.c.place, type_=NullType()).label("geometry"),
        func.ST_GeogFromText(texts.c.place, type_=NullType()).label("geography"),
        cast(texts.c.apart_from, ARRAY(BigInteger)).label("apart_from"),
    )
    return rows.cte("places").prefix_with("MATERIALIZED")


def _by_place(statement: Any, kind: Any, count: int) -> list[list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement).mappings():
        values = dict(row)
        found[values.pop("n")].append(kind(**values))
    return [found[n] for n in range(count)]
