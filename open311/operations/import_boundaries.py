"""A new set of boundaries for a layer, or a new service area, from a file that was cleaned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import Update, func, insert, or_, select, update

from geo.boundaries import CleanBoundary
from geo.edges import outline_pieces
from open311.database import db
from open311.errors import Conflict
from open311.models import Boundary, BoundaryEdge, BoundaryLayer, BoundarySet, Jurisdiction
from open311.queries.boundaries import find_layer_id
from open311.queries.in_force import in_force

SINCE_EVER = date(1900, 1, 1)
"""From when the first set of a layer is in force, so that older reports find a place, too."""

WGS84 = 4326


@dataclass(frozen=True, kw_only=True)
class NewBoundarySet:
    """A set to be imported, its boundaries in natural order.

    It is in force from the first day (included) until the last (excluded; None: until further
    notice), both in the jurisdiction's own calendar.
    """

    jurisdiction_id: str
    layer: str
    boundaries: list[CleanBoundary]
    source: str
    in_force_from: date
    in_force_until: date | None = None
    made_by: str = "import"


def import_boundaries(new: NewBoundarySet) -> None:
    """Store a set, making the layer if it is new; raises Conflict if a later set is in the way."""
    store_boundary_set(new)
    db.session.commit()


def import_service_area(jurisdiction_id: str, area: MultiPolygon, source: str) -> None:
    """Store the area outside of which a jurisdiction takes no reports."""
    store_service_area(jurisdiction_id, area, source)
    db.session.commit()


def store_service_area(jurisdiction_id: str, area: MultiPolygon, source: str) -> None:
    """Store a service area without committing."""
    db.session.execute(
        update(Jurisdiction)
        .where(Jurisdiction.id == jurisdiction_id)
        .values(service_area=from_shape(area, srid=WGS84), service_area_source=source)
    )


def store_boundary_set(new: NewBoundarySet) -> None:
    """Store a set without committing; a set that is in force on its first day ends that day."""
    check_dates(new)
    layer_id = find_layer_id(new.jurisdiction_id, new.layer) or _add_layer(new)
    db.session.execute(_end_sets_in_force(layer_id, new.in_force_from))
    set_id = db.session.execute(
        insert(BoundarySet)
        .values(
            layer_id=layer_id,
            in_force_from=new.in_force_from,
            in_force_until=new.in_force_until,
            asked_until=new.in_force_until,
            source=new.source,
            licence="",
            vintage="",
            imported_at=datetime.now(UTC),
            imported_by=new.made_by,
            published_at=datetime.now(UTC),
            published_by=new.made_by,
            carry_over=False,
        )
        .returning(BoundarySet.id)
    ).scalar_one()
    _add_boundaries(set_id, layer_id, new.boundaries)


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
    db.session.execute(insert(BoundaryEdge), edges)


def check_dates(new: NewBoundarySet) -> None:
    """Raise Conflict if a set cannot be stored beside those of its layer."""
    layer_id = find_layer_id(new.jurisdiction_id, new.layer)
    if layer_id is not None:
        _refuse_later(layer_id, new)
        _refuse_gap(layer_id, new)


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
        )
        .returning(BoundaryLayer.id)
    ).scalar_one()


def _refuse_later(layer_id: int, new: NewBoundarySet) -> None:
    next_begins = db.session.scalar(
        select(func.min(BoundarySet.in_force_from)).where(
            BoundarySet.layer_id == layer_id,
            BoundarySet.in_force_from > new.in_force_from,
            BoundarySet.in_force_until.is_distinct_from(BoundarySet.in_force_from),
        )
    )
    if next_begins and (new.in_force_until is None or new.in_force_until > next_begins):
        raise Conflict(
            f"Another set of layer {new.layer} begins on {next_begins}: let this one end by then "
            f"(--until {next_begins}), or begin after it."
        )


def _refuse_gap(layer_id: int, new: NewBoundarySet) -> None:
    if new.in_force_until is None:
        return
    lasts_longer = or_(
        BoundarySet.in_force_until.is_(None), BoundarySet.in_force_until > new.in_force_until
    )
    longer = db.session.scalar(
        select(BoundarySet.in_force_from).where(
            BoundarySet.layer_id == layer_id, in_force(new.in_force_from), lasts_longer
        )
    )
    if longer is not None:
        raise Conflict(
            f"The set of layer {new.layer} in force since {longer} would end for good on "
            f"{new.in_force_from}, and from {new.in_force_until} on there would be none: "
            "leave out --until."
        )


def _end_sets_in_force(layer_id: int, day: date) -> Update:
    return (
        update(BoundarySet)
        .where(BoundarySet.layer_id == layer_id, in_force(day))
        .values(in_force_until=day)
    )
