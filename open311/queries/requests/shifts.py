"""Shift lists: the stops of a user for a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Float, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from geo.coordinates import Point
from open311.database import db
from open311.models import Department, Service, ServiceRequest, ShiftStop
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, not_withdrawn, of_jurisdiction


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A stop of a shift list. id is the request number, or the token until there is one.

    expected_datetime is in UTC; is_acknowledged says whether the department has acknowledged it.
    """

    pk: int
    id: str
    position: int
    service_code: str
    service_name: str
    department_id: int
    department: str
    address: str
    description: str
    status: str
    detailed_status: str
    expected_datetime: datetime | None
    is_acknowledged: bool
    change_number: int
    point: Point | None


def list_stops(jurisdiction: Scope, user_id: int, day: date) -> list[Stop]:
    """List the stops of a user for a day, in order, without requests that were withdrawn."""
    request = ServiceRequest
    rows = db.session.execute(
        select(
            request.pk,
            func.coalesce(request.service_request_id, request.token, "").label("id"),
            ShiftStop.position,
            Service.service_code,
            Service.service_name,
            request.department_id,
            Department.name.label("department"),
            request.address_string.label("address"),
            *(request.description, request.status, request.detailed_status),
            request.expected_datetime,
            request.accepted_at.is_not(None).label("is_acknowledged"),
            request.change_number,
            func.ST_Y(request.location, type_=Float).label("lat"),
            func.ST_X(request.location, type_=Float).label("long"),
        )
        .join(request, request.pk == ShiftStop.service_request_pk)
        .join(Service, Service.id == request.service_id)
        .join(Department, Department.id == request.department_id)
        .where(
            ShiftStop.user_id == user_id,
            ShiftStop.day == day,
            of_jurisdiction(jurisdiction),
            not_withdrawn(),
        )
        .order_by(ShiftStop.position)
    ).mappings()
    return [_stop(dict(row)) for row in rows]


def _stop(row: dict[str, object]) -> Stop:
    lat, long = row.pop("lat"), row.pop("long")
    point = (
        Point(lat=lat, long=long) if isinstance(lat, float) and isinstance(long, float) else None
    )
    return Stop(point=point, **row)  # type: ignore[arg-type]


def find_stop(jurisdiction: Scope, user_id: int, day: date, id_: str) -> int | None:
    """Find the primary key of the request of a stop, by its id; None if it is not on the list."""
    statement = (
        select(ServiceRequest.pk)
        .join(ShiftStop, ShiftStop.service_request_pk == ServiceRequest.pk)
        .where(
            of_jurisdiction(jurisdiction),
            known_as(id_),
            ShiftStop.user_id == user_id,
            ShiftStop.day == day,
        )
    )
    pk: int | None = db.session.scalar(statement)
    return pk


@dataclass(frozen=True)
class Candidate:
    """A request that may become a stop, with its department."""

    pk: int
    id: str
    department_id: int
    department: str


def find_candidates(jurisdiction: Scope, ids: Sequence[str]) -> Mapping[str, Candidate]:
    """Find requests by id or token, without those that do not exist or were withdrawn."""
    wanted = any_(literal(list(ids), ARRAY(ServiceRequest.service_request_id.type)))
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    rows = db.session.execute(
        select(ServiceRequest.pk, name, ServiceRequest.department_id, Department.name)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(
            of_jurisdiction(jurisdiction),
            not_withdrawn(),
            (ServiceRequest.service_request_id == wanted) | (ServiceRequest.token == wanted),
        )
    )
    return {row[1]: Candidate(*row) for row in rows}


def list_pks(user_id: int, day: date) -> list[int]:
    """List the primary keys of the requests of a shift list, in order."""
    statement = (
        select(ShiftStop.service_request_pk)
        .where(ShiftStop.user_id == user_id, ShiftStop.day == day)
        .order_by(ShiftStop.position)
    )
    return list(db.session.scalars(statement))
