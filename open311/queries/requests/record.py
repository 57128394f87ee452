"""How each service was kept in the past year: requests, days until closed, promises kept."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock

from cachetools import LRUCache, cached
from sqlalchemy import (
    DateTime,
    Integer,
    String,
    all_,
    and_,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from open311.models import ServiceRequest
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import is_open
from open311.queries.search.visibility import Audience, visible_to
from open311.statements import Statement

PERIOD = timedelta(days=365)

FEWEST = 20
"""Requests of a service that a record needs; fewer say little."""

NO_WORK = ("cancelled", "duplicate", "internal_referral", "not_councils_responsibility")
"""Closed in these ways, a request says nothing about how long work takes; it is left out."""

_SECONDS_OF_DAY = 86_400


@dataclass(frozen=True)
class Record:
    """The record of a service.

    requests are those that count, and closed how many of them are closed. nine_in_ten_days is the
    number of days within which nine of ten were closed; None if that many have not been closed.
    kept_share is the share of those with a due date that were closed by then, from 0 to 1; None if
    less than FEWEST were due.
    """

    requests: int
    closed: int
    nine_in_ten_days: int | None
    kept_share: float | None


_RECORDS: LRUCache[object, Mapping[str, Record]] = LRUCache(maxsize=64)


@cached(_RECORDS, key=City.day_key, lock=Lock())
def records_of_city(city: City, now: datetime) -> Mapping[str, Record]:
    """Return list_records, read once a day in each process for each version of the catalog."""
    return list_records(city, now)


def list_records(city: City, now: datetime) -> dict[str, Record]:
    """Return the records of services by code, from FEWEST requests on.

    Public requests submitted in the past year count, without those of NO_WORK. The days are counted
    from submission to the last change of a closed request, and rounded up. An open request counts
    as not closed within the days since its submission, and says nothing about later ones
    (Kaplan-Meier). now is aware.
    """
    rows = _statement(city.scope).read({"since": now - PERIOD, "now": now})
    by_service: dict[str, list[_Group]] = defaultdict(list)
    for service_id, *values in rows:
        if service_id in city.service_codes:  # not a service that is newer than the snapshot
            by_service[city.service_codes[service_id]].append(_Group(*values))
    found = {code: _record(by_service[code]) for code in sorted(by_service)}
    return {code: one for code, one in found.items() if one.requests >= FEWEST}


@dataclass(frozen=True)
class _Group:
    """Requests that are closed or not, after as many days; due of them were due, kept in time."""

    closed: bool
    days: int
    count: int
    due: int
    kept: int


def _record(groups: list[_Group]) -> Record:
    due = sum(one.due for one in groups)
    return Record(
        requests=sum(one.count for one in groups),
        closed=sum(one.count for one in groups if one.closed),
        nine_in_ten_days=_days_of_nine_in_ten(groups),
        kept_share=sum(one.kept for one in groups) / due if due >= FEWEST else None,
    )


def _days_of_nine_in_ten(groups: list[_Group]) -> int | None:
    """Return the first day on which the estimated share of open requests is a tenth or less.

    On each day, the share falls by the part that was closed of those known to have been open.
    """
    at_risk = sum(one.count for one in groups)
    open_share = 1.0
    for day in sorted({one.days for one in groups}):
        of_day = [one for one in groups if one.days == day]
        closed = sum(one.count for one in of_day if one.closed)
        open_share *= 1 - closed / at_risk
        if open_share <= 0.1 + 1e-9:
            return day
        at_risk -= sum(one.count for one in of_day)
    return None


@lru_cache
def _statement(jurisdiction: Scope) -> Statement:
    """Return the statement that groups requests by service, state, and days."""
    one = ServiceRequest
    since, now = (bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "now"))
    took = extract("epoch", one.updated_datetime - one.requested_datetime) / _SECONDS_OF_DAY
    age = extract("epoch", now - one.requested_datetime) / _SECONDS_OF_DAY
    days = case((is_open(), func.floor(age)), else_=func.greatest(func.ceil(took), 1))
    closed = not_(is_open())
    kept = and_(closed, one.updated_datetime <= one.expected_datetime)
    due = or_(and_(closed, one.expected_datetime.is_not(None)), one.expected_datetime < now)
    grouped = (one.service_id, closed, cast(days, Integer))
    statement = (
        select(
            *grouped,
            func.count(),
            func.count().filter(due),
            func.count().filter(kept),
        )
        .where(
            visible_to(Audience.PUBLIC, jurisdiction),
            one.requested_datetime.between(since, now),
            one.detailed_status != all_(literal(list(NO_WORK), ARRAY(String))),
        )
        .group_by(*grouped)
    )
    return Statement(statement, prepared=False)
