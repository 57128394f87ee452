"""Who gets messages about a service request."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    any_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import Alert, Contact, Feedback, Message, Site, Subscription
from open311.queries.together import NamedRows
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


def list_subscriptions(pks: Collection[int]) -> Mapping[int, Sequence[Any]]:
    """Return the subscriptions of service requests that have not ended, by primary key, in order.

    With the kind and the language of the contact.
    """
    rows = db.session.execute(
        select(
            *(Subscription.id, Subscription.is_reporter, Subscription.state),
            *(Contact.kind, Contact.language, Contact.verified_at),
            Subscription.service_request_pk,
        )
        .join(Contact, Contact.id == Subscription.contact_id)
        .where(
            Subscription.service_request_pk == any_(literal(list(pks), ARRAY(BigInteger))),
            Subscription.state != "ended",
        )
        .order_by(Subscription.id)
    )
    found: dict[int, list[Any]] = {pk: [] for pk in pks}
    for row in rows:
        found[row.service_request_pk].append(row)
    return found


def find_usual_language(jurisdiction_id: str) -> str | None:
    """Return the first language of a city's website; None without a website."""
    languages = db.session.scalar(
        select(Site.languages).where(Site.jurisdiction_id == jurisdiction_id)
    )
    return languages[0] if languages else None


def find_next_free(contact_id: int, most: int, now: datetime) -> datetime | None:
    """Return when an address may get another message; None if that is now."""
    [row] = _latest().read(contact_id=contact_id, since=now - DAY)
    return next_free(row.latest, most)


def next_free(latest: Sequence[datetime], most: int) -> datetime | None:
    """Return the same; latest are the times of latest_of."""
    return latest[most - 1] + DAY if len(latest) >= most else None


@cache
def _latest() -> NamedRows:
    contact_id = bindparam("contact_id", type_=BigInteger)
    return NamedRows(select(latest_of(contact_id, None).label("latest")))


def latest_of(contact_id: Any, taken: Any) -> Any:
    """Select the times of messages to an address after the parameter since, newest first.

    There are MOST_A_DAY at most. taken is the id of one that the mail server has just taken, at
    the time of the parameter now, while that is not stored; or None.
    """
    since = bindparam("since", type_=DateTime(timezone=True))
    if taken is None:
        sent = _messages_to(contact_id, Message.sent_at, Message.sent_at > since)
    else:
        now = bindparam("now", type_=DateTime(timezone=True))
        is_new = or_(Message.sent_at > since, Message.id == taken)
        sent = _messages_to(
            contact_id, func.coalesce(Message.sent_at, now).label("sent_at"), is_new
        )
    times = sent.subquery()
    newest = select(times.c.sent_at).order_by(times.c.sent_at.desc()).limit(MOST_A_DAY)
    return func.array(newest.scalar_subquery())


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


def _messages_to(contact_id: Any, column: Any, *conditions: Any) -> Any:
    """Select a column of the messages to an address: about requests, and of its alerts."""
    of_requests = (
        select(column)
        .join(Subscription, Subscription.id == Message.subscription_id)
        .where(Subscription.contact_id == contact_id, *conditions)
        .correlate(Contact)
    )
    of_alerts = (
        select(column)
        .join(Alert, Alert.id == Message.alert_id)
        .where(Alert.contact_id == contact_id, *conditions)
        .correlate(Contact)
    )
    return of_requests.union_all(of_alerts)


WEEK = timedelta(days=7)


def was_asked_lately(
    contact_id: int, message_id: int, now: datetime, taken: int | None = None
) -> bool:
    """Return whether the last week's closing mails asked "Is it fixed?" without an answer.

    taken is the message that the mail server has just taken, while that is not stored.
    """
    values = {"contact_id": contact_id, "message_id": message_id, "since": now - WEEK}
    values["taken"] = taken
    return bool(_asked().read(**values))


@cache
def _asked() -> NamedRows:
    answered = exists().where(Feedback.service_request_pk == Message.service_request_pk)
    return NamedRows(
        select(Message.id)
        .join(Subscription, Subscription.id == Message.subscription_id)
        .where(
            Subscription.contact_id == bindparam("contact_id", type_=BigInteger),
            Subscription.is_reporter,
            Message.kind == "closed",
            Message.id != bindparam("message_id", type_=BigInteger),
            or_(
                Message.sent_at > bindparam("since", type_=DateTime(timezone=True)),
                Message.id == bindparam("taken", type_=BigInteger),
            ),
            ~answered,
        )
        .limit(1)
    )


def list_suppressed(jurisdiction_id: str, now: datetime) -> Sequence[Any]:
    """List addresses that get nothing now: (address, suppressed_until, suppressed_why)."""
    return db.session.execute(
        select(Contact.address, Contact.suppressed_until, Contact.suppressed_why)
        .where(Contact.jurisdiction_id == jurisdiction_id, Contact.suppressed_until > now)
        .order_by(Contact.address)
    ).all()
