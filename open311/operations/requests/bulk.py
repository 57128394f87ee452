"""Bulk actions: started, stored request by request, ended, and undone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, exists, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db, table
from open311.errors import Conflict, NotAllowed
from open311.job_queue import defer
from open311.messages.bulk import (
    BULK_FINISHED,
    BULK_KEPT,
    BULK_NOT_FINISHED,
    BULK_STOPPED,
    BULK_UNDO_NEVER,
    BULK_UNDO_TOO_LATE,
    BULK_UNDONE_ALREADY,
)
from open311.messages.people import READ_ONLY
from open311.messages.problem import Problem
from open311.models import BulkChange, BulkItem
from open311.operations.transaction import operation, together_with
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import UserInfo
from open311.queries.requests.bulk import BulkInfo, Item, get_bulk_change
from open311.queries.requests.bulk_state import State, read_state
from open311.roles import may_work
from open311.steps.requests.bulk import ItemTaken, as_json, store_item, store_item_done
from open311.steps.requests.undo import Restoring, store_restored
from open311.steps.routing.store import lock_routed
from schemas.vocabulary.bulk import (
    CANNOT_BE_UNDONE,
    DONE,
    KEPT,
    REFUSED,
    UNDO_HOURS,
    UNDONE,
    WAITING,
)

RUN, UNDO = "bulk.run", "bulk.undo"
"""Tasks of jobs, which get the id of a bulk action."""

__all__ = ["RUN", "UNDO", "ItemTaken"]


@operation
def start_bulk_change(
    user: UserInfo, action: str, fields: Mapping[str, Any], found: Sequence[tuple[int, int]]
) -> int:
    """Store a bulk action on service requests, and return its id; a job runs it.

    found are their keys and the numbers of their last changes, in the order of the work.
    """
    row = {
        "jurisdiction_id": user.jurisdiction_id,
        "user_id": user.id,
        "action": action,
        "fields": dict(fields),
        "made_at": _now(),
    }
    changes, items = table(BulkChange), table(BulkItem)
    change_id = int(
        db.session.execute(insert(changes).values(row).returning(changes.c.id)).scalar_one()
    )
    pks, numbers = (literal(list(one), ARRAY(BigInteger)) for one in zip(*found, strict=True))
    together = func.unnest(pks, numbers)
    rows = together.table_valued("pk", "seen", with_ordinality="position").render_derived()
    several = select(literal(change_id), rows.c.position, rows.c.pk, rows.c.seen, literal(WAITING))
    columns = ["bulk_change_id", "position", "service_request_pk", "seen", "state"]
    db.session.execute(insert(items).from_select(columns, several))
    _defer(RUN, change_id)
    return change_id


@contextmanager
def storing_item(change_id: int, item: Item, before: State) -> Iterator[None]:
    """Let the operation of the block store with its own change that the item is done.

    before is the state of the service request. Raises ItemTaken.
    """
    with together_with(partial(store_item_done, change_id, item.position, item.pk, before)):
        yield


@operation
def refuse_item(change_id: int, item: Item, problem: Problem) -> None:
    """Store why a service request was not changed; raises ItemTaken."""
    store_item(change_id, item.position, REFUSED, of=WAITING, problem=problem)


@operation
def keep_item(change_id: int, item: Item, problem: Problem) -> None:
    """Store why a service request was not restored; raises ItemTaken."""
    store_item(change_id, item.position, KEPT, of=DONE, problem=problem)


@operation
def go_on(change_id: int) -> None:
    """Add a job for the rest of a bulk action, or end it."""
    _go_on(change_id, WAITING, RUN, "finished_at")


@operation
def go_on_undoing(change_id: int) -> None:
    """Add a job for the rest of an undo, or end it."""
    _go_on(change_id, DONE, UNDO, "undone_at")


@operation
def stop_bulk_change(user: UserInfo, change_id: int) -> None:
    """End a bulk action of a user, or of anyone for an administrator; what was done stays.

    The rest is refused, also what a worker is changing at this moment. Raises NotFound, and
    Conflict if it is done.
    """
    db.session.execute(select(BulkChange.id).where(BulkChange.id == change_id).with_for_update())
    if get_bulk_change(user, change_id).finished_at is not None:
        raise Conflict(BULK_FINISHED)
    told = as_json(Problem(BULK_STOPPED, {"name": user.name}))
    rest = update(BulkItem).where(BulkItem.bulk_change_id == change_id, BulkItem.state == WAITING)
    db.session.execute(rest.values(state=REFUSED, problem=told))
    _change(change_id, finished_at=_now(), stopped_user_id=user.id)


@operation
def start_undo(user: UserInfo, change_id: int) -> None:
    """Let a job undo a bulk action of a user, or of anyone for an administrator.

    Raises NotFound, and Conflict if it runs, was undone, or can no longer be undone.
    """
    db.session.execute(select(BulkChange.id).where(BulkChange.id == change_id).with_for_update())
    change = get_bulk_change(user, change_id)
    now = _now()
    if change.action in CANNOT_BE_UNDONE:
        raise Conflict(BULK_UNDO_NEVER)
    if change.finished_at is None:
        raise Conflict(BULK_NOT_FINISHED)
    if change.undo_at is not None:
        raise Conflict(BULK_UNDONE_ALREADY)
    if not change.can_be_undone(now):
        raise Conflict(BULK_UNDO_TOO_LATE, hours=UNDO_HOURS)
    _change(change_id, undo_at=now, undo_user_id=user.id)
    _defer(UNDO, change_id)


@operation
def undo_item(jurisdiction: Scope, change: BulkInfo, item: Item, name: str, user: UserInfo) -> None:
    """Restore a service request, by name, unless someone has changed it since.

    Its history says so. Raises NotFound, Gone, ItemTaken, and NotAllowed for a user who may work
    neither for its department nor for the former one.
    """
    routed = lock_routed(jurisdiction, name)
    mine = BulkItem.bulk_change_id == change.id, BulkItem.position == item.position
    row = db.session.execute(
        select(BulkItem.before, BulkItem.after).where(*mine, BulkItem.state == DONE)
    ).one_or_none()
    if row is None or row.before is None or row.after is None:
        raise ItemTaken
    departments = (routed.department_id, row.before["department_id"])
    if not any(may_work(user, one) for one in departments):
        raise NotAllowed(READ_ONLY)
    kept = store_restored(
        Restoring(
            jurisdiction=jurisdiction,
            routed=routed,
            action=change.action,
            before=row.before,
            after=row.after,
            now=read_state(routed.pk),
            made_by=user.name,
        )
    )
    problem = Problem(BULK_KEPT, {"parts": kept}) if kept else None
    state = KEPT if kept else UNDONE
    store_item(change.id, item.position, state, of=DONE, problem=problem)


def _go_on(change_id: int, state: str, task: str, ends: str) -> None:
    left = exists().where(BulkItem.bulk_change_id == change_id, BulkItem.state == state)
    if db.session.scalar(select(left)):
        _defer(task, change_id)
    else:  # someone may have stopped it
        is_open = BulkChange.id == change_id, getattr(BulkChange, ends).is_(None)
        db.session.execute(update(BulkChange).where(*is_open).values({ends: _now()}))


def _defer(task: str, change_id: int) -> None:
    defer(task, lock=f"bulk {change_id}", bulk_change_id=change_id)


def _change(change_id: int, **columns: Any) -> None:
    db.session.execute(update(BulkChange).where(BulkChange.id == change_id).values(**columns))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
