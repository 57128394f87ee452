"""The boundaries that cover a place."""

from sqlalchemy import ColumnElement, Select, func, select

from geo.coordinates import Point
from geo.rules import Hit
from open311.database import db
from open311.models import Boundary, BoundaryLayer, BoundarySet
from open311.queries.in_force import Maps, counts


def geometry(point: Point | None) -> ColumnElement[object]:
    """Give a point as PostGIS has it; NULL without one."""
    return func.ST_GeomFromEWKT(point.ewkt if point else None)


def select_hits(jurisdiction_id: str, maps: Maps) -> Select[str, int, int, str, str, int]:
    """Select all boundaries of these maps, in the order of layers, with the columns of Hit."""
    return (
        select(
            BoundaryLayer.code.label("layer"),
            BoundaryLayer.position.label("layer_position"),
            Boundary.id.label("boundary_id"),
            Boundary.code,
            Boundary.name,
            BoundaryLayer.id.label("layer_id"),
        )
        .join(BoundarySet, BoundarySet.id == Boundary.set_id)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, counts(maps))
        .order_by(BoundaryLayer.position, BoundaryLayer.id, Boundary.position)
    )


def list_hits(jurisdiction_id: str, point: Point, maps: Maps) -> list[Hit]:
    """List the boundaries of these maps that cover a point, shared edges included."""
    covers = func.ST_Covers(Boundary.geometry, geometry(point))
    statement = select_hits(jurisdiction_id, maps).where(covers)
    return [Hit(**row) for row in db.session.execute(statement).mappings()]
