"""Messages of alerts, and when they are due; the caller commits."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, String, any_, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from geo.routing.mornings import hour_of, next_hour
from open311.database import db, table
from open311.models import Alert, AlertClock, AlertItem, Message
from open311.queries.telling.alerts import Match
from open311.statements import Call, Statement
from open311.steps.rows import AddedRows
from schemas.quiet_hours import end_of_quiet
from schemas.vocabulary.alerts import COLLECTED, DAILY, MORNING, WEEKLY
from schemas.vocabulary.telling import ALERT, CONFIRM_ALERT

HOUR = timedelta(hours=1)

_COLUMNS = (
    *("jurisdiction_id", "kind", "alert_id", "channel", "language", "state", "failure", "attempts"),
    *("made_at", "due_at"),
)
"""Columns of messages of alerts, as _row has them."""

WEEK_BEGINS = 0  # Monday, as date.weekday counts


def due_of(rhythm: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when an alert tells what happens now, in UTC; now is aware."""
    if rhythm not in (DAILY, WEEKLY):
        return end_of_quiet(now + COLLECTED, zone)
    day = next_hour(now, MORNING, zone)
    if rhythm == WEEKLY:
        day += timedelta(days=(WEEK_BEGINS - day.weekday()) % 7)
    return hour_of(day, MORNING, zone)


def find_next_confirmation(contact: Any, alert_id: int, now: datetime) -> datetime | None:
    """Return when the owner of an address may be asked to confirm an alert.

    None if such a message waits already. There is one in an hour: of all alerts of an address that
    nobody has confirmed, which anyone may have typed, and else of the same alert.
    """
    of_this = Message.alert_id == alert_id
    of_address = Alert.contact_id == contact.id
    row = db.session.execute(
        select(
            func.bool_or(of_this & (Message.state == "waiting")).label("waits"),
            func.max(Message.due_at).label("last"),
        )
        .join(Alert, Alert.id == Message.alert_id)
        .where(Message.kind == CONFIRM_ALERT, of_this if contact.verified_at else of_address)
    ).one()
    if row.waits:
        return None
    return now if row.last is None else max(now, row.last + HOUR)


def store_alert_message(
    jurisdiction_id: str, alert_id: int, kind: str, language: str, due: datetime, now: datetime
) -> None:
    """Store a message of an alert."""
    row = _row(jurisdiction_id, alert_id, kind, language, due, now)
    db.session.execute(insert(table(Message)).values(row))


def _row(
    jurisdiction_id: str, alert_id: int, kind: str, language: str, due: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "jurisdiction_id": jurisdiction_id,
        "kind": kind,
        "alert_id": alert_id,
        "channel": "email",
        "language": language,
        "state": "waiting",
        "failure": "",
        "attempts": 0,
        "made_at": now,
        "due_at": due.replace(microsecond=0),
    }


def _collecting() -> Any:
    """Return the conditions of messages that still collect: no attempt was made to send them."""
    return Message.kind == ALERT, Message.state == "waiting", Message.attempts == 0


def move_waiting(alert_id: int, due: datetime) -> None:
    """Let the message of an alert that collects be due at another time."""
    mine = update(Message).where(Message.alert_id == alert_id, *_collecting())
    db.session.execute(mine.values(due_at=due.replace(microsecond=0)))


def store_matches(
    jurisdiction_id: str, zone: ZoneInfo, matches: Sequence[Match], now: datetime
) -> None:
    """Add what alerts tell to their messages.

    Each alert has one message that collects, until it is sent. The caller holds the clock, so that
    no other process makes a second one.
    """
    alerts = {one.alert_id: one for one in matches}
    messages = _find_collecting(alerts)
    new = [
        _row(jurisdiction_id, one.alert_id, ALERT, one.language, due_of(one.rhythm, now, zone), now)
        for one in alerts.values()
        if one.alert_id not in messages
    ]
    messages |= dict(_messages().add(new))
    rows = [
        {
            "alert_id": one.alert_id,
            "service_request_pk": one.service_request_pk,
            "event": one.event,
            "message_id": messages[one.alert_id],
        }
        for one in matches
    ]
    _items().add(rows)


def _find_collecting(alert_ids: Iterable[int]) -> dict[int, int]:
    """Return the messages that collect, by alert; locked, so that none is sent now."""
    return dict(Call(_found(), {"ids": list(alert_ids)}).run())


# The statements of each turn are built once: that costs more than to run them.


@cache
def _messages() -> AddedRows:
    return AddedRows(Message, _COLUMNS, returning=("alert_id", "id"))


@cache
def _items() -> AddedRows:
    columns = ("alert_id", "service_request_pk", "event", "message_id")
    return AddedRows(AlertItem, columns, unless_known=True)


@cache
def _found() -> Statement:
    is_one = Message.alert_id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
    rows = select(Message.alert_id, Message.id).where(is_one, *_collecting()).order_by(Message.id)
    return Statement(rows.with_for_update(), prepared=True)


def store_cursor(jurisdiction_id: str, number: int) -> None:
    """Store the number up to which all changes were compared with the alerts of a city."""
    Call(_moved(), {"city": jurisdiction_id, "number": number}).run()


@cache
def _moved() -> Statement:
    mine = AlertClock.jurisdiction_id == bindparam("city", type_=String)
    to = bindparam("number", type_=BigInteger)
    return Statement(update(table(AlertClock)).where(mine).values(cursor=to), prepared=True)
