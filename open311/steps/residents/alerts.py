"""Alerts of addresses: stored, and compared from now on; the caller commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from open311.database import db, table
from open311.models import Alert, AlertClock
from open311.queries.requests.last_change import settled_change
from open311.secret_links import hash_of_token, token_of
from open311.steps.values.alerts import AlertWish
from schemas.vocabulary.alerts import ENDED, ON, UNCONFIRMED

PURPOSE = "alert"
"""Purpose of the secret link of an alert (open311/secret_links.py)."""


def list_alerts_of(contact_id: int) -> Sequence[Any]:
    """List the alerts of an address that have not ended: (id, state), oldest first.

    The caller has locked the contact.
    """
    mine = Alert.contact_id == contact_id, Alert.state != ENDED
    return db.session.execute(select(Alert.id, Alert.state).where(*mine).order_by(Alert.id)).all()


def find_same(contact_id: int, wish: AlertWish) -> Any:
    """Return the alert (id, state) of an address that asks for the same; None without one.

    Its rhythm may be another.
    """
    values = _values(wish)
    del values["rhythm"]
    same = [_is_same(table(Alert).c[name], value) for name, value in values.items()]
    return db.session.execute(
        select(Alert.id, Alert.state)
        .where(Alert.contact_id == contact_id, Alert.state != ENDED, *same)
        .order_by(Alert.id)
        .limit(1)
    ).one_or_none()


def _is_same(column: Any, value: Any) -> ColumnElement[bool]:
    if column.key in ("area", "center") and value is not None:
        return func.coalesce(func.ST_OrderingEquals(column, value), False)
    condition: ColumnElement[bool] = column.is_not_distinct_from(value)
    return condition


def store_alert(
    jurisdiction_id: str,
    contact_id: int,
    wish: AlertWish,
    language: str,
    secret_key: str,
    now: datetime,
) -> int:
    """Store an alert that is not confirmed, with its secret link; return its id."""
    alerts = table(Alert)
    [alert_id] = db.session.execute(
        select(func.nextval(func.pg_get_serial_sequence("alerts", "id")))
    ).one()
    row = {
        "id": alert_id,
        "jurisdiction_id": jurisdiction_id,
        "contact_id": contact_id,
        "language": language,
        "state": UNCONFIRMED,
        "token_hash": hash_of_token(token_of(secret_key, PURPOSE, alert_id)),
        "created_at": now,
    }
    db.session.execute(insert(alerts).values(row | _values(wish)))
    return int(alert_id)


def _values(wish: AlertWish) -> dict[str, Any]:
    """Return the columns of a wish."""
    area = None
    if wish.area is not None:
        area = func.ST_Multi(func.ST_GeomFromWKB(shapely.to_wkb(wish.area), 4326))
    center = None if wish.center is None else func.ST_GeomFromEWKT(wish.center.ewkt)
    return {**vars(wish), "services": list(wish.services), "area": area, "center": center}


def begin_alert(jurisdiction_id: str, alert_id: int, now: datetime) -> None:
    """Let an alert tell what happens from now on.

    The clock of a city without other alerts has stood still: it goes on from here.
    """
    clocks = table(AlertClock)
    start = insert_or(clocks).values(jurisdiction_id=jurisdiction_id, cursor=0)
    known = {"cursor": clocks.c.cursor}  # locks the row until the commit
    db.session.execute(start.on_conflict_do_update(index_elements=["jurisdiction_id"], set_=known))
    on = Alert.jurisdiction_id == jurisdiction_id, Alert.state == ON
    if not db.session.scalar(select(exists().where(*on))):
        latest = func.greatest(clocks.c.cursor, settled_change())
        mine = clocks.c.jurisdiction_id == jurisdiction_id
        db.session.execute(update(clocks).where(mine).values(cursor=latest))
    values = {"state": ON, "begun_at": now, "ended_at": None}
    db.session.execute(update(Alert).where(Alert.id == alert_id).values(values))
