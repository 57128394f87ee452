"""Boundary sets as rows: drafts, and the days on which they are in effect."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from geoalchemy2.shape import from_shape
from shapely import to_wkb
from sqlalchemy import ARRAY, Integer, LargeBinary, column, func, insert, literal, select, update

from geo.maps.boundaries import CleanBoundary, outline_pieces
from open311.database import db, table
from open311.errors import Conflict
from open311.messages.maps import VERSION_LEAVES_GAP
from open311.models import Boundary, BoundaryEdge, BoundaryLayer, BoundarySet
from open311.models.columns import WGS84
from open311.queries.maps.layers import find_layer_id
from open311.queries.maps.schedule import find_following, find_set_replaced
from open311.queries.maps.sets import (
    PUBLISHED,
    StoredSet,
    find_set_after,
    find_set_in_force,
    get_set,
)
from open311.queries.routing.carried import read_carried
from open311.steps.maps.carried_rules import take_back_rules
from open311.steps.maps.going_on import let_rules_go_on
from open311.steps.values.boundary_sets import NewBoundarySet
from schemas.vocabulary.days import SINCE_EVER


def store_draft(new: NewBoundarySet) -> int:
    """Store a boundary set as a draft, and return its number; a new layer comes last."""
    layer_id = find_layer_id(new.jurisdiction_id, new.layer) or _add_layer(new)
    statement = insert(BoundarySet).values(
        layer_id=layer_id,
        source=new.source,
        license=new.license,
        vintage=new.vintage,
        imported_at=datetime.now(UTC),
        imported_by=new.made_by,
        carry_over=False,
        planned_from=new.in_force_from,
        planned_until=new.in_force_until,
        source_url=new.source_url,
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
            overlapping=new.overlapping,
            reach_meters=new.reach_meters,
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
    _add_edges(set_id, dict(zip(ids, boundaries, strict=True)))


def _add_edges(set_id: int, boundaries: Mapping[int, CleanBoundary]) -> None:
    """Store the outlines of boundaries by their ids, in one statement for thousands of pieces."""
    pieces = [
        (id_, piece)
        for id_, boundary in boundaries.items()
        for piece in outline_pieces(boundary.geometry)
    ]
    ids = literal([id_ for id_, _piece in pieces], ARRAY(Integer))
    shapes = literal(list(to_wkb([piece for _id, piece in pieces])), ARRAY(LargeBinary))
    together = func.unnest(ids, shapes).table_valued("id", column("shape", LargeBinary))
    rows = together.render_derived()
    edge = func.ST_GeogFromWKB(rows.c.shape)
    db.session.execute(
        insert(table(BoundaryEdge)).from_select(
            ["boundary_id", "set_id", "edge"], select(rows.c.id, literal(set_id), edge)
        )
    )


def lock_layer(layer_id: int) -> None:
    """Lock a layer until the commit, which serializes the publication of its sets."""
    db.session.execute(
        select(BoundaryLayer.id).where(BoundaryLayer.id == layer_id).with_for_update()
    )


def store_publishing(
    stored: StoredSet,
    first: date,
    until: date | None,
    made_by: str,
    *,
    carry_over: bool = False,
    despite: str = "",
) -> StoredSet | None:
    """Publish a draft or a withdrawn set from a day on; raises Conflict. The caller commits.

    The set in effect on that day ends there. One that begins on that day is replaced, and returned
    as it was; it is withdrawn if it has rules of its own. The new set ends where a later one
    begins, and on the day until at the latest.
    """
    lock_layer(stored.layer_id)
    _refuse_gap(stored, first, until)
    replaced = find_set_replaced(stored.layer_id, first, stored.id)
    # In effect on no day, it could come back, but without the rules that begin and end with it.
    if replaced and read_carried(replaced.id):
        store_withdrawal(replaced, made_by)
    db.session.execute(
        update(BoundarySet)
        .where(BoundarySet.id == stored.id)
        .values(
            in_force_from=first,
            asked_until=until,
            published_at=datetime.now(UTC),
            published_by=made_by,
            carry_over=carry_over,
            despite=despite or None,
            in_force_until=None,  # that of a withdrawn set may be before its new first day
            withdrawn_at=None,
            withdrawn_by=None,
        )
    )
    store_days(stored.layer_id)
    return replaced


def store_withdrawal(stored: StoredSet, made_by: str) -> None:
    """Withdraw a boundary set, which restores the previous one and its rules.

    The rules that the previous one began go on with it, and those that this one began with the set
    that follows, if it has their codes. Raises Conflict as take_back_rules does.
    The caller commits.
    """
    lock_layer(stored.layer_id)
    take_back_rules(stored, find_following(stored))
    db.session.execute(
        update(BoundarySet)
        .where(BoundarySet.id == stored.id)
        .values(withdrawn_at=datetime.now(UTC), withdrawn_by=made_by)
    )
    store_days(stored.layer_id)
    day = stored.in_force_from
    previous = None if day is None else find_set_in_force(stored.layer_id, day)
    if day and previous and previous.in_force_from != day:
        let_rules_go_on(previous, day)


def store_days(layer_id: int) -> None:
    """End each set of a layer where the next one begins, or earlier if asked for.

    Of two sets that begin on one day, the one published later counts.
    """
    order = (BoundarySet.in_force_from, BoundarySet.published_at, BoundarySet.id)
    next_begins = func.lead(BoundarySet.in_force_from).over(order_by=order)
    days = (
        select(BoundarySet.id, func.least(BoundarySet.asked_until, next_begins).label("until"))
        .where(BoundarySet.layer_id == layer_id, PUBLISHED)
        .subquery()
    )
    db.session.execute(
        update(BoundarySet)
        .where(
            BoundarySet.id == days.c.id,
            BoundarySet.in_force_until.is_distinct_from(days.c.until),
        )
        .values(in_force_until=days.c.until)
        .execution_options(synchronize_session=False)
    )


def _refuse_gap(stored: StoredSet, first: date, until: date | None) -> None:
    if until is None:
        return
    longer = find_set_in_force(stored.layer_id, first)
    if longer is None or (longer.in_force_until is not None and longer.in_force_until <= until):
        return
    if find_set_after(stored.layer_id, first, until) is None:
        raise Conflict(
            VERSION_LEAVES_GAP,
            field="until",
            layer=stored.layer,
            since=longer.in_force_from,
            first=first,
            until=until,
        )


def store_published_set(new: NewBoundarySet) -> StoredSet:
    """Store and publish a boundary set, without a check for objections; the caller commits."""
    stored = get_set(new.jurisdiction_id, store_draft(new))
    first = new.in_force_from or SINCE_EVER
    store_publishing(stored, first, new.in_force_until, new.made_by, despite=new.despite)
    return stored
