"""Alerts: asked for on the website, and confirmed, changed, or ended with their secret link."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from open311.database import db, lift_time_limit, table, tells
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import Alert, Contact
from open311.operations.transaction import operation
from open311.personal_data import normal_email
from open311.queries.jurisdictions import Scope
from open311.queries.residents.alerts import is_of_link
from open311.steps.residents.alerts import (
    begin_alert,
    find_same,
    list_alerts_of,
    store_alert,
)
from open311.steps.residents.subscriptions import forget_unused, store_contact
from open311.steps.telling.alert_messages import (
    due_of,
    find_next_confirmation,
    move_waiting,
    store_alert_message,
)
from open311.steps.values.alerts import AlertWish
from schemas.vocabulary.alerts import ENDED, ON, PAUSED, UNCONFIRMED
from schemas.vocabulary.telling import CONFIRM_ALERT, FOREVER, NOT_ME

MOST_UNCONFIRMED = 5
"""Alerts of an address that wait for a confirmation; others are not stored."""

MOST_ALERTS = 50
"""Alerts of an address; others are not stored."""

UNCONFIRMED_KEPT = timedelta(days=7)
ENDED_KEPT = timedelta(days=30)
"""Times for which alerts are kept that nobody has confirmed, and those that have ended."""


@operation
def request_alert(
    jurisdiction: Scope, email: str, language: str, wish: AlertWish, secret_key: str
) -> None:
    """Store an alert, and ask the owner of the address to confirm it.

    The same alert is stored once. Nobody learns whether an address is known, or has too many.
    """
    if not tells():
        return
    now = _now()
    here = jurisdiction.jurisdiction_id
    contact = store_contact(here, email, language, now)  # locked until the commit
    found = find_same(contact.id, wish)
    if found is None:
        states = [one.state for one in list_alerts_of(contact.id)]
        if states.count(UNCONFIRMED) >= MOST_UNCONFIRMED or len(states) >= MOST_ALERTS:
            return
        alert_id = store_alert(here, contact.id, wish, language, secret_key, now)
    elif found.state == ON:
        return
    else:
        alert_id = found.id
        if found.state == UNCONFIRMED:  # asked again: in this rhythm, and kept as long as a new one
            _store(alert_id, rhythm=wish.rhythm, created_at=now)
    due = find_next_confirmation(contact, alert_id, now)
    if due is not None:
        store_alert_message(here, alert_id, CONFIRM_ALERT, language, due, now)


@operation
def confirm_alert(jurisdiction: Scope, token: str) -> None:
    """Let an alert tell what happens from now on, also one that was paused or had ended.

    It verifies the address, and messages to it are no longer suppressed. Raises NotFound.
    """
    found, now = _lock(jurisdiction, token), _now()
    if found.state != ON:
        begin_alert(jurisdiction.jurisdiction_id, found.id, now)
    verified = {"verified_at": func.coalesce(Contact.verified_at, now)}
    nothing = {"suppressed_until": None, "suppressed_why": None}
    contact = update(Contact).where(Contact.id == found.contact_id)
    db.session.execute(contact.values(verified | nothing))


@operation
def pause_alert(jurisdiction: Scope, token: str) -> None:
    """Let an alert tell nothing until it is resumed; raises NotFound."""
    found = _lock(jurisdiction, token)
    if found.state == ON:
        _store(found.id, state=PAUSED)


@operation
def end_alert(jurisdiction: Scope, token: str) -> None:
    """End an alert; raises NotFound."""
    _end(_lock(jurisdiction, token))


@operation
def change_rhythm(jurisdiction: Scope, token: str, rhythm: str) -> None:
    """Let the emails of an alert come in another rhythm, also one that waits; raises NotFound."""
    found = _lock(jurisdiction, token)
    _store(found.id, rhythm=rhythm)
    move_waiting(found.id, due_of(rhythm, _now(), jurisdiction.zone))


@operation
def refuse_alerts(jurisdiction: Scope, token: str) -> None:
    """End an alert, and all messages to its address until it is confirmed again.

    Raises NotFound.
    """
    found = _lock(jurisdiction, token)
    _end(found)
    contact = update(Contact).where(Contact.id == found.contact_id)
    db.session.execute(contact.values(suppressed_until=FOREVER, suppressed_why=NOT_ME))


def _lock(jurisdiction: Scope, token: str) -> Any:
    found = db.session.execute(
        select(Alert.id, Alert.contact_id, Alert.state)
        .where(is_of_link(jurisdiction, token))
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound(LINK_UNKNOWN)
    return found


def _end(found: Any) -> None:
    if found.state != ENDED:
        _store(found.id, state=ENDED, ended_at=_now())


def _store(alert_id: int, **values: Any) -> None:
    db.session.execute(update(Alert).where(Alert.id == alert_id).values(values))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@operation
def forget_alerts() -> int:
    """Delete alerts that nobody has confirmed, and those that ended a while ago.

    Returns their number. Their addresses are forgotten as well if nothing else needs them.
    """
    lift_time_limit()
    now = datetime.now(UTC)
    old = or_(
        and_(Alert.state == UNCONFIRMED, Alert.created_at <= now - UNCONFIRMED_KEPT),
        and_(Alert.state == ENDED, Alert.ended_at <= now - ENDED_KEPT),
    )
    alerts = table(Alert)
    gone = db.session.scalars(delete(alerts).where(old).returning(alerts.c.contact_id)).all()
    forget_unused(gone)
    return len(gone)


@operation
def forget_alerts_of(jurisdiction: Scope, email: str) -> int:
    """Delete all alerts of an address, and return their number."""
    alerts, contacts = table(Alert), table(Contact)
    mine = select(contacts.c.id).where(
        contacts.c.jurisdiction_id == jurisdiction.jurisdiction_id,
        contacts.c.address == normal_email(email),
    )
    gone = db.session.scalars(
        delete(alerts).where(alerts.c.contact_id.in_(mine)).returning(alerts.c.contact_id)
    ).all()
    forget_unused(gone)
    return len(gone)
