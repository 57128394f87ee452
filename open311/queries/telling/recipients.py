"""Who gets messages about a service request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select

from open311.database import db
from open311.models import Alert, Contact, Feedback, Message, Site, Subscription
from schemas.vocabulary.telling import SMS

DAY = timedelta(hours=24)
MOST_A_DAY = 10
"""Messages to a confirmed address in 24 hours; others wait."""

MOST_A_DAY_UNCONFIRMED = 5
"""The same for an address that anyone may have typed; others are not sent."""

MOST_TEXTS_A_DAY = 3
"""Messages to a confirmed phone number. One that is not confirmed gets one, which asks for it."""


def most_a_day(kind: str, *, is_verified: bool) -> int:
    """Return how many messages a contact of a kind may get in 24 hours."""
    if kind == SMS:
        return MOST_TEXTS_A_DAY if is_verified else 1
    return MOST_A_DAY if is_verified else MOST_A_DAY_UNCONFIRMED


def list_subscriptions(pk: int) -> Sequence[Any]:
    """List the subscriptions that have not ended, with the kind and the language of the contact."""
    return db.session.execute(
        select(
            *(Subscription.id, Subscription.is_reporter, Subscription.state),
            *(Contact.kind, Contact.language, Contact.verified_at),
        )
        .join(Contact, Contact.id == Subscription.contact_id)
        .where(Subscription.service_request_pk == pk, Subscription.state != "ended")
        .order_by(Subscription.id)
    ).all()


def find_usual_language(jurisdiction_id: str) -> str | None:
    """Return the first language of a city's website; None without a website."""
    languages = db.session.scalar(
        select(Site.languages).where(Site.jurisdiction_id == jurisdiction_id)
    )
    return languages[0] if languages else None


def find_next_free(contact_id: int, most: int, now: datetime) -> datetime | None:
    """Return when an address may get another message; None if that is now."""
    sent = _messages_to(contact_id, Message.sent_at, Message.sent_at > now - DAY).subquery()
    times = db.session.scalars(
        select(sent.c.sent_at).order_by(sent.c.sent_at.desc()).limit(most)
    ).all()
    oldest = times[-1] if len(times) == most else None
    return None if oldest is None else oldest + DAY


def count_refused(contact_id: int, since: datetime) -> int:
    """Count the messages that have failed for good or bounced, of those made since a time."""
    refused = (
        or_(
            (Message.state == "failed") & Message.failure.startswith("5"),
            Message.state == "bounced",
        ),
        Message.made_at > since,
    )
    found = _messages_to(contact_id, Message.id, *refused).subquery()
    number = db.session.scalar(select(func.count()).select_from(found))
    return number or 0


def _messages_to(contact_id: int, column: Any, *conditions: Any) -> Any:
    """Select a column of the messages to an address: about requests, and of its alerts."""
    of_requests = (
        select(column)
        .join(Subscription, Subscription.id == Message.subscription_id)
        .where(Subscription.contact_id == contact_id, *conditions)
    )
    of_alerts = (
        select(column)
        .join(Alert, Alert.id == Message.alert_id)
        .where(Alert.contact_id == contact_id, *conditions)
    )
    return of_requests.union_all(of_alerts)


WEEK = timedelta(days=7)


def was_asked_lately(contact_id: int, message_id: int, now: datetime) -> bool:
    """Return whether the last week's closing mails asked "Is it fixed?" without an answer."""
    answered = exists().where(Feedback.service_request_pk == Message.service_request_pk)
    asked = (
        select(Message.id)
        .join(Subscription, Subscription.id == Message.subscription_id)
        .where(
            Subscription.contact_id == contact_id,
            Subscription.is_reporter,
            Message.kind == "closed",
            Message.id != message_id,
            Message.sent_at > now - WEEK,
            ~answered,
        )
        .limit(1)
    )
    return db.session.scalar(asked) is not None


def list_suppressed(jurisdiction_id: str, now: datetime) -> Sequence[Any]:
    """List addresses that get nothing now: (address, suppressed_until, suppressed_why)."""
    return db.session.execute(
        select(Contact.address, Contact.suppressed_until, Contact.suppressed_why)
        .where(Contact.jurisdiction_id == jurisdiction_id, Contact.suppressed_until > now)
        .order_by(Contact.address)
    ).all()
