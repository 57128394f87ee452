"""Messages with the secret links that they need; the caller commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, func, update
from sqlalchemy.dialects.postgresql import array as pg_array

from open311.database import db, table
from open311.models import Message
from open311.statements import Call, Statement
from open311.steps.residents.capabilities import store_links
from open311.steps.rows import add_rows
from schemas.vocabulary.telling import EMAIL


@dataclass(frozen=True)
class NewMessage:
    """A message for a subscription, about the steps from one id to another, if any.

    channel is the kind of its contact.
    """

    jurisdiction_id: str
    service_request_pk: int
    kind: str
    telling_id: int
    subscription_id: int
    language: str
    first_change_id: int | None = None
    status_change_id: int | None = None
    channel: str = EMAIL


def store_messages(
    new: Sequence[NewMessage], tracked: Iterable[int], secret_key: str, now: datetime
) -> None:
    """Store messages that are due now, and the links in them.

    tracked are the primary keys of service requests whose reporters need a link, too. What is there
    already stays as it is.
    """
    state = {
        "state": "waiting",
        "failure": "",
        "attempts": 0,
        "made_at": now,
        "due_at": now.replace(microsecond=0),
    }
    add_rows(Message, [{**vars(one), **state} for one in new], unless_known=True)
    of_wishes = [(one.service_request_pk, one.subscription_id) for one in new]
    store_links(secret_key, [*of_wishes, *((pk, None) for pk in tracked)], now)


def store_sending(
    message_id: int,
    attempts: int,
    template_version: int | None,
    *,
    taken: int | None,
    now: datetime,
) -> None:
    """Store that a message is being sent, with a version of the city's own text or the built-in.

    With it, that the mail server has taken the message before, if there is one.
    """
    values = {"id": message_id, "attempts": attempts, "template_version": template_version}
    Call(_sending(), {**values, "taken": taken, "now": now}).run()


@cache
def _sending() -> Statement:
    """Update both rows with one statement: each costs PostgreSQL as much as half an email."""
    mine = table(Message).c
    taken = bindparam("taken", type_=BigInteger)
    is_taken = mine.id == taken

    def either(of_taken: Any, of_next: Any) -> Any:
        return case((is_taken, of_taken), else_=of_next)

    number = bindparam("attempts", type_=mine.attempts.type)
    version = bindparam("template_version", type_=mine.template_version.type)
    values = {
        "state": either("sent", "sending"),
        "sent_at": either(_now(), mine.sent_at),
        "failure": either("", mine.failure),
        "attempts": either(mine.attempts, number),
        "template_version": either(mine.template_version, version),
    }
    both = func.any(func.array_remove(pg_array([bindparam("id", type_=BigInteger), taken]), None))
    return Statement(update(table(Message)).where(mine.id == both).values(values), prepared=True)


def store_taken(message_id: int | None, now: datetime) -> None:
    """Store that the mail server has taken a message, if there is one."""
    if message_id is not None:
        Call(_taken(), {"id": message_id, "now": now}).run()


@cache
def _taken() -> Statement:
    mine = table(Message).c.id == bindparam("id", type_=BigInteger)
    values = {"state": "sent", "sent_at": _now(), "failure": ""}
    return Statement(update(table(Message)).where(mine).values(values), prepared=True)


def _now() -> Any:
    return bindparam("now", type_=table(Message).c.sent_at.type)


def hold_back(
    message_id: int, reason: str | None, later: datetime | None, *, is_verified: bool
) -> bool:
    """Store that a message is not sent, or not now, and return whether that is so.

    reason is one of DROP_REASONS. Only a confirmed address gets later what it may not get now.
    """
    if reason is None and later is None:
        return False
    values: dict[str, Any] = {"state": "dropped", "reason": reason or "capped"}
    if reason is None and is_verified:
        values = {"state": "waiting", "due_at": later}
    mine = update(table(Message)).where(table(Message).c.id == message_id)
    db.session.execute(mine.values(values))
    return True
