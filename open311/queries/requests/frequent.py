"""How often residents have asked for each service in this season: in a city, and near a place."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from sqlalchemy import ColumnElement, DateTime, Select, String, bindparam, func, or_, select

from geo.coordinates import Box, Point
from open311.models import ServiceRequest
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.search.places import touches
from open311.queries.search.visibility import Audience, visible_to
from open311.statements import Row, Statement

YEARS = 3
"""This season counts in the past year, and in the two before it."""

SEASON = timedelta(days=45)
"""The days before and after a day of the year that are its season."""

NEAR_METERS = 300.0
"""Meters from a place to each side of the square that is near it."""

_YEAR = timedelta(days=365, hours=6)


def count_near(city: City, point: Point, now: datetime) -> dict[str, int]:
    """Count the public requests of this season near a point, by service code."""
    sides = {f"side_{n}": side for n, side in enumerate(Box.around(point, NEAR_METERS).diagonals)}
    return _by_code(city, _near(city.scope, tuple(sides)).read(_seasons(now) | sides))


_COUNTS: LRUCache[object, dict[str, int]] = LRUCache(maxsize=64)


@cached(_COUNTS, key=City.day_key, lock=Lock())
def count_in_season(city: City, now: datetime) -> dict[str, int]:
    """Count the public requests of this season, by service code.

    Read once a day in each process for each version of the catalog.
    """
    return _by_code(city, _everywhere(city.scope).read(_seasons(now)))


def _by_code(city: City, rows: Sequence[Row]) -> dict[str, int]:
    codes = city.service_codes  # without services that are newer than the snapshot
    return {codes[service_id]: count for service_id, count in rows if service_id in codes}


def _seasons(now: datetime) -> dict[str, Any]:
    """Return the parameters of _in_season."""
    middles = [now - year * _YEAR for year in range(YEARS)]
    begins = {f"begin_{year}": middle - SEASON for year, middle in enumerate(middles)}
    return begins | {f"end_{year}": middle + SEASON for year, middle in enumerate(middles)}


def _in_season() -> ColumnElement[bool]:
    moment = ServiceRequest.requested_datetime
    return or_(
        *(moment.between(_time(f"begin_{year}"), _time(f"end_{year}")) for year in range(YEARS))
    )


def _time(name: str) -> Any:
    return bindparam(name, type_=DateTime(timezone=True))


def _counts(jurisdiction: Scope) -> Select[int, int]:
    return (
        select(ServiceRequest.service_id, func.count())
        .where(visible_to(Audience.PUBLIC, jurisdiction), _in_season())
        .group_by(ServiceRequest.service_id)
    )


@lru_cache
def _everywhere(jurisdiction: Scope) -> Statement:
    return Statement(_counts(jurisdiction), prepared=False)


@lru_cache
def _near(jurisdiction: Scope, sides: Sequence[str]) -> Statement:
    """Return the statement of count_near; sides are the parameters of the box around."""
    near = touches(ServiceRequest.location, [bindparam(side, type_=String) for side in sides])
    return Statement(_counts(jurisdiction).where(near), prepared=False)
