"""A boundary set as it is stored: a draft, in force on no day until it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from geoalchemy2.shape import from_shape
from sqlalchemy import func, insert, select

from geo.boundaries import CleanBoundary
from geo.edges import outline_pieces
from open311.database import db, table
from open311.models import Boundary, BoundaryEdge, BoundaryLayer, BoundarySet
from open311.models.columns import WGS84
from open311.queries.boundaries import find_layer_id


@dataclass(frozen=True, kw_only=True)
class NewBoundarySet:
    """A set to be stored, its boundaries in natural order.

    in_force_from (included) and in_force_until (excluded; None: until further notice) are days of
    the jurisdiction's own calendar on which it is to be in force; a draft has none. reach_metres
    is that of a new layer of lines.
    """

    jurisdiction_id: str
    layer: str
    boundaries: list[CleanBoundary]
    source: str
    licence: str = ""
    vintage: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    made_by: str = "import"
    reach_metres: float | None = None


def store_draft(new: NewBoundarySet) -> int:
    """Store a set as a draft and give its number; a new layer is made, and stands last."""
    layer_id = find_layer_id(new.jurisdiction_id, new.layer) or _add_layer(new)
    statement = insert(BoundarySet).values(
        layer_id=layer_id,
        source=new.source,
        licence=new.licence,
        vintage=new.vintage,
        imported_at=datetime.now(UTC),
        imported_by=new.made_by,
        carry_over=False,
    )
    set_id = db.session.execute(statement.returning(BoundarySet.id)).scalar_one()
    _add_boundaries(set_id, layer_id, new.boundaries)
    return set_id


def _add_layer(new: NewBoundarySet) -> int:
    last = select(func.coalesce(func.max(BoundaryLayer.position), 0)).where(
        BoundaryLayer.jurisdiction_id == new.jurisdiction_id
    )
    return db.session.execute(
        insert(BoundaryLayer)
        .values(
            jurisdiction_id=new.jurisdiction_id,
            code=new.layer,
            name=new.layer.replace("_", " ").capitalize(),
            position=last.scalar_subquery() + 1,
            exception=False,
            reach_metres=new.reach_metres,
        )
        .returning(BoundaryLayer.id)
    ).scalar_one()


def _add_boundaries(set_id: int, layer_id: int, boundaries: Sequence[CleanBoundary]) -> None:
    rows = [
        {
            "set_id": set_id,
            "layer_id": layer_id,
            "code": boundary.code,
            "name": boundary.name,
            "position": position,
            "geometry": from_shape(boundary.geometry, srid=WGS84),
        }
        for position, boundary in enumerate(boundaries, start=1)
    ]
    statement = insert(Boundary).returning(Boundary.id, sort_by_parameter_order=True)
    ids = db.session.scalars(statement, rows).all()
    edges = [
        {"boundary_id": id_, "set_id": set_id, "edge": from_shape(edge, srid=WGS84)}
        for id_, boundary in zip(ids, boundaries, strict=True)
        for edge in outline_pieces(boundary.geometry)
    ]
    db.session.execute(insert(table(BoundaryEdge)), edges)
