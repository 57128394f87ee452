"""Storing of bounces, and of mails that need nothing else."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.models import Alert, Contact, IncomingMail, Message, Subscription
from open311.operations.transaction import operation
from open311.steps.telling.suppression import store_failure_of_address
from schemas.vocabulary.incoming import AUTOMATIC, BOUNCED, UNKNOWN

KEPT = timedelta(days=60)
"""Time for which mails are remembered: longer than the mailbox is searched for them."""


@operation
def store_bounce(
    message_id: int, sentence: str, unknown: Collection[str], digest: bytes, now: datetime
) -> str | None:
    """Store that a message bounced, and return what happened to the report, an outcome.

    sentence says why. The address gets nothing more if it is among unknown, in lower case, which do
    not exist, or after several failures. Users and
    mailboxes of departments are not blocked. Returns None, and stores nothing, while the message is
    still being sent: the report has to be read again.
    """
    row = db.session.execute(
        select(Message.state, Contact.id.label("contact_id"), Contact.address)
        .outerjoin(Subscription, Subscription.id == Message.subscription_id)
        .outerjoin(Alert, Alert.id == Message.alert_id)
        .outerjoin(Contact, Contact.id == func.coalesce(Subscription.contact_id, Alert.contact_id))
        .where(Message.id == message_id)
        .with_for_update(of=Message)
    ).one_or_none()
    if row is None:
        return _note(digest, UNKNOWN, now)
    if row.state in ("waiting", "sending"):
        return None
    if row.state == "sent":
        values = {"state": "bounced", "failure": sentence}
        db.session.execute(update(Message).where(Message.id == message_id).values(values))
        if row.contact_id is not None:
            is_unknown = row.address in unknown
            store_failure_of_address(row.contact_id, now, is_unknown_address=is_unknown)
    return _note(digest, BOUNCED if row.state in ("sent", "bounced") else AUTOMATIC, now)


@operation
def note_mail(digest: bytes, outcome: str, now: datetime) -> str:
    """Store what happened to a mail, one of INCOMING_OUTCOMES, and return it."""
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
