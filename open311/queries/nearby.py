"""What else is near a service request: the same thing, reported twice perhaps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from open311.database import db
from open311.models import Service, ServiceRequest
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routed import Routed
from open311.queries.search.places import is_within, meters_from
from open311.queries.search.visibility import not_withdrawn, of_jurisdiction

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
    metres = meters_from(point).label("metres")
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
            is_within(point, WITHIN_METRES),
        )
        .order_by(metres, ServiceRequest.pk)
        .limit(MOST)
    )
    return [Nearby(*row) for row in db.session.execute(statement)]
