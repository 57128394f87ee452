"""The boundaries that cover a location, by PostGIS."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, true

from geo.coordinates import Point
from geo.routing.borders import hits_with_nearest
from geo.routing.rules import Hit
from open311.database import db
from open311.models import Boundary, BoundaryLayer, BoundarySet
from open311.queries.maps.sets import Maps, counts, of_city
from open311.queries.routing.nearest import list_nearest


def geometry(point: Point | None) -> ColumnElement[object]:
    """Return a point as a PostGIS geometry; NULL without one."""
    return func.ST_GeomFromEWKT(point.ewkt if point else None)


def list_hits(jurisdiction_id: str, point: Point, maps: Maps) -> list[Hit]:
    """List the boundaries of these sets that cover a point, edges included."""
    covering = _select_covering(point)
    statement = (
        select(
            BoundaryLayer.code.label("layer"),
            BoundaryLayer.position.label("layer_position"),
            covering.c.boundary_id,
            covering.c.code,
            covering.c.name,
            BoundaryLayer.id.label("layer_id"),
            BoundaryLayer.overlapping,
            covering.c.on_edge,
        )
        .select_from(BoundarySet)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .join(covering, true())
        .where(of_city(jurisdiction_id), counts(maps))
        .order_by(BoundaryLayer.position, BoundaryLayer.id, covering.c.position)
    )
    return [Hit(**row) for row in db.session.execute(statement).mappings()]


def _select_covering(point: Point) -> Any:
    """Select the boundaries of one set that cover a point.

    OFFSET 0 keeps PostgreSQL from searching the boundaries of all cities first, which it prefers
    without statistics.
    """
    place = geometry(point)
    return (
        select(
            Boundary.id.label("boundary_id"),
            Boundary.code,
            Boundary.name,
            Boundary.position,
            (~func.ST_ContainsProperly(Boundary.geometry, place)).label("on_edge"),
        )
        .where(Boundary.set_id == BoundarySet.id, func.ST_Covers(Boundary.geometry, place))
        .offset(literal_column("0"))
        .correlate(BoundarySet)
        .lateral("covering")
    )


def hits_of(
    jurisdiction_id: str, point: Point | None, maps: Maps, outside_meters: float | None
) -> Sequence[Hit]:
    """List what covers a point; little outside the service area, with the nearest boundaries."""
    hits = [] if point is None else list_hits(jurisdiction_id, point, maps)
    if point is None or outside_meters is None:
        return hits
    return hits_with_nearest(hits, list_nearest(jurisdiction_id, point, maps, hits), outside_meters)
