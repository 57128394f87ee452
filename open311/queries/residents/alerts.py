"""Reads of alerts: one behind its secret link, and those of a city."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Float, cast, func, select

from geo.coordinates import Point
from open311.database import db
from open311.errors import NotFound
from open311.messages.residents import LINK_UNKNOWN
from open311.models import Alert, Contact
from open311.queries.jurisdictions import Scope
from open311.secret_links import hash_of_token


@dataclass(frozen=True, kw_only=True)
class AlertInfo:
    """An alert; see models/alerts.py. area is in degrees on WGS 84, x first, or None."""

    id: int
    place: str
    boundary_layer: str
    boundary_code: str
    meters: float | None
    address: str
    services: Sequence[str]
    about: str
    rhythm: str
    language: str
    state: str
    center: Point | None
    area: BaseGeometry | None


_PLAIN = (
    *(Alert.id, Alert.place, Alert.boundary_layer, Alert.boundary_code, Alert.meters),
    *(Alert.address, Alert.services, Alert.about, Alert.rhythm, Alert.language, Alert.state),
)


def _number(name: str, function: ColumnElement[Any]) -> Any:
    return cast(function, Float).label(name)


ALERT_COLUMNS = (
    *_PLAIN,
    _number("lat", func.ST_Y(Alert.center)),
    _number("long", func.ST_X(Alert.center)),
    Alert.area,
)
"""What alert_of reads."""


def alert_of(row: Any) -> AlertInfo:
    """Return the alert in a row with ALERT_COLUMNS."""
    plain = {column.key: getattr(row, column.key) for column in _PLAIN}
    center = None if row.lat is None else Point(lat=row.lat, long=row.long)
    area = None if row.area is None else to_shape(row.area)
    return AlertInfo(**plain, center=center, area=area)


def is_of_link(jurisdiction: Scope, token: str) -> ColumnElement[bool]:
    """Return the condition that an alert is the one of a secret link."""
    mine = Alert.jurisdiction_id == jurisdiction.jurisdiction_id
    return mine & (Alert.token_hash == hash_of_token(token))


def find_alert(jurisdiction: Scope, token: str) -> AlertInfo | None:
    """Return the alert of a secret link; None if it is not that of an alert."""
    wanted = select(*ALERT_COLUMNS).where(is_of_link(jurisdiction, token))
    row = db.session.execute(wanted).one_or_none()
    return None if row is None else alert_of(row)


def get_alert(jurisdiction: Scope, token: str) -> AlertInfo:
    """Return the alert of a secret link; raises NotFound."""
    found = find_alert(jurisdiction, token)
    if found is None:
        raise NotFound(LINK_UNKNOWN)
    return found


def read_alert(alert_id: int) -> AlertInfo:
    """Return the alert with an id."""
    return alert_of(db.session.execute(select(*ALERT_COLUMNS).where(Alert.id == alert_id)).one())


@dataclass(frozen=True)
class ListedAlert:
    """An alert in a list for who runs the server; created_at is in UTC."""

    alert: AlertInfo
    address: str
    created_at: datetime


def list_alerts(jurisdiction: Scope) -> Sequence[ListedAlert]:
    """List the alerts of a city, oldest first."""
    rows = db.session.execute(
        select(*ALERT_COLUMNS, Contact.address.label("email"), Alert.created_at)
        .join(Contact, Contact.id == Alert.contact_id)
        .where(Alert.jurisdiction_id == jurisdiction.jurisdiction_id)
        .order_by(Alert.id)
    )
    return [ListedAlert(alert_of(row), row.email, row.created_at) for row in rows]
