"""Which changes are compared with the alerts of a city next."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, String, bindparam, exists, func, select

from open311.database import db
from open311.models import Alert, AlertClock, Jurisdiction, ServiceRequest
from open311.queries.telling.alerts import MOST_CHANGES
from open311.statements import Call, Statement
from schemas.vocabulary.alerts import ON

LIMITS = {
    "statement_timeout": "50s",
    "idle_in_transaction_session_timeout": "50s",
    "lock_timeout": "3s",
    "plan_cache_mode": "force_generic_plan",
}
"""Settings of a transaction that compares. Its statements take less time than their plans."""


class Turn(NamedTuple):
    """Numbers of changes of a city: those after the cursor are next, and all settled are visible.

    zone is the time zone of the city.
    """

    cursor: int
    settled: int
    zone: ZoneInfo


def list_behind() -> Sequence[str]:
    """List the cities with alerts that have changes after the last comparison."""
    here = Alert.jurisdiction_id == AlertClock.jurisdiction_id
    return db.session.scalars(
        select(AlertClock.jurisdiction_id)
        .where(exists().where(here, Alert.state == ON), AlertClock.cursor < func.settled_change())
        .order_by(AlertClock.jurisdiction_id)
    ).all()


def begin_turn(jurisdiction_id: str) -> Turn | None:
    """Lock the clock of a city until the transaction ends; None while another process holds it."""
    rows = Call(_clock(), {"id": jurisdiction_id}).run()
    return next((Turn(cursor, settled, ZoneInfo(zone)) for cursor, settled, zone, *_ in rows), None)


@cache
def _clock() -> Statement:
    rows = (
        select(AlertClock.cursor, func.settled_change(), Jurisdiction.time_zone)
        .join(Jurisdiction, Jurisdiction.id == AlertClock.jurisdiction_id)
        .where(AlertClock.jurisdiction_id == bindparam("id", type_=String))
        .with_for_update(of=AlertClock, skip_locked=True)
        .add_columns(*(func.set_config(name, value, True) for name, value in LIMITS.items()))
    )
    return Statement(rows, prepared=True)


def find_end(jurisdiction_id: str, turn: Turn) -> tuple[int, bool]:
    """Return the number up to which the next changes are compared, and whether more follow."""
    if turn.settled - turn.cursor <= MOST_CHANGES:  # as many numbers, and some of other cities
        return turn.settled, False
    values = {"id": jurisdiction_id, "after": turn.cursor, "settled": turn.settled}
    for (last,) in Call(_last(), values).run():
        return last, True
    return turn.settled, False


@cache
def _last() -> Statement:
    number = ServiceRequest.change_number
    rows = (
        select(number)
        .where(
            ServiceRequest.jurisdiction_id == bindparam("id", type_=String),
            number > bindparam("after", type_=BigInteger),
            number <= bindparam("settled", type_=BigInteger),
        )
        .order_by(number)
        .offset(MOST_CHANGES - 1)
        .limit(1)
    )
    return Statement(rows, prepared=True)
