"""What mails in the mailbox do: emails that came back, and mails that do nothing."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, only_process, table
from open311.models import Alert, Contact, IncomingMail, Message, Subscription
from open311.operations.transaction import operation
from open311.steps.telling.suppression import store_failure_of_address
from schemas.vocabulary.incoming import AUTOMATIC, CAME_BACK, UNKNOWN

KEPT = timedelta(days=60)
"""Time for which mails are remembered: longer than the mailbox is searched for them."""

_NUMBER = 311_0993  # any number that no other lock uses


@contextlib.contextmanager
def inbox_lock() -> Iterator[bool]:
    """Yield whether this is the only reader of the mailbox now, until the end of the block."""
    with only_process(_NUMBER) as is_mine:
        yield is_mine


@dataclass(frozen=True)
class Failure:
    """Why an email came back. unknown are the recipients that do not exist, in lower case."""

    sentence: str
    unknown: frozenset[str]


@operation
def store_bounce(message_id: int, failure: Failure, digest: bytes, now: datetime) -> str | None:
    """Store that a message came back, and return what became of the report, an outcome.

    Its address gets nothing more if it does not exist, or after several failures. Users and
    mailboxes of departments are not blocked. Returns None, and stores nothing, while the message is
    still being sent: the report has to be read again.
    """
    row = db.session.execute(
        select(Message.state, Contact.id.label("contact_id"), Contact.address)
        .outerjoin(Subscription, Subscription.id == Message.subscription_id)
        .outerjoin(Alert, Alert.id == Message.alert_id)
        .outerjoin(Contact, Contact.id.in_((Subscription.contact_id, Alert.contact_id)))
        .where(Message.id == message_id)
        .with_for_update(of=Message)
    ).one_or_none()
    if row is None:
        return _note(digest, UNKNOWN, now)
    if row.state in ("waiting", "sending"):
        return None
    if row.state == "sent":
        values = {"state": "bounced", "failure": failure.sentence}
        db.session.execute(update(Message).where(Message.id == message_id).values(values))
        if row.contact_id is not None:
            is_unknown = row.address in failure.unknown
            store_failure_of_address(row.contact_id, now, is_unknown_address=is_unknown)
    return _note(digest, CAME_BACK if row.state in ("sent", "bounced") else AUTOMATIC, now)


@operation
def note_mail(digest: bytes, outcome: str, now: datetime) -> str:
    """Store what became of a mail, one of INCOMING_OUTCOMES, and return it."""
    return _note(digest, outcome, now)


def _note(digest: bytes, outcome: str, now: datetime) -> str:
    row = {"digest": digest, "outcome": outcome, "received_at": now.replace(microsecond=0)}
    db.session.execute(insert(table(IncomingMail)).values(row).on_conflict_do_nothing())
    return outcome


@operation
def forget_mails() -> int:
    """Delete what is remembered of old mails, and return their number."""
    old = IncomingMail.received_at <= datetime.now(UTC) - KEPT
    return db.session.connection().execute(delete(IncomingMail).where(old)).rowcount
