"""Alerts of a served Gridtown, whose messages are made and sent at times of a test's own."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mail_relay import Delivered

from geo.coordinates import Point
from geo.search.drawn_areas import circle_of, polygon_of
from open311.letters.deliver import collect, deliver
from open311.operations.residents.alerts import confirm_alert, request_alert
from open311.queries.jurisdictions import get_jurisdiction
from open311.secret_links import token_of
from open311.steps.values.alerts import AlertWish
from tests.residents.reported import SECRET
from tests.telling.mailing import MailTown

_numbers = itertools.count()

ZONE = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Alerted:
    """An alert: its address, its id, and the token of its secret link."""

    address: str
    id: int
    token: str


def wish(**different: Any) -> AlertWish:
    """Return the wish to get emails about new requests of the whole city within minutes."""
    return AlertWish(**{"place": "city", "about": "new", "rhythm": "at_once", **different})


def around(lat: float, long: float, meters: float, **different: Any) -> AlertWish:
    center = Point(lat=lat, long=long)
    area = circle_of(center, meters)
    return wish(place="circle", center=center, meters=meters, area=area, **different)


def drawn(*corners: tuple[float, float], **different: Any) -> AlertWish:
    """Return a wish about an area with corners (latitude, longitude)."""
    area = polygon_of([Point(lat=lat, long=long) for lat, long in corners])
    return wish(place="area", area=area, **different)


def asked(town: MailTown, one: AlertWish, address: str = "", language: str = "en") -> Alerted:
    """Ask for an alert; it is not confirmed."""
    address = address or f"watcher{next(_numbers)}@mail.example"
    with town.app():
        city = get_jurisdiction("gridtown.example")
        request_alert(city, address, language, one, SECRET)
    id_ = town.value("SELECT max(id) FROM alerts")
    return Alerted(address, id_, token_of(SECRET, "alert", id_))


def alerted(town: MailTown, one: AlertWish, address: str = "", language: str = "en") -> Alerted:
    """Ask for an alert, and confirm it; the question is not sent."""
    found = asked(town, one, address, language)
    with town.app():
        confirm_alert(get_jurisdiction("gridtown.example"), found.token)
    town.rows("DELETE FROM messages WHERE kind = 'confirm_alert'")
    return found


def noon(days: int = 1) -> datetime:
    """Return noon in the city on a later day."""
    local = datetime.now(UTC).astimezone(ZONE) + timedelta(days=days)
    return local.replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)


def sent(
    town: MailTown, at: datetime | None = None, after: timedelta = 6 * MINUTE
) -> list[Delivered]:
    """Collect at a time, usually noon of tomorrow, and return the emails sent a while after it."""
    moment = at or noon()
    with town.app():
        collect(moment)
        deliver(moment + after)
    return town.relay.taken()


def told(town: MailTown, one: Alerted) -> set[tuple[int, str]]:
    """Return what an alert tells or has told: service requests and events."""
    rows = town.rows(
        "SELECT service_request_pk, event FROM alert_items WHERE alert_id = %s", one.id
    )
    return {(pk, event) for pk, event in rows}


def kinds(town: MailTown, one: Alerted) -> list[tuple[str, str, str | None]]:
    """Return the messages of an alert: kind, state, and why it was not sent."""
    rows = town.rows(
        "SELECT kind, state, reason FROM messages WHERE alert_id = %s ORDER BY id", one.id
    )
    return [(kind, state, reason) for kind, state, reason in rows]
