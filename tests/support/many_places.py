"""Boundaries of many points by PostGIS in one statement: the reference of those in memory."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, CTE, BigInteger, Integer, Text, cast, column, func, select
from sqlalchemy.types import NullType

from geo.coordinates import Point
from geo.routing.borders import Neighbor
from geo.routing.rules import Hit
from open311.database import db
from open311.models import Boundary, BoundaryLayer, BoundarySet
from open311.queries.maps.sets import Maps, counts
from open311.queries.routing.nearest import nearest_edge, select_nearest


def _select_hits(jurisdiction_id: str, maps: Maps) -> Any:
    """Select the boundaries of these sets, in the order of layers, with the columns of Hit."""
    return (
        select(
            BoundaryLayer.code.label("layer"),
            BoundaryLayer.position.label("layer_position"),
            Boundary.id.label("boundary_id"),
            Boundary.code,
            Boundary.name,
            BoundaryLayer.id.label("layer_id"),
            BoundaryLayer.overlapping,
        )
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, counts(maps))
        .order_by(BoundaryLayer.position, BoundaryLayer.id, Boundary.position)
    )


def list_hits_of_many(jurisdiction_id: str, points: Sequence[Point], maps: Maps) -> list[list[Hit]]:
    """Return the result of list_hits for each point."""
    places = _places(points, ["{}"] * len(points))
    statement = (
        _select_hits(jurisdiction_id, maps)
        .add_columns(places.c.n)
        .join(places, func.ST_Covers(Boundary.geometry, places.c.geometry))
    )
    return _by_place(statement, Hit, len(points))


def list_nearest_of_many(
    jurisdiction_id: str, points: Sequence[Point], maps: Maps, hits: Sequence[Sequence[Hit]]
) -> list[list[Neighbor]]:
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
    return _by_place(statement, Neighbor, len(points))


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
