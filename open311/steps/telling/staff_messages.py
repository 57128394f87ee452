"""Messages to staff, with what they are about; the caller commits."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_or

from open311.database import db, table, tells
from open311.models import Message, MessageItem, User
from open311.queries.telling.staff import StaffRecipient, list_users_to_tell
from schemas.vocabulary.notices import WEBHOOK_PAUSED


def store_staff_message(
    to: StaffRecipient, kind: str, now: datetime, items: Sequence[Any] = (), **made_from: int
) -> None:
    """Store a message that is due now; made_from is telling_id, user_link_id, or nothing.

    items are rows of staff_tellings.
    """
    row = _row(to, kind, now, now) | made_from
    statement = insert(table(Message)).values(row).returning(table(Message).c.id)
    _store_items(int(db.session.execute(statement).scalar_one()), items)


def store_webhook_paused(jurisdiction_id: str, now: datetime) -> None:
    """Let the administrators of a city who have an address know that failures paused a webhook."""
    if tells():
        chiefs = User.jurisdiction_id == jurisdiction_id, User.role == "administrator"
        for to in list_users_to_tell(*chiefs):
            store_staff_message(to, WEBHOOK_PAUSED, now)


def store_message_of_day(
    to: StaffRecipient, kind: str, day: date, due: datetime, now: datetime, items: Sequence[Any]
) -> None:
    """Store the message of a day, unless there is one, and add items to it."""
    row = _row(to, kind, due, now) | {"day": day}
    message = insert_or(table(Message)).values(row)
    column = next(iter(to.columns))
    stored = message.on_conflict_do_update(
        index_elements=["kind", "day", column], set_={"day": message.excluded.day}
    ).returning(table(Message).c.id)
    _store_items(int(db.session.execute(stored).scalar_one()), items)


def _row(to: StaffRecipient, kind: str, due: datetime, now: datetime) -> dict[str, Any]:
    return {
        "jurisdiction_id": to.jurisdiction_id,
        "kind": kind,
        **to.columns,
        "channel": "email",
        "language": to.language,
        "state": "waiting",
        "failure": "",
        "attempts": 0,
        "made_at": now,
        "due_at": due.replace(microsecond=0),
    }


def _store_items(message_id: int, items: Sequence[Any]) -> None:
    rows = [
        {
            "message_id": message_id,
            "kind": one.kind,
            "service_request_pk": one.service_request_pk,
            "step_id": one.step_id,
        }
        for one in items
    ]
    if rows:
        db.session.execute(insert(table(MessageItem)), rows)
