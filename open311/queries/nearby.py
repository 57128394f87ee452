"""What else is near a service request: the same thing, reported twice perhaps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Function, func, or_, select

from geo.coordinates import Box, Point
from open311.database import db
from open311.models import Service, ServiceRequest
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routed import Routed
from open311.queries.service_requests import of_jurisdiction
from open311.queries.withdrawn import not_withdrawn

WITHIN_METRES = 100
WITHIN = timedelta(days=30)
MOST = 10


@dataclass(frozen=True)
class Nearby:
    """A service request of the same service near another one, in time as well. Times are UTC."""

    service_request_id: str
    status: str
    description: str
    requested: datetime
    metres: float


def list_nearby(jurisdiction: JurisdictionInfo, routed: Routed) -> list[Nearby]:
    """List those within WITHIN_METRES and WITHIN of one, the nearest first."""
    point, at = routed.question.point, routed.question.at
    if point is None:
        return []
    metres = _metres(point).label("metres")
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
            ServiceRequest.requested_datetime.between(at - WITHIN, at + WITHIN),
            or_(*(ServiceRequest.location.op("&&")(area) for area in _areas(point))),
            _metres(point) <= WITHIN_METRES,
        )
        .order_by(metres, ServiceRequest.pk)
        .limit(MOST)
    )
    return [Nearby(*row) for row in db.session.execute(statement)]


def _metres(point: Point) -> Function[float]:
    here = func.ST_GeogFromText(point.ewkt)
    return func.ST_Distance(func.geography(ServiceRequest.location), here, type_=Float)


def _areas(point: Point) -> list[ColumnElement[Any]]:
    """Give boxes for the index, which hold all places that are near enough."""
    diagonals = Box.around(point, WITHIN_METRES).diagonals
    return [func.ST_Envelope(func.ST_GeomFromEWKT(diagonal)) for diagonal in diagonals]
