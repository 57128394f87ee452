"""Reading boundary layers and their sets."""

from collections.abc import Sequence
from datetime import date

from geoalchemy2.shape import to_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import Row, func, select

from geo.boundaries import CleanBoundary
from open311.database import db
from open311.models import Boundary, BoundaryLayer, BoundarySet, Jurisdiction, RoutingRule


def find_layer_id(jurisdiction_id: str, layer: str) -> int | None:
    """Find the id of a layer by its code."""
    return db.session.scalar(
        select(BoundaryLayer.id).where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer
        )
    )


def list_sets(jurisdiction_id: str) -> list[Row[str, date | None, date | None, str, int]]:
    """List boundary sets as (layer, in_force_from, in_force_until, source, boundaries)."""
    statement = (
        select(
            BoundaryLayer.code.label("layer"),
            BoundarySet.in_force_from,
            BoundarySet.in_force_until,
            BoundarySet.source,
            func.count(Boundary.id).label("boundaries"),
        )
        .join(BoundarySet, BoundarySet.layer_id == BoundaryLayer.id)
        .outerjoin(Boundary, Boundary.set_id == BoundarySet.id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
        .group_by(BoundaryLayer.id, BoundarySet.id)
        .order_by(BoundaryLayer.position, BoundaryLayer.id, BoundarySet.in_force_from)
        .order_by(BoundarySet.id)
    )
    return list(db.session.execute(statement).all())


def find_newest_source(jurisdiction_id: str, layer: str) -> str | None:
    """Find where the set of a layer that was imported last came from; None without any."""
    return db.session.scalar(
        select(BoundarySet.source)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer)
        .order_by(BoundarySet.id.desc())
        .limit(1)
    )


def list_newest_boundaries(jurisdiction_id: str, layer: str) -> list[CleanBoundary]:
    """List the boundaries of the set of a layer that was imported last, in natural order."""
    newest = (
        select(func.max(BoundarySet.id))
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer)
    )
    rows = db.session.execute(
        select(Boundary.code, Boundary.name, Boundary.geometry)
        .where(Boundary.set_id == newest.scalar_subquery())
        .order_by(Boundary.position)
    )
    return [CleanBoundary(row.code, row.name, _multipolygon(row.geometry)) for row in rows]


def find_service_area(jurisdiction_id: str) -> tuple[MultiPolygon | None, str]:
    """Find a jurisdiction's service area and where it came from."""
    area, source = db.session.execute(
        select(Jurisdiction.service_area, Jurisdiction.service_area_source).where(
            Jurisdiction.id == jurisdiction_id
        )
    ).one()
    return (None if area is None else _multipolygon(area)), source


def list_rules_naming_others(
    jurisdiction_id: str, layer: str, codes: Sequence[str]
) -> list[Row[str, str | None]]:
    """List the rules in use that name a boundary of a layer, but none of these: (rule, code)."""
    statement = (
        select(RoutingRule.code, RoutingRule.boundary_code)
        .join(BoundaryLayer, BoundaryLayer.id == RoutingRule.layer_id)
        .where(
            RoutingRule.jurisdiction_id == jurisdiction_id,
            RoutingRule.active,
            RoutingRule.boundary_code.not_in(codes),
            BoundaryLayer.code == layer,
        )
        .order_by(RoutingRule.boundary_code, RoutingRule.code)
    )
    return list(db.session.execute(statement).all())


def _multipolygon(element: object) -> MultiPolygon:
    shape = to_shape(element)  # type: ignore[arg-type]
    if not isinstance(shape, MultiPolygon):
        raise TypeError(f"a MultiPolygon was stored, not a {shape.geom_type}")
    return shape
