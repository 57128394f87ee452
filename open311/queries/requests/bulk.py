"""Bulk actions: what was asked for, how far it is, and what was not done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from open311.database import db
from open311.errors import NotFound
from open311.messages.bulk import BULK_UNKNOWN
from open311.models import BulkChange, BulkItem, ServiceRequest, User
from open311.queries.people.users import UserInfo
from schemas.vocabulary.bulk import CANNOT_BE_UNDONE, ITEM_STATES, KEPT, REFUSED, UNDO_HOURS


@dataclass(frozen=True, kw_only=True)
class BulkInfo:
    """A bulk action; by, undo_by, stopped_by are names of users. fields are those of its form."""

    id: int
    jurisdiction_id: str
    user_id: int
    by: str
    action: str
    fields: Mapping[str, Any]
    made_at: datetime
    finished_at: datetime | None
    undo_at: datetime | None
    undo_user_id: int | None
    undo_by: str | None
    undone_at: datetime | None
    stopped_user_id: int | None
    stopped_by: str | None
    total: int

    @property
    def undo_until(self) -> datetime | None:
        """The last moment at which it can be undone; None if it never can, or not yet."""
        if self.finished_at is None or self.action in CANNOT_BE_UNDONE:
            return None
        return self.finished_at + timedelta(hours=UNDO_HOURS)

    def can_be_undone(self, now: datetime) -> bool:
        """Return whether someone may ask for the undo now."""
        until = self.undo_until
        return until is not None and self.undo_at is None and now <= until


@dataclass(frozen=True)
class Item:
    """A service request of a bulk action, by its place in it; seen is its change number then."""

    position: int
    pk: int
    seen: int


@dataclass(frozen=True)
class Untouched:
    """A service request that was not changed, or not restored: its number or token, and why.

    problem has the key of a message, and its values.
    """

    name: str
    problem: Mapping[str, Any]


MOST_LISTED = 1_000
"""Requests that were not changed which a page lists."""

MOST_CHANGES = 100
"""Bulk actions that a page lists."""


def find_bulk_change(change_id: int) -> BulkInfo | None:
    row = db.session.execute(_select().where(BulkChange.id == change_id)).mappings().one_or_none()
    return None if row is None else BulkInfo(**row)


def get_bulk_change(reader: UserInfo, change_id: int) -> BulkInfo:
    """Get a bulk action that a user can see; raises NotFound."""
    found = find_bulk_change(change_id)
    if found is None or found.jurisdiction_id != reader.jurisdiction_id:
        raise NotFound(BULK_UNKNOWN)
    if reader.id != found.user_id and reader.role != "administrator":
        raise NotFound(BULK_UNKNOWN)
    return found


def list_bulk_changes(reader: UserInfo) -> list[BulkInfo]:
    """List the bulk actions of a user, or all for an administrator, newest first."""
    wanted = [BulkChange.jurisdiction_id == reader.jurisdiction_id]
    if reader.role != "administrator":
        wanted.append(BulkChange.user_id == reader.id)
    newest_first = BulkChange.made_at.desc(), BulkChange.id.desc()
    rows = db.session.execute(_select().where(*wanted).order_by(*newest_first).limit(MOST_CHANGES))
    return [BulkInfo(**row) for row in rows.mappings()]


def count_items(change_id: int) -> Mapping[str, int]:
    """Return the number of service requests of a bulk action in each of ITEM_STATES."""
    rows = db.session.execute(
        select(BulkItem.state, func.count())
        .where(BulkItem.bulk_change_id == change_id)
        .group_by(BulkItem.state)
    ).all()
    return {**dict.fromkeys(ITEM_STATES, 0), **{row[0]: row[1] for row in rows}}


def list_items(change_id: int, state: str, limit: int) -> list[Item]:
    """List the first service requests of a bulk action in a state."""
    rows = db.session.execute(
        select(BulkItem.position, BulkItem.service_request_pk, BulkItem.seen)
        .where(BulkItem.bulk_change_id == change_id, BulkItem.state == state)
        .order_by(BulkItem.position)
        .limit(limit)
    )
    return [Item(*row) for row in rows]


def list_untouched(change_id: int) -> Sequence[Untouched]:
    """List what was not changed, and what was not restored, MOST_LISTED at most."""
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token, "")
    rows = db.session.execute(
        select(name, BulkItem.problem)
        .join(ServiceRequest, ServiceRequest.pk == BulkItem.service_request_pk)
        .where(BulkItem.bulk_change_id == change_id, BulkItem.state.in_((REFUSED, KEPT)))
        .order_by(BulkItem.position)
        .limit(MOST_LISTED)
    )
    return [Untouched(*row) for row in rows]


def _select() -> Select[Any]:
    undoer, stopper = aliased(User), aliased(User)
    items = (
        select(func.count())
        .where(BulkItem.bulk_change_id == BulkChange.id)
        .correlate(BulkChange)
        .scalar_subquery()
    )
    return (
        select(
            *BulkChange.__table__.columns,
            User.name.label("by"),
            undoer.name.label("undo_by"),
            stopper.name.label("stopped_by"),
            items.label("total"),
        )
        .join(User, User.id == BulkChange.user_id)
        .outerjoin(undoer, undoer.id == BulkChange.undo_user_id)
        .outerjoin(stopper, stopper.id == BulkChange.stopped_user_id)
    )
