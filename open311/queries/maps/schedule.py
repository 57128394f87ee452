"""Boundary sets that are published for a later day, and which of them another one replaces."""

from datetime import date

from sqlalchemy import ColumnElement, and_

from open311.database import db
from open311.models import BoundarySet
from open311.queries.maps.sets import PUBLISHED, StoredSet, find_set_after, select_sets


def find_set_replaced(layer_id: int, first: date, set_id: int = 0) -> StoredSet | None:
    """Find the set of a layer that begins on the same day as another one, which takes its place.

    set_id is that of the other one, 0 if it is not stored yet.
    """
    statement = select_sets().where(
        _counts(layer_id), BoundarySet.in_force_from == first, BoundarySet.id != set_id
    )
    row = db.session.execute(statement.limit(1)).mappings().one_or_none()
    return None if row is None else StoredSet(**row)


def find_following(stored: StoredSet) -> StoredSet | None:
    """Find the set that begins where a set ends."""
    first, end = stored.in_force_from, stored.in_force_until
    if first is None or end is None:
        return None
    found = find_set_after(stored.layer_id, first, end)
    return found if found is not None and found.in_force_from == end else None


def list_scheduled(layer_id: int, after: date) -> list[StoredSet]:
    """List the sets of a layer that begin after a day, by their day."""
    statement = (
        select_sets()
        .where(_counts(layer_id), BoundarySet.in_force_from > after)
        .order_by(BoundarySet.in_force_from, BoundarySet.id)
    )
    return [StoredSet(**row) for row in db.session.execute(statement).mappings()]


def planned_days(stored: StoredSet) -> tuple[date | None, date | None]:
    """Return the days that an import asked for, as long as a set has never been published."""
    if stored.published_at is not None:
        return None, None
    return stored.planned_from, stored.planned_until


def likely_first_day(stored: StoredSet, today: date) -> date:
    """Return the day on which a set would begin if it were published as planned, from today on."""
    return max(planned_days(stored)[0] or today, today)


def _counts(layer_id: int) -> ColumnElement[bool]:
    """Return the condition that a published set of a layer is in effect on some day."""
    return and_(
        BoundarySet.layer_id == layer_id,
        PUBLISHED,
        BoundarySet.in_force_until.is_distinct_from(BoundarySet.in_force_from),
    )
