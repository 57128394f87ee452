"""The outcome of messages: the mail server took or refused them, or the sender was interrupted.

There is one sender at a time, which holds a lock of the database; it vanishes with its process.
"""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update

from open311.database import db, table
from open311.models import Alert, Message, Subscription
from open311.operations.transaction import operation
from open311.steps.telling.messages import store_taken
from open311.steps.telling.suppression import store_failure_of_address
from schemas.vocabulary.telling import EMAIL, SMS

PAUSES = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=6), timedelta(hours=12)),
)
"""Time before another attempt, after each that has failed; then the message has failed."""

INTERRUPTED = "The sender stopped while it sent this message."


@operation
def end_interrupted(now: datetime) -> None:
    """Let what a sender began and did not finish wait, as after an attempt that failed.

    The caller is the only sender, so the one before has stopped. If a message made it stop, the
    others come first now. The mail server may have taken the email: then it gets the same one
    again. A text message may have been sent, too, and costs money: staff decide.
    """
    mine = update(table(Message)).where(table(Message).c.state == "sending")
    db.session.execute(mine.where(Message.channel == SMS).values(state="unknown"))
    later = {
        attempts: (now + pause).replace(microsecond=0) for attempts, pause in enumerate(PAUSES, 1)
    }
    db.session.execute(
        mine.values(
            failure=INTERRUPTED,
            state=case((Message.attempts > len(PAUSES), "failed"), else_="waiting"),
            due_at=case(later, value=Message.attempts, else_=Message.due_at),
        )
    )


@operation
def store_sent(message_id: int, now: datetime) -> None:
    """Store that the mail server has taken a message, if no other begins after it."""
    store_taken(message_id, now)


@operation
def store_refused(
    message_id: int, sentence: str, now: datetime, *, is_final: bool, is_unknown_address: bool
) -> None:
    """Store why a message was not taken; it is tried again unless that is_final.

    is_final: another attempt would fail, too, or, of a text message, might be a second one. An
    address that does not exist gets nothing any more, and one that has often refused messages
    gets nothing for a while.
    """
    row = db.session.execute(
        select(
            Message.attempts,
            func.coalesce(Subscription.contact_id, Alert.contact_id).label("contact_id"),
        )
        .outerjoin(Subscription, Subscription.id == Message.subscription_id)
        .outerjoin(Alert, Alert.id == Message.alert_id)
        .where(Message.id == message_id)
        .with_for_update(of=Message)
    ).one_or_none()
    if row is None:  # forgotten in the meantime
        return
    mine = update(Message).where(Message.id == message_id).values(failure=sentence)
    if is_final or row.attempts > len(PAUSES):
        db.session.execute(mine.values(state="failed"))
    else:
        due = (now + PAUSES[row.attempts - 1]).replace(microsecond=0)
        db.session.execute(mine.values(state="waiting", due_at=due))
    if row.contact_id is None:  # administrators see what staff do not get
        return
    if is_final:
        store_failure_of_address(row.contact_id, now, is_unknown_address=is_unknown_address)


@operation
def postpone_due(now: datetime) -> None:
    """Postpone all emails that are due, while the mail server takes none: no attempt is lost."""
    due = Message.state == "waiting", Message.due_at <= now, Message.channel == EMAIL
    later = (now + PAUSES[0]).replace(microsecond=0)
    db.session.execute(update(Message).where(*due).values(due_at=later))
