"""Sending of messages to staff: what is decided before the mail server is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, update

from geo.routing.mornings import day_after
from open311.database import db, table
from open311.models import Department, Jurisdiction, Message, User, UserLink
from open311.operations.telling.send import LATEST, SendingRules
from open311.operations.transaction import operation
from open311.queries.insights.reports import StoredReport, find_report
from open311.queries.telling.staff import (
    StaffFacts,
    StaffRecipient,
    list_due_of,
    list_mailboxes_to_tell,
    list_users_to_tell,
    read_items,
)
from open311.queries.webhooks.endpoints import list_paused_hosts
from open311.secret_links import token_of
from open311.steps.telling.messages import store_taken
from schemas.vocabulary.notices import (
    BY_ITSELF,
    DAY,
    DUE,
    EMAIL_CHANGE,
    EMAIL_CHANGED,
    LINK_PURPOSES,
    OF_PASSWORDS,
    OFF,
    WEBHOOK_PAUSED,
    WEEKLY,
)


@dataclass(frozen=True, kw_only=True)
class StaffOutgoing:
    """A message to staff that is being sent. token is that of its secret link, valid until then.

    hosts are those of the webhooks that failures have paused, for a message about them. report is
    that of the week, for staff.
    """

    id: int
    kind: str
    made_at: datetime
    to: StaffRecipient
    day: date | None
    items: Sequence[StaffFacts] = ()
    hosts: Sequence[str] = ()
    report: StoredReport | None = None
    token: str = field(default="", repr=False)
    valid_until: datetime | None = None


@operation
def begin_sending_to_staff(
    message_id: int, rules: SendingRules, now: datetime, taken: int | None = None
) -> StaffOutgoing | None:
    """Mark a message as being sent, and return it; None if it is not to be sent.

    Everything is asked again: the user, the address, the choice, and whose the requests are. taken
    as in begin_sending.
    """
    store_taken(taken, now)
    row = db.session.execute(
        select(table(Message)).where(table(Message).c.id == message_id).with_for_update()
    ).one_or_none()
    if row is None or row.state != "waiting":
        return None
    mine = update(Message).where(Message.id == message_id)
    to = _find_recipient(row)
    if isinstance(to, str):
        db.session.execute(mine.values(state="dropped", reason=to))
        return None
    link = _find_link(row, now)
    items = _items(row, to, now)
    hosts = list_paused_hosts(row.jurisdiction_id) if row.kind == WEBHOOK_PAUSED else ()
    report = _report(row)
    reason = _reason_to_drop(row, to, link, [*items, *hosts, *filter(None, [report])], rules, now)
    if reason is not None:
        db.session.execute(mine.values(state="dropped", reason=reason))
        return None
    db.session.execute(mine.values(state="sending", attempts=row.attempts + 1))
    return StaffOutgoing(
        id=message_id,
        kind=row.kind,
        made_at=row.made_at,
        to=to,
        day=row.day,
        items=items,
        hosts=hosts,
        report=report,
        token=token_of(rules.secret_key, link.purpose, link.id) if link else "",
        valid_until=link.expires_at if link else None,
    )


def _find_recipient(row: Any) -> StaffRecipient | str:
    """Return who gets a message, or why nobody does, one of DROP_REASONS."""
    if row.department_id is not None:
        found = list_mailboxes_to_tell(Department.id == row.department_id)
        return found[0] if found else "no_address"
    found = list_users_to_tell(User.id == row.user_id, email=_address_of_change(row))
    if found:
        return found[0]
    disabled = select(User.disabled_at).where(User.id == row.user_id)
    return "disabled" if db.session.scalar(disabled) is not None else "no_address"


def _address_of_change(row: Any) -> ColumnElement[str | None] | None:
    """Return the address that a change of a user's address is confirmed or reported to."""
    column = {EMAIL_CHANGE: UserLink.email, EMAIL_CHANGED: UserLink.former_email}.get(row.kind)
    if column is None:
        return None
    return select(column).where(UserLink.id == row.user_link_id).scalar_subquery()


def _find_link(row: Any, now: datetime) -> Any:
    """Return the secret link of a message if it still works; None without one."""
    return db.session.execute(
        select(UserLink.id, UserLink.purpose, UserLink.expires_at).where(
            UserLink.id == row.user_link_id,
            UserLink.used_at.is_(None),
            UserLink.expires_at > now,
        )
    ).one_or_none()


def _items(row: Any, to: StaffRecipient, now: datetime) -> Sequence[StaffFacts]:
    if row.kind != DUE:
        return read_items(row.id, to, now)
    return list_due_of(to.id, *day_after(row.day, _zone(row)))


def _report(row: Any) -> StoredReport | None:
    """Return the report that a message tells; its day is the Monday after the week."""
    if row.kind != WEEKLY:
        return None
    week = row.day - timedelta(weeks=1)
    return find_report(row.jurisdiction_id, week, for_staff=True)


def _is_past(row: Any, now: datetime) -> bool:
    """Return whether a message is about a day that is over; a report may come some days later."""
    if row.day is None or row.kind == WEEKLY:
        return False
    return bool(now.astimezone(_zone(row)).date() > row.day)


def _zone(row: Any) -> ZoneInfo:
    zone = select(Jurisdiction.time_zone).where(Jurisdiction.id == row.jurisdiction_id)
    return ZoneInfo(db.session.scalars(zone).one())


def _reason_to_drop(
    row: Any,
    to: StaffRecipient,
    link: Any,
    items: Sequence[object],
    rules: SendingRules,
    now: datetime,
) -> str | None:
    """Return why a message is not sent, one of DROP_REASONS; None if it is."""
    is_of_requests = row.kind not in (*LINK_PURPOSES, *BY_ITSELF, EMAIL_CHANGED)
    is_about_something = is_of_requests or row.kind == WEBHOOK_PAUSED
    wish = to.wants_digest if row.kind == DAY else to.wish(row.kind) != OFF
    reasons = {
        "used": (row.kind in LINK_PURPOSES and link is None)
        or (row.kind in OF_PASSWORDS and not to.has_password),
        "ended": is_of_requests and not wish,
        "moved_on": is_about_something and row.kind != DAY and not items,
        "not_allowed": not rules.allow(to.email),
        "too_old": row.due_at < now - LATEST or _is_past(row, now),
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)


@operation
def drop_empty_day(message_id: int) -> None:
    """Store that the email of a day, or of a week, had nothing to tell."""
    mine = update(Message).where(Message.id == message_id, Message.kind.in_((DAY, WEEKLY)))
    db.session.execute(mine.values(state="dropped", reason="nothing"))
