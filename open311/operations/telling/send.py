"""Sending of messages about a request: what is decided before the mail server is asked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, bindparam, select, true

from open311.models import (
    Capability,
    Contact,
    Jurisdiction,
    Message,
    MessageSetting,
    ServiceRequest,
    Site,
    Subscription,
)
from open311.operations.transaction import operation
from open311.queries.telling.facts import Facts, facts_of, with_facts
from open311.queries.telling.messages import Recipient
from open311.queries.telling.recipients import (
    DAY,
    latest_of,
    most_a_day,
    next_free,
    was_asked_lately,
)
from open311.queries.telling.texts import OwnText, newest_text_of, own_text_of
from open311.queries.together import NamedRows
from open311.secret_links import code_of, token_of
from open311.steps.telling.messages import hold_back, store_sending, store_taken
from schemas.quiet_hours import end_of_quiet
from schemas.vocabulary.telling import CLOSED, CONFIRM, EMAIL, QUESTION, SMS

LATEST = timedelta(days=3)
"""Time after it was due in which a message is still sent."""

AT_ANY_HOUR = (CONFIRM, QUESTION)
"""Text messages that are also sent in quiet hours: someone waits for them."""


@dataclass(frozen=True)
class SendingRules:
    """Settings that decide who gets a message; only_to are addresses and domains, or nothing.

    sends_texts is whether there is a gateway for text messages, takes_replies whether a mailbox is
    read for them.
    """

    secret_key: str = field(repr=False)
    only_to: frozenset[str] = frozenset()
    sends_texts: bool = False
    takes_replies: bool = False

    def reply_code(self, message_id: int, generation: int | None) -> str:
        """Return what the address for replies to a message contains.

        generation is that of the secret link of the requester, if there is one: with a new link,
        former emails can no longer be answered.
        """
        return code_of(self.secret_key, "reply", message_id, generation or 0)

    def allow(self, address: str) -> bool:
        """Return whether messages may go to an address."""
        domain = f"@{address.rpartition('@')[2]}"
        return not self.only_to or bool({address, domain} & self.only_to)


@dataclass(frozen=True)
class Outgoing:
    """A message that is being sent. made_at never changes; asks: "Is it fixed?" is asked.

    own_text is that of the city; None is the built-in one. channel is one of CHANNELS.
    """

    id: int
    kind: str
    made_at: datetime
    recipient: Recipient
    facts: Facts
    asks: bool
    own_text: OwnText | None = None
    channel: str = EMAIL


@operation
def begin_sending(
    message_id: int, rules: SendingRules, now: datetime, taken: int | None = None
) -> Outgoing | None:
    """Mark a message as being sent, and return it; None if it is not to be sent, or not now.

    Everything is asked again: the wish, the address, and the request may have changed since. taken
    is the message before, if the mail server has taken that: one commit stores both.
    """
    row = _lock(message_id, now, taken)
    if row is None or row.state != "waiting":
        store_taken(taken, now)
        return None
    reason = _reason_to_drop(row, rules, now)
    later = None if reason else _next_time(row, now)
    if hold_back(message_id, reason, later, is_verified=row.verified_at is not None):
        store_taken(taken, now)
        return None
    own_text = own_text_of(row) if row.channel == EMAIL else None
    version = own_text.version if own_text else None
    store_sending(message_id, row.attempts + 1, version, taken=taken, now=now)
    asks = row.kind == CLOSED and not was_asked_lately(row.contact_id, message_id, now, taken)
    facts = facts_of(row.service_request_pk, row, row.first_change_id, row.status_change_id)
    recipient = _recipient(message_id, row, rules)
    return Outgoing(
        *(message_id, row.kind, row.made_at, recipient, facts, asks, own_text, row.channel)
    )


def _next_time(row: Any, now: datetime) -> datetime | None:
    """Return when a message may be sent, by caps and quiet hours; None if that is now."""
    most = most_a_day(row.channel, is_verified=row.verified_at is not None)
    free = next_free(row.latest, most)
    if row.channel != SMS or row.kind in AT_ANY_HOUR:
        return free
    moment = free or now
    end = end_of_quiet(moment, ZoneInfo(row.time_zone))
    return end.replace(microsecond=0) if end > now else None


def _lock(message_id: int, now: datetime, taken: int | None) -> Any:
    """Lock a message, and return all that decides on it and that it may say; None without one."""
    values = {"id": message_id, "now": now, "since": now - DAY, "taken": taken}
    return next(iter(_locking().read(**values)), None)


def _generation() -> ColumnElement[int]:
    """Select the generation of the link by which the requester of a message tracks the request."""
    return (
        select(Capability.generation)
        .where(
            Capability.service_request_pk == Message.service_request_pk,
            Capability.purpose == "track",
        )
        .correlate(Message)
        .scalar_subquery()
    )


@cache
def _locking() -> NamedRows:
    texts = newest_text_of(Message)
    messages = (
        select(
            *(Message.state, Message.kind, Message.made_at, Message.due_at, Message.attempts),
            *(Message.language, Message.first_change_id, Message.status_change_id),
            *(Message.service_request_pk, Message.subscription_id),
            *(Message.channel, Jurisdiction.time_zone),
            MessageSetting.is_on,
            Subscription.state.label("wish"),
            *(Subscription.is_reporter, Subscription.contact_id),
            *(Contact.address.label("email"), Contact.verified_at),
            *(Contact.suppressed_until, ServiceRequest.withdrawn_at),
            Site.jurisdiction_id.label("site"),
            _generation().label("generation"),
            latest_of(Contact.id, bindparam("taken", type_=BigInteger)).label("latest"),
            *texts.c,
        )
        .join(Subscription, Subscription.id == Message.subscription_id)
        .join(Contact, Contact.id == Subscription.contact_id)
        .join(ServiceRequest, ServiceRequest.pk == Message.service_request_pk)
        .join(Jurisdiction, Jurisdiction.id == Message.jurisdiction_id)
        .outerjoin(Site, Site.jurisdiction_id == Message.jurisdiction_id)
        .outerjoin(
            MessageSetting,
            (MessageSetting.jurisdiction_id == Message.jurisdiction_id)
            & (MessageSetting.kind == Message.kind),
        )
        .outerjoin(texts, true())
        .where(Message.id == bindparam("id", type_=BigInteger))
        .with_for_update(of=Message)
    )
    return NamedRows(with_facts(messages))


def _reason_to_drop(row: Any, rules: SendingRules, now: datetime) -> str | None:
    """Return why a message is not sent, one of DROP_REASONS; None if it is."""
    reasons = {
        "withdrawn": row.withdrawn_at is not None,
        "ended": row.wish == "ended",
        "confirmed": row.kind == CONFIRM and row.wish == "on",
        "hidden": not row.is_reporter and not row.public,
        "no_site": row.site is None,
        "off": row.is_on is False,
        "no_gateway": row.channel == SMS and not rules.sends_texts,
        "not_confirmed": row.channel == SMS and row.kind != CONFIRM and not row.verified_at,
        "suppressed": row.suppressed_until is not None and row.suppressed_until > now,
        "not_allowed": not rules.allow(row.email),
        "too_old": row.due_at < now - LATEST,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)


def _recipient(message_id: int, row: Any, rules: SendingRules) -> Recipient:
    key, pk = rules.secret_key, row.service_request_pk
    may_reply = rules.takes_replies and row.is_reporter and row.kind != CONFIRM
    is_tracked = row.is_reporter and row.generation is not None
    return Recipient(
        address=row.email,
        language=row.language,
        is_reporter=row.is_reporter,
        is_verified=row.verified_at is not None,
        is_confirmed=row.wish == "on",
        follow_token=token_of(key, "follow", row.subscription_id),
        track_token=token_of(key, "track", pk, row.generation) if is_tracked else None,
        reply_code=rules.reply_code(message_id, row.generation) if may_reply else "",
    )
