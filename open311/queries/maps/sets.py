"""Boundary sets: drafts, current ones, withdrawn ones, and which count on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shapely import from_wkb
from sqlalchemy import ColumnElement, Integer, Select, and_, any_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.routing.map_sets import DayMaps, MapBoundary, MapSet
from open311.database import db
from open311.errors import NotFound
from open311.messages.maps import VERSION_UNKNOWN
from open311.models import Boundary, BoundaryLayer, BoundarySet

PUBLISHED = and_(BoundarySet.published_at.is_not(None), BoundarySet.withdrawn_at.is_(None))
"""The condition that a boundary set is neither a draft nor withdrawn."""


@dataclass(frozen=True)
class Maps:
    """The boundary sets that are current on a day of the jurisdiction's own calendar.

    instead names, by layer id, sets that are to count whatever their dates: so a draft can be
    looked at as if it were current.
    """

    on: date
    instead: Mapping[int, int] = field(default_factory=dict)


def counts(maps: Maps) -> ColumnElement[bool]:
    """Return the condition that a boundary set is one of these maps."""
    if not maps.instead:
        return in_force(maps.on)
    others = and_(in_force(maps.on), BoundarySet.layer_id.not_in(maps.instead.keys()))
    return or_(others, BoundarySet.id.in_(maps.instead.values()))


def of_city(jurisdiction_id: str) -> ColumnElement[bool]:
    """Return the condition that a boundary set belongs to a jurisdiction.

    Its layers are read before, so that PostgreSQL applies it to the sets themselves, whatever its
    statistics say.
    """
    layers = select(BoundaryLayer.id).where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
    known = func.array(layers.scalar_subquery(), type_=ARRAY(Integer))
    return BoundarySet.layer_id == any_(known)


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition that a set is current on a day: neither draft nor withdrawn."""
    return and_(
        PUBLISHED,
        BoundarySet.in_force_from <= on,
        or_(BoundarySet.in_force_until.is_(None), BoundarySet.in_force_until > on),
    )


@dataclass(frozen=True, kw_only=True)
class StoredSet:
    """A boundary set without its boundaries. The days are of the jurisdiction's own calendar."""

    id: int
    layer_id: int
    layer: str
    boundaries: int
    source: str
    license: str
    vintage: str
    imported_at: datetime
    imported_by: str
    in_force_from: date | None
    in_force_until: date | None
    published_at: datetime | None
    published_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    carry_over: bool
    despite: str | None
    overlapping: bool
    planned_from: date | None
    planned_until: date | None
    source_url: str | None

    def state(self, today: date) -> str:
        """Return the state on a day, such as draft or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.in_force_from is None:
            return "draft"
        if self.in_force_until is not None and self.in_force_until <= max(
            today, self.in_force_from
        ):
            return "past"
        return "in force" if self.in_force_from <= today else "future"


def list_sets(jurisdiction_id: str) -> list[StoredSet]:
    """List the sets of all layers by layer and first day, drafts last."""
    statement = (
        select_sets()
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
        .order_by(BoundaryLayer.position, BoundaryLayer.id, BoundarySet.in_force_from)
        .order_by(BoundarySet.published_at, BoundarySet.id)
    )
    return [StoredSet(**row) for row in db.session.execute(statement).mappings()]


def list_sets_of(jurisdiction_id: str, maps: Maps) -> list[StoredSet]:
    """List the set of each layer that counts in these maps, in the order of layers."""
    statement = (
        select_sets()
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, counts(maps))
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    return [StoredSet(**row) for row in db.session.execute(statement).mappings()]


def get_set(jurisdiction_id: str, set_id: int) -> StoredSet:
    """Get a set by its number; raises NotFound."""
    statement = select_sets().where(
        BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundarySet.id == set_id
    )
    found = _one(statement)
    if found is None:
        raise NotFound(VERSION_UNKNOWN, number=str(set_id))
    return found


def find_set_in_force(layer_id: int, on: date) -> StoredSet | None:
    """Find the set of a layer that is current on a day."""
    return _one(select_sets().where(BoundarySet.layer_id == layer_id, in_force(on)))


def find_set_after(layer_id: int, first: date, until: date) -> StoredSet | None:
    """Find the first set of a layer that begins after a day, and no later than another."""
    return _one(
        select_sets()
        .where(
            BoundarySet.layer_id == layer_id,
            PUBLISHED,
            BoundarySet.in_force_from > first,
            BoundarySet.in_force_from <= until,
        )
        .order_by(BoundarySet.in_force_from, BoundarySet.published_at, BoundarySet.id)
        .limit(1)
    )


def _one(statement: Select[tuple[object, ...]]) -> StoredSet | None:
    row = db.session.execute(statement).mappings().one_or_none()
    return None if row is None else StoredSet(**row)


def select_sets() -> Select[tuple[object, ...]]:
    """Select sets with their layers and counts of boundaries, as StoredSet has them."""
    columns = (
        "id",
        "layer_id",
        "source",
        "license",
        "vintage",
        "imported_at",
        "imported_by",
        "in_force_from",
        "in_force_until",
        "published_at",
        "published_by",
        "withdrawn_at",
        "withdrawn_by",
        "carry_over",
        "despite",
        "planned_from",
        "planned_until",
        "source_url",
    )
    boundaries = (
        select(func.count())
        .where(Boundary.set_id == BoundarySet.id)
        .correlate(BoundarySet)
        .scalar_subquery()
    )
    return select(
        *(getattr(BoundarySet, name) for name in columns),
        BoundaryLayer.code.label("layer"),
        BoundaryLayer.overlapping,
        boundaries.label("boundaries"),
    ).join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)


def list_map_sets(jurisdiction_id: str, since: date) -> list[MapSet]:
    """List the published sets with their boundaries, without those that ended before a day."""
    until = BoundarySet.in_force_until
    return _list_map_sets(
        jurisdiction_id,
        PUBLISHED,
        or_(until.is_(None), until > since),
    )


def read_day_maps(jurisdiction_id: str, maps: Maps) -> DayMaps:
    """Return these boundary sets, prepared for many points."""
    return DayMaps.of(_list_map_sets(jurisdiction_id, counts(maps)))


def _list_map_sets(jurisdiction_id: str, *conditions: ColumnElement[bool]) -> list[MapSet]:
    """List the sets that meet conditions with their boundaries, in the order of layers."""
    statement = (
        select(
            BoundarySet.id,
            BoundaryLayer.code.label("layer"),
            BoundaryLayer.id.label("layer_id"),
            BoundaryLayer.position.label("layer_position"),
            BoundaryLayer.overlapping,
            BoundarySet.in_force_from,
            BoundarySet.in_force_until,
        )
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, *conditions)
        .order_by(BoundaryLayer.position, BoundaryLayer.id, BoundarySet.id)
    )
    rows = db.session.execute(statement).all()
    boundaries = _list_map_boundaries([row.id for row in rows])
    return [
        MapSet(
            set_id=row.id,
            layer=row.layer,
            layer_id=row.layer_id,
            layer_position=row.layer_position,
            in_force_from=row.in_force_from,
            in_force_until=row.in_force_until,
            boundaries=tuple(boundaries.get(row.id, ())),
            overlapping=row.overlapping,
        )
        for row in rows
    ]


def find_last_end(jurisdiction_id: str, since: date) -> date | None:
    """Find the last day on which a published set ended that list_map_sets leaves out."""
    until = BoundarySet.in_force_until
    return db.session.scalar(
        select(func.max(until))
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id,
            PUBLISHED,
            until <= since,
        )
    )


def _list_map_boundaries(set_ids: Sequence[int]) -> dict[int, list[MapBoundary]]:
    """List the boundaries of sets, by the id of the set."""
    columns = (Boundary.id, Boundary.code, Boundary.name, Boundary.position)
    rows = db.session.execute(
        select(Boundary.set_id, *columns, func.ST_AsBinary(Boundary.geometry).label("wkb"))
        .where(Boundary.set_id.in_(set_ids))
        .order_by(Boundary.set_id, Boundary.position, Boundary.id)
    ).all()
    geometries = from_wkb([row.wkb for row in rows])
    found: dict[int, list[MapBoundary]] = {}
    for row, geometry in zip(rows, geometries, strict=True):
        boundary = MapBoundary(
            boundary_id=row.id,
            code=row.code,
            name=row.name,
            position=row.position,
            geometry=geometry,
        )
        found.setdefault(row.set_id, []).append(boundary)
    return found
