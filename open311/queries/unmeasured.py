"""Service requests from before borders were measured: they have a place and no neighbour."""

from typing import Any

from sqlalchemy import Float, func, select

from open311.database import db
from open311.models import Service, ServiceRequest, ServiceRequestBoundary


def list_unmeasured(jurisdiction_id: str, after: int, limit: int) -> list[Any]:
    """List those whose pk is greater than after, in its order, with what measuring needs."""
    measured = (
        select(ServiceRequestBoundary.service_request_pk)
        .where(
            ServiceRequestBoundary.service_request_pk == ServiceRequest.pk,
            ServiceRequestBoundary.neighbour_id.is_not(None),
        )
        .exists()
    )
    statement = (
        select(
            ServiceRequest.pk,
            Service.service_code,
            Service.group,
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
            ServiceRequest.requested_datetime,
            ServiceRequest.answers,
            ServiceRequest.accuracy_metres,
            ServiceRequest.department_id,
            ServiceRequest.status,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ~ServiceRequest.sandbox,
            ServiceRequest.location.is_not(None),
            ServiceRequest.pk > after,
            ~measured,
        )
        .order_by(ServiceRequest.pk)
        .limit(limit)
    )
    return list(db.session.execute(statement))
