"""Requests that are linked to a service request, and others near it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, String, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.distances import FOOT
from open311.database import db
from open311.models import Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction
from open311.queries.routing.stored import Routed
from open311.queries.search.places import is_within, meters_from


@dataclass(frozen=True)
class Linked:
    """A service request that is linked to another; service_request_id is its token before."""

    service_request_id: str
    status: str
    description: str
    requested: datetime


def find_linked(pk: int | None) -> Linked | None:
    """Find a service request that another refers to, by its primary key; None for no key."""
    if pk is None:
        return None
    row = db.session.execute(_select().where(ServiceRequest.pk == pk)).one_or_none()
    return None if row is None else Linked(*row)


def find_continuation(jurisdiction: Scope, pk: int) -> str | None:
    """Find the number of the service request that continues a closed one."""
    number: str | None = db.session.scalar(
        select(ServiceRequest.service_request_id).where(
            of_jurisdiction(jurisdiction), ServiceRequest.continues_pk == pk, not_withdrawn()
        )
    )
    return number


def list_duplicates(pk: int) -> list[Linked]:
    """List the duplicates of a service request, oldest first."""
    statement = (
        _select()
        .where(ServiceRequest.duplicate_of_pk == pk, not_withdrawn())
        .order_by(ServiceRequest.requested_datetime, ServiceRequest.pk)
    )
    return [Linked(*row) for row in db.session.execute(statement)]


def find_repeating(jurisdiction: Scope, names: Sequence[str]) -> set[str]:
    """Return the requests, by id or token, that are duplicates of others."""
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    wanted = any_(literal(list(names), ARRAY(String)))
    statement = select(name).where(
        of_jurisdiction(jurisdiction), name == wanted, ServiceRequest.duplicate_of_pk.is_not(None)
    )
    return set(db.session.scalars(statement))


def _select() -> Select[str, str, str, datetime]:
    return select(
        func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token),
        ServiceRequest.status,
        ServiceRequest.description,
        ServiceRequest.requested_datetime,
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
    metres: float


def list_nearby(jurisdiction: Scope, routed: Routed) -> list[Nearby]:
    """List similar requests that are near in space and time, nearest first."""
    point, at = routed.question.point, routed.question.at
    if point is None:
        return []
    metres = meters_from(ServiceRequest.location, point).label("metres")
    statement = (
        select(
            func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token),
            ServiceRequest.status,
            ServiceRequest.description,
            ServiceRequest.requested_datetime,
            metres,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(
            of_jurisdiction(jurisdiction),
            not_withdrawn(),
            ServiceRequest.pk != routed.pk,
            Service.service_code == routed.question.service_code,
            ServiceRequest.requested_datetime.between(at - NEARBY_PERIOD, at + NEARBY_PERIOD),
            is_within(ServiceRequest.location, point, NEARBY_METERS[jurisdiction.units]),
        )
        .order_by(metres, ServiceRequest.pk)
        .limit(MOST)
    )
    return [Nearby(*row) for row in db.session.execute(statement)]
