"""The days on which the sets of a layer are in force: they follow from when each begins."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select, update

from open311.database import db
from open311.errors import Conflict
from open311.models import BoundaryLayer, BoundarySet
from open311.queries.boundary_sets import StoredSet, find_set_after, find_set_in_force


def lock_layer(layer_id: int) -> None:
    """Lock a layer until the commit, so that its sets are published one after the other."""
    db.session.execute(
        select(BoundaryLayer.id).where(BoundaryLayer.id == layer_id).with_for_update()
    )


def store_publishing(
    stored: StoredSet, first: date, until: date | None, made_by: str, *, carry_over: bool = False
) -> None:
    """Put a draft in force from a day on, without committing; raises Conflict.

    The set in force on that day ends there, and this one ends where another begins already.
    until is the day on which it ends at the latest.
    """
    lock_layer(stored.layer_id)
    _refuse_gap(stored, first, until)
    db.session.execute(
        update(BoundarySet)
        .where(BoundarySet.id == stored.id)
        .values(
            in_force_from=first,
            asked_until=until,
            published_at=datetime.now(UTC),
            published_by=made_by,
            carry_over=carry_over,
        )
    )
    store_days(stored.layer_id)


def store_withdrawal(stored: StoredSet, made_by: str) -> None:
    """Take a set out of force for good, without committing; the one before goes on instead."""
    lock_layer(stored.layer_id)
    db.session.execute(
        update(BoundarySet)
        .where(BoundarySet.id == stored.id)
        .values(withdrawn_at=datetime.now(UTC), withdrawn_by=made_by)
    )
    store_days(stored.layer_id)


def store_days(layer_id: int) -> None:
    """Let each set of a layer end where the next one begins, or earlier where that was asked.

    Of two that begin on one day the one published later counts.
    """
    order = (BoundarySet.in_force_from, BoundarySet.published_at, BoundarySet.id)
    next_begins = func.lead(BoundarySet.in_force_from).over(order_by=order)
    days = (
        select(BoundarySet.id, func.least(BoundarySet.asked_until, next_begins).label("until"))
        .where(
            BoundarySet.layer_id == layer_id,
            BoundarySet.published_at.is_not(None),
            BoundarySet.withdrawn_at.is_(None),
        )
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
            f"The set of layer {stored.layer} in force since {longer.in_force_from} would end for "
            f"good on {first}, and from {until} on there would be none: leave out --until."
        )
