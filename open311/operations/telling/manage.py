"""What staff do with messages and addresses, and what is forgotten of them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update

from open311.database import db, lift_time_limit, tells
from open311.errors import Conflict, NotFound
from open311.messages.telling import MESSAGE_NOT_FAILED, NOT_SUPPRESSED
from open311.models import Contact, Message, StaffTelling, Telling, UserLink
from open311.operations.transaction import operation
from open311.queries.requests.legal_holds import has_hold
from schemas.vocabulary.telling import HAVE_FAILED

KEPT = timedelta(days=180)
"""Time for which messages are kept."""


@operation
def retry_message(jurisdiction_id: str, message_id: int) -> None:
    """Send a message again that has failed, may have, or bounced; raises Conflict otherwise."""
    done = db.session.scalar(
        update(Message)
        .where(
            Message.jurisdiction_id == jurisdiction_id,
            Message.id == message_id,
            Message.state.in_(HAVE_FAILED),
        )
        .values(
            state="waiting",
            attempts=0,
            sent_at=None,
            settled_at=None,
            settled_by=None,
            due_at=datetime.now(UTC).replace(microsecond=0),
        )
        .returning(Message.id)
    )
    if done is None:
        raise Conflict(MESSAGE_NOT_FAILED)


@operation
def settle_message(jurisdiction_id: str, message_id: int, made_by: str) -> None:
    """Store that nothing more is to be done about a message that has failed; raises Conflict.

    It is no longer among those that have failed. made_by is the name of a user.
    """
    done = db.session.scalar(
        update(Message)
        .where(
            Message.jurisdiction_id == jurisdiction_id,
            Message.id == message_id,
            Message.state.in_(HAVE_FAILED),
            Message.settled_at.is_(None),
        )
        .values(settled_at=datetime.now(UTC).replace(microsecond=0), settled_by=made_by)
        .returning(Message.id)
    )
    if done is None:
        raise Conflict(MESSAGE_NOT_FAILED)


@operation
def lift_suppression(jurisdiction_id: str, address: str) -> None:
    """Let messages go to an address again; raises NotFound if nothing prevents it."""
    done = db.session.scalar(
        update(Contact)
        .where(
            Contact.jurisdiction_id == jurisdiction_id,
            Contact.address == address.strip().lower(),
            Contact.suppressed_until.is_not(None),
        )
        .values(suppressed_until=None, suppressed_why=None)
        .returning(Contact.id)
    )
    if done is None:
        raise NotFound(NOT_SUPPRESSED, address=address)


@operation
def forget_messages() -> int:
    """Delete old messages, and return their number; those about a request on legal hold stay.

    Where no email is configured any more, forget what was left to tell: nobody expects it once it
    is configured again.
    """
    lift_time_limit()
    if not tells():
        db.session.execute(delete(Telling))
        waiting = Message.state.in_(("waiting", "sending"))
        db.session.execute(update(Message).where(waiting).values(state="dropped", reason="too_old"))
        db.session.execute(delete(StaffTelling))
    old = (Message.made_at <= datetime.now(UTC) - KEPT) & ~has_hold(Message.service_request_pk)
    db.session.execute(delete(UserLink).where(UserLink.expires_at <= datetime.now(UTC) - KEPT))
    return db.session.connection().execute(delete(Message).where(old)).rowcount
