"""Messages with the secret links that they need; the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.models import Capability, Message
from open311.secret_links import hash_of_token, token_of
from open311.steps.residents.capabilities import store_follow_link
from schemas.vocabulary.telling import EMAIL


@dataclass(frozen=True)
class NewMessage:
    """A message for a subscription, about the steps from one id to another, if any.

    channel is the kind of its contact.
    """

    kind: str
    telling_id: int
    subscription_id: int
    language: str
    first_change_id: int | None = None
    status_change_id: int | None = None
    channel: str = EMAIL


def store_messages(
    jurisdiction_id: str, pk: int, new: Sequence[NewMessage], secret_key: str, now: datetime
) -> None:
    """Store messages that are due now; one that is there already stays as it is."""
    if not new:
        return
    rows = [
        {
            **vars(one),
            "jurisdiction_id": jurisdiction_id,
            "service_request_pk": pk,
            "state": "waiting",
            "failure": "",
            "attempts": 0,
            "made_at": now,
            "due_at": now.replace(microsecond=0),
        }
        for one in new
    ]
    db.session.execute(insert(table(Message)).values(rows).on_conflict_do_nothing())
    for one in new:
        store_follow_link(secret_key, pk, one.subscription_id, now)


def store_track_link(secret_key: str, pk: int, now: datetime) -> None:
    """Store the secret link of the reporter, unless there is one."""
    row = {
        "purpose": "track",
        "service_request_pk": pk,
        "generation": 1,
        "token_hash": hash_of_token(token_of(secret_key, "track", pk)),
        "created_at": now,
    }
    db.session.execute(insert(table(Capability)).values(row).on_conflict_do_nothing())


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
    db.session.execute(update(Message).where(Message.id == message_id).values(values))
    return True
