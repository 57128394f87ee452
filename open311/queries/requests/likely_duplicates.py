"""Requests that someone may be about to repeat: open, and close by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import (
    DateTime,
    Float,
    Integer,
    String,
    bindparam,
    func,
    literal_column,
    select,
)

from geo.coordinates import Box, Point, compass_direction
from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.media import first_thumbnail
from open311.queries.requests.conditions import is_open
from open311.queries.search.places import is_near, meters_from
from open311.queries.search.visibility import Audience, visible_to
from open311.statements import Statement

PERIOD = timedelta(days=90)

MOST = 3


@dataclass(frozen=True)
class LikelyDuplicate:
    """A request that may be about the same problem.

    service_request_id is the token of one that has no number yet, for staff. status is the
    detailed status. requested_datetime is UTC, and age the time since then.
    thumbnail_url is None without a photo that is stored here. direction is that in which the
    request is seen from the place that was asked about, one of COMPASS; None at the very place.
    """

    service_request_id: str
    description: str
    status: str
    requested_datetime: datetime
    age: timedelta
    thumbnail_url: str | None
    lat: float
    long: float
    meters: float
    direction: str | None


def list_likely_duplicates(
    jurisdiction: Scope,
    service_id: int,
    point: Point,
    now: datetime,
    *,
    within: float,
    audience: Audience = Audience.PUBLIC,
) -> list[LikelyDuplicate]:
    """List open requests for a service within meters of a point, nearest first.

    At most MOST, of the past 90 days; of equally near ones, the one stored first comes first. Those
    that staff have marked as duplicates are left out, and so are those that the audience may not
    read. now is aware.
    """
    sides = {f"side_{n}": side for n, side in enumerate(Box.around(point, within).diagonals)}
    rows = _statement(jurisdiction, tuple(sides), audience).read(
        {
            "service_id": service_id,
            "since": now - PERIOD,
            "center": point.ewkt,
            "meters": within,
            **sides,
        }
    )
    return [_duplicate(point, now, *row) for row in rows]


def _duplicate(
    point: Point,
    now: datetime,
    id_: str,
    description: str,
    status: str,
    requested: datetime,
    thumbnail: str | None,
    lat: float,
    long: float,
    meters: float,
) -> LikelyDuplicate:
    return LikelyDuplicate(
        service_request_id=id_,
        description=description,
        status=status,
        requested_datetime=requested,
        age=now - requested,
        thumbnail_url=thumbnail,
        lat=lat,
        long=long,
        meters=meters,
        direction=compass_direction(point, Point(lat=lat, long=long)),
    )


@lru_cache
def _statement(jurisdiction: Scope, sides: Sequence[str], audience: Audience) -> Statement:
    """Return the statement; sides are the parameters of the box around."""
    one = ServiceRequest
    center, meters = bindparam("center", type_=String), bindparam("meters", type_=Float)
    box = [bindparam(side, type_=String) for side in sides]
    distance = meters_from(one.location, center)
    statement = (
        select(
            func.coalesce(one.service_request_id, one.token, type_=String),
            one.description,
            one.detailed_status,
            one.requested_datetime,
            first_thumbnail(jurisdiction.public_url),
            func.ST_Y(one.location, type_=Float),
            func.ST_X(one.location, type_=Float),
            distance,
        )
        .where(
            visible_to(audience, jurisdiction),
            is_open(),
            one.duplicate_of_pk.is_(None),
            one.service_id == bindparam("service_id", type_=Integer),
            one.requested_datetime >= bindparam("since", type_=DateTime(timezone=True)),
            is_near(one.location, box, center, meters),
        )
        .order_by(distance, one.pk)
        .limit(literal_column(str(MOST), Integer))
    )
    return Statement(statement, prepared=False)
