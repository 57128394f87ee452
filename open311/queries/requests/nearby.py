"""Requests that are linked to a service request, and others near it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    String,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.coordinates import Box
from geo.distances import FOOT
from open311.database import db
from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction
from open311.queries.routing.stored import Routed
from open311.queries.search.places import is_near, meters_from
from open311.queries.together import Rows
from open311.statements import Statement


def select_links(pk: Any, duplicate_of_pk: Any, continues_pk: Any) -> dict[str, Rows]:
    """Return lists of what is linked to a service request, by name: at most one, or duplicates.

    main is the original of a duplicate. service_request_id is the token of one without a number.
    """
    continued = ServiceRequest.continues_pk == pk
    has_number = ServiceRequest.service_request_id.is_not(None)
    duplicate = ServiceRequest.duplicate_of_pk == pk
    return {
        "main": _linked(ServiceRequest.pk == duplicate_of_pk),
        "continues": _linked(ServiceRequest.pk == continues_pk),
        "continued_as": _linked(continued, has_number, not_withdrawn()),
        "duplicates": _linked(duplicate, not_withdrawn()),
    }


def _linked(*conditions: ColumnElement[bool]) -> Rows:
    """Select what pages show of linked requests, oldest first."""
    in_order = (ServiceRequest.requested_datetime, ServiceRequest.pk)
    return _select().where(*conditions).order_by(*in_order)


def find_continuation(jurisdiction: Scope, pk: int) -> str | None:
    """Find the number of the service request that continues a closed one."""
    number: str | None = db.session.scalar(
        select(ServiceRequest.service_request_id).where(
            of_jurisdiction(jurisdiction), ServiceRequest.continues_pk == pk, not_withdrawn()
        )
    )
    return number


def find_repeating(jurisdiction: Scope, names: Sequence[str]) -> set[str]:
    """Return the requests, by id or token, that are duplicates of others."""
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    wanted = any_(literal(list(names), ARRAY(String)))
    statement = select(name).where(
        of_jurisdiction(jurisdiction), name == wanted, ServiceRequest.duplicate_of_pk.is_not(None)
    )
    return set(db.session.scalars(statement))


def _select() -> Rows:
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    return select(
        name.label("service_request_id"),
        ServiceRequest.status,
        ServiceRequest.description,
        ServiceRequest.requested_datetime.label("requested"),
    )


NEARBY_METERS = {"metric": 100.0, "us": 300 * FOOT}
"""Meters within which requests are nearby, by the units of the city: a round number to read."""

NEARBY_PERIOD = timedelta(days=30)

MOST = 10


@dataclass(frozen=True)
class Nearby:
    """A request for the same service nearby in space and time. Times are UTC."""

    service_request_id: str
    status: str
    description: str
    requested: datetime
    meters: float


def list_nearby(jurisdiction: Scope, routed: Routed) -> list[Nearby]:
    """List similar requests that are near in space and time, nearest first."""
    point, at = routed.question.point, routed.question.at
    if point is None:
        return []
    within = NEARBY_METERS[jurisdiction.units]
    sides = {f"side_{n}": side for n, side in enumerate(Box.around(point, within).diagonals)}
    statement = _nearby(jurisdiction.jurisdiction_id, jurisdiction.sandbox, tuple(sides))
    rows = statement.read(
        {
            "pk": routed.pk,
            "service_id": routed.service_id,
            "since": at - NEARBY_PERIOD,
            "until": at + NEARBY_PERIOD,
            "center": point.ewkt,
            "meters": within,
            **sides,
        }
    )
    return [Nearby(*row) for row in rows]


@lru_cache
def _nearby(jurisdiction_id: str, sandbox: bool, sides: Sequence[str]) -> Statement:
    """Return the statement of list_nearby; sides are the parameters of the box around."""
    location, moment = ServiceRequest.location, ServiceRequest.requested_datetime
    center, meters = bindparam("center", type_=String), bindparam("meters", type_=Float)
    box = [bindparam(side, type_=String) for side in sides]
    distance = meters_from(location, center)
    statement = (
        _select()
        .add_columns(distance)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ServiceRequest.sandbox == sandbox,
            not_withdrawn(),
            ServiceRequest.pk != bindparam("pk"),
            ServiceRequest.service_id == bindparam("service_id"),
            moment.between(bindparam("since"), bindparam("until")),
            is_near(location, box, center, meters),
        )
        .order_by(distance, ServiceRequest.pk)
        .limit(literal_column(str(MOST), Integer))
    )
    return Statement(statement, prepared=False)
