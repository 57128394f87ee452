"""From what happened to the messages that tell staff, and what only the clock tells."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, insert, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from geo.routing.mornings import day_after, hour_of, next_hour
from geo.routing.working_time import start_before
from open311.database import db, table
from open311.models import (
    Department,
    Jurisdiction,
    Message,
    NoticeClock,
    ServiceRequest,
    StaffTelling,
    User,
)
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.routing.rules import get_calendar
from open311.queries.telling.staff import (
    MORNING,
    MORNING_HOURS,
    StaffRecipient,
    due_within,
    list_in_city,
    list_mailboxes_to_tell,
    list_users_to_tell,
)
from open311.steps.telling.staff_messages import store_message_of_day, store_staff_message
from schemas.vocabulary.notices import (
    ANSWERED,
    ASSIGNED,
    AT_ONCE,
    DAY,
    DIGEST,
    DUE,
    HANDED_OVER,
    NOT_SOLVED,
    OVERDUE,
)

BATCH = 500
"""Tellings in one transaction."""

LATEST = timedelta(days=3)
"""Age at which nobody is notified any more, as after a time without a running sender."""

LISTED = (ASSIGNED, HANDED_OVER, ANSWERED, NOT_SOLVED)
"""Events that the email of a day lists one by one. Its numbers tell the others."""

OVERDUE_DAYS = 2
"""Working days after which the mailbox of a department is notified that a request is overdue."""


@operation
def tell_staff_due(now: datetime) -> int:
    """Turn what is due into messages, and return how many tellings there were.

    All of one kind for one recipient become one message.
    """
    taken = _take(now)
    if not taken:
        return 0
    recipients = _recipients(taken)
    zones = _zones({to.jurisdiction_id for to in recipients.values()})
    for (is_user, id_, kind), group in groupby(taken, key=_key):
        to, items = recipients.get((is_user, id_)), list(group)
        if to is None:
            continue
        wish = to.wish(kind)
        if wish == AT_ONCE:
            store_staff_message(to, kind, now, items, telling_id=items[-1].id)
        elif wish == DIGEST and kind in LISTED:
            zone = zones[to.jurisdiction_id]
            day = next_hour(now, MORNING, zone)
            store_message_of_day(to, DAY, day, hour_of(day, MORNING, zone), now, items)
    return len(taken)


def _key(row: Any) -> tuple[bool, int, str]:
    is_user = row.user_id is not None
    return is_user, row.user_id if is_user else row.department_id, row.kind


def _take(now: datetime) -> Sequence[Any]:
    """Delete the tellings that are due, and later ones of the same kind for the same recipients."""
    one = table(StaffTelling).c
    due = db.session.execute(
        select(one.id, one.kind, one.user_id, one.department_id)
        .where(one.due_at <= now)
        .order_by(one.due_at, one.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return ()
    users = {(row.kind, row.user_id) for row in due if row.user_id is not None}
    departments = {(row.kind, row.department_id) for row in due if row.user_id is None}
    taken = delete(table(StaffTelling)).where(
        or_(
            one.id.in_([row.id for row in due]),
            tuple_(one.kind, one.user_id).in_(users),
            tuple_(one.kind, one.department_id).in_(departments),
        )
    )
    rows = db.session.execute(taken.returning(*one)).all()
    fresh = [row for row in rows if row.due_at > now - LATEST]
    return sorted(fresh, key=lambda row: (_key(row), row.id))


def _recipients(taken: Sequence[Any]) -> Mapping[tuple[bool, int], StaffRecipient]:
    users = {row.user_id for row in taken if row.user_id is not None}
    departments = {row.department_id for row in taken if row.user_id is None}
    found = list_users_to_tell(User.id.in_(users)) if users else []
    if departments:
        found += list_mailboxes_to_tell(Department.id.in_(departments))
    return {(one.is_user, one.id): one for one in found}


def _zones(jurisdiction_ids: set[str]) -> Mapping[str, ZoneInfo]:
    wanted = Jurisdiction.id.in_(jurisdiction_ids)
    rows = db.session.execute(select(Jurisdiction.id, Jurisdiction.time_zone).where(wanted))
    return {row.id: ZoneInfo(row.time_zone) for row in rows}


@operation
def tell_by_clock(jurisdiction: Scope, now: datetime) -> None:
    """Store what only the clock tells: what is overdue, and each morning the emails of the day.

    Each due date is told once, and a recipient gets one email of a kind a day, however often and in
    how many processes this runs. now is aware.
    """
    now = now.replace(microsecond=0)
    _tell_overdue(jurisdiction, now)
    today = now.astimezone(jurisdiction.zone).date()
    morning = hour_of(today, MORNING, jurisdiction.zone)
    if not morning <= now < morning + MORNING_HOURS:
        return
    for to in _without(list_in_city(jurisdiction.jurisdiction_id), DAY, today):
        if to.wants_digest:
            store_message_of_day(to, DAY, today, morning, now, ())
    due = due_within(*day_after(today, jurisdiction.zone))
    with_work = exists().where(ServiceRequest.assigned_user_id == User.id, *due)
    here = User.jurisdiction_id == jurisdiction.jurisdiction_id
    for to in _without(list_users_to_tell(here, with_work), DUE, today):
        if to.wish(DUE) == AT_ONCE:
            store_message_of_day(to, DUE, today, morning, now, ())


def _without(recipients: Sequence[StaffRecipient], kind: str, day: Any) -> list[StaffRecipient]:
    """Return the recipients who have no message of a kind for a day yet."""
    rows = db.session.execute(
        select(Message.user_id, Message.department_id).where(
            Message.kind == kind,
            Message.day == day,
            Message.jurisdiction_id.in_({to.jurisdiction_id for to in recipients}),
        )
    ).all()
    known = {(True, row.user_id) for row in rows} | {(False, row.department_id) for row in rows}
    return [to for to in recipients if (to.is_user, to.id) not in known]


def _tell_overdue(jurisdiction: Scope, now: datetime) -> None:
    """Notify assignees of what is overdue, and mailboxes of what has been for OVERDUE_DAYS."""
    here, clock = jurisdiction.jurisdiction_id, table(NoticeClock)
    calendar = get_calendar(here)
    local = now.astimezone(jurisdiction.zone)
    long_ago = start_before(local, OVERDUE_DAYS, calendar).astimezone(UTC).replace(microsecond=0)
    first = {"jurisdiction_id": here, "told_to": now, "mailboxes_told_to": long_ago}
    db.session.execute(insert_or_skip(clock).values(first).on_conflict_do_nothing())
    mine = clock.c.jurisdiction_id == here
    told = db.session.execute(select(clock).where(mine).with_for_update()).one()
    begin, long_begin = told.told_to, told.mailboxes_told_to
    if begin < now - LATEST:  # as after a time without a running sender
        begin, long_begin = now - LATEST, max(long_begin, long_ago - LATEST)
    one = table(ServiceRequest).c
    _store_overdue(here, begin, now, StaffTelling.user_id, one.assigned_user_id, now)
    mailbox = exists().where(Department.id == one.department_id, Department.email.is_not(None))
    _store_overdue(
        *(here, long_begin, long_ago, StaffTelling.department_id, one.department_id),
        now,
        mailbox,
    )
    values = {
        "told_to": max(now, told.told_to),
        "mailboxes_told_to": max(long_ago, told.mailboxes_told_to),
    }
    db.session.execute(update(clock).where(mine).values(values))


def _store_overdue(
    jurisdiction_id: str,
    begin: datetime,
    end: datetime,
    recipient: Any,
    column: Any,
    now: datetime,
    *conditions: ColumnElement[bool],
) -> None:
    """Store what was due in a time, for the recipients in a column of service requests."""
    found = select(literal(OVERDUE), ServiceRequest.pk, column, literal(now)).where(
        ServiceRequest.jurisdiction_id == jurisdiction_id,
        column.is_not(None),
        *due_within(begin, end),
        *conditions,
    )
    names = ["kind", "service_request_pk", recipient.key, "due_at"]
    db.session.execute(insert(table(StaffTelling)).from_select(names, found))
