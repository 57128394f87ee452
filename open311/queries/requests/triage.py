"""Reads of the review queue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from open311.database import db
from open311.models import Department, Service, ServiceRequest, TriageEntry
from open311.queries.requests.conditions import still_open


@dataclass(frozen=True)
class Waiting:
    """A service request that needs review, with the reason. raised_at is in UTC."""

    service_request_id: str | None
    token: str | None
    reason: str
    detail: str
    service_code: str
    department: str
    raised_at: datetime


def list_triage(
    jurisdiction_id: str, *, reason: str | None = None, department: str | None = None
) -> list[Waiting]:
    """List requests that need review, oldest entry first, by reason or department code.

    Closed and withdrawn requests need no review.
    """
    statement = (
        select(
            ServiceRequest.service_request_id,
            ServiceRequest.token,
            TriageEntry.reason,
            TriageEntry.detail,
            Service.service_code,
            Department.name,
            TriageEntry.raised_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == TriageEntry.service_request_pk)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(
            TriageEntry.jurisdiction_id == jurisdiction_id,
            TriageEntry.settled_at.is_(None),
            still_open(),
        )
        .order_by(TriageEntry.raised_at, TriageEntry.id)
    )
    if reason is not None:
        statement = statement.where(TriageEntry.reason == reason)
    if department is not None:
        statement = statement.where(Department.code == department)
    return [Waiting(*row) for row in db.session.execute(statement)]
