"""Sending of messages of alerts: what is decided before the mail server is asked."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from open311.database import db, table
from open311.models import (
    Alert,
    AlertItem,
    Contact,
    Jurisdiction,
    Message,
    Service,
    ServiceRequest,
    Site,
)
from open311.operations.telling.send import LATEST, SendingRules
from open311.operations.transaction import operation
from open311.queries.residents.alerts import ALERT_COLUMNS, AlertInfo, alert_of
from open311.queries.telling.alerts import ToldItems, is_still_true, read_items
from open311.queries.telling.recipients import find_next_free, most_a_day
from open311.queries.telling.texts import OwnText, find_own_text
from open311.secret_links import hash_of_token, token_of
from open311.steps.residents.alerts import PURPOSE
from open311.steps.telling.messages import hold_back, store_taken
from schemas.quiet_hours import end_of_quiet
from schemas.vocabulary.alerts import ENDED, ON
from schemas.vocabulary.telling import ALERT, EMAIL

MOST_LISTED = 25
"""Requests that an email lists; it links to the list of the others."""


@dataclass(frozen=True, kw_only=True)
class AlertOutgoing:
    """A message of an alert that is being sent. items is empty in one that asks to confirm it.

    own_text is that of the city; None is the built-in one.
    """

    id: int
    kind: str
    made_at: datetime
    jurisdiction_id: str
    address: str = field(repr=False)
    token: str = field(repr=False)
    alert: AlertInfo
    items: ToldItems
    own_text: OwnText | None = None


@operation
def begin_sending_alert(
    message_id: int, rules: SendingRules, now: datetime, taken: int | None = None
) -> AlertOutgoing | None:
    """Mark a message as being sent, and return it; None if it is not to be sent, or not now.

    Everything is asked again. It waits for the end of quiet hours, and until a confirmed address
    may get another message; what happens until then becomes part of it. taken as in begin_sending.
    """
    store_taken(taken, now)
    row = _lock(message_id)
    if row is None or row.message_state != "waiting":
        return None
    is_verified = row.verified_at is not None
    reason = _reason_to_drop(row, rules, now)
    later = None if reason else _find_later(row, now)
    if hold_back(message_id, reason, later, is_verified=is_verified):
        return None
    if row.kind != ALERT:
        return _begin(row, ToldItems((), 0, 0, 0), rules)
    _forget_untrue(message_id)
    items = read_items(message_id, MOST_LISTED)
    reason = None if items.number else "nothing"
    if hold_back(message_id, reason, None, is_verified=is_verified):
        return None
    return _begin(row, items, rules)


def _begin(row: Any, items: ToldItems, rules: SendingRules) -> AlertOutgoing:
    alert = alert_of(row)
    own_text = find_own_text(row.jurisdiction_id, row.kind, alert.language)
    version = own_text.version if own_text else None
    sending = {"state": "sending", "attempts": row.attempts + 1, "template_version": version}
    message = update(Message).where(Message.id == row.message_id)
    db.session.execute(message.values(language=alert.language, **sending))
    token = token_of(rules.secret_key, PURPOSE, alert.id)
    if hash_of_token(token) != row.token_hash:  # the server has another secret key since
        known = update(Alert).where(Alert.id == alert.id)
        db.session.execute(known.values(token_hash=hash_of_token(token)))
    return AlertOutgoing(
        id=row.message_id,
        kind=row.kind,
        made_at=row.made_at,
        jurisdiction_id=row.jurisdiction_id,
        address=row.email,
        token=token,
        alert=alert,
        items=items,
        own_text=own_text,
    )


def _lock(message_id: int) -> Any:
    """Lock a message, and return it with its alert and its address; None without one."""
    return db.session.execute(
        select(
            *ALERT_COLUMNS,
            Alert.token_hash,
            Message.id.label("message_id"),
            Message.state.label("message_state"),
            *(Message.kind, Message.made_at, Message.due_at, Message.attempts),
            *(Message.jurisdiction_id, Alert.contact_id),
            *(Contact.address.label("email"), Contact.verified_at, Contact.suppressed_until),
            Jurisdiction.time_zone,
            Site.jurisdiction_id.label("site"),
        )
        .join(Alert, Alert.id == Message.alert_id)
        .join(Contact, Contact.id == Alert.contact_id)
        .join(Jurisdiction, Jurisdiction.id == Message.jurisdiction_id)
        .outerjoin(Site, Site.jurisdiction_id == Message.jurisdiction_id)
        .where(Message.id == message_id)
        .with_for_update(of=Message)
    ).one_or_none()


def _reason_to_drop(row: Any, rules: SendingRules, now: datetime) -> str | None:
    """Return why a message is not sent, one of DROP_REASONS; None if it is."""
    is_asked = row.kind != ALERT
    reasons = {
        "ended": row.state == ENDED or (not is_asked and row.state != ON),
        "confirmed": is_asked and row.state == ON,
        "no_site": row.site is None,
        "suppressed": row.suppressed_until is not None and row.suppressed_until > now,
        "not_allowed": not rules.allow(row.email),
        "too_old": row.due_at < now - LATEST,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)


def _find_later(row: Any, now: datetime) -> datetime | None:
    """Return when a message may be sent; None if that is now."""
    if row.kind == ALERT:
        morning = end_of_quiet(now, ZoneInfo(row.time_zone))
        if morning > now:
            return morning
    most = most_a_day(EMAIL, is_verified=row.verified_at is not None)
    return find_next_free(row.contact_id, most, now)


def _forget_untrue(message_id: int) -> None:
    """Delete what a message would tell, and is not public or not so any more."""
    items = table(AlertItem)
    true = (
        select(AlertItem.service_request_pk, AlertItem.event)
        .join(ServiceRequest, ServiceRequest.pk == AlertItem.service_request_pk)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(AlertItem.message_id == message_id, is_still_true())
        .subquery()
    )
    kept = (
        select(true.c.event)
        .where(
            true.c.service_request_pk == items.c.service_request_pk,
            true.c.event == items.c.event,
        )
        .exists()
    )
    db.session.execute(delete(items).where(items.c.message_id == message_id, ~kept))
