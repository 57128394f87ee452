"""Reading boundary layers and their sets."""

from datetime import date

from sqlalchemy import Row, func, select

from open311.database import db
from open311.errors import NotFound
from open311.models import Boundary, BoundaryLayer, BoundarySet


def get_layer_id(jurisdiction_id: str, layer: str) -> int:
    """Get the id of a layer by its code; raises NotFound naming the layers there are."""
    statement = (
        select(BoundaryLayer.code, BoundaryLayer.id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
        .order_by(BoundaryLayer.position, BoundaryLayer.code)
    )
    ids = dict(db.session.execute(statement).tuples().all())
    if layer not in ids:
        raise NotFound(
            f"There is no boundary layer {layer!r}; there are {', '.join(ids) or 'none'}."
        )
    return ids[layer]


def list_sets(jurisdiction_id: str) -> list[Row[tuple[str, date, date | None, str, int]]]:
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
        .order_by(BoundaryLayer.position, BoundarySet.in_force_from, BoundarySet.id)
    )
    return list(db.session.execute(statement).all())
