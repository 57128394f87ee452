"""Reads of the review queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from open311.database import db
from open311.models import Department, Service, ServiceRequest, TriageEntry
from open311.queries.requests.conditions import is_open, not_withdrawn
from schemas.vocabulary.triage import OF_CLOSED_REQUESTS


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

    Withdrawn requests need no review, and closed ones only for OF_CLOSED_REQUESTS.
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
            not_withdrawn(),
            or_(is_open(), TriageEntry.reason.in_(OF_CLOSED_REQUESTS)),
        )
        .order_by(TriageEntry.raised_at, TriageEntry.id)
    )
    if reason is not None:
        statement = statement.where(TriageEntry.reason == reason)
    if department is not None:
        statement = statement.where(Department.code == department)
    return [Waiting(*row) for row in db.session.execute(statement)]


def list_reviewed(pks: Sequence[int], but_by: str) -> set[tuple[int, str, str]]:
    """List the entries of service requests that others resolved: (pk, reason, detail)."""
    statement = select(
        TriageEntry.service_request_pk, TriageEntry.reason, TriageEntry.detail
    ).where(TriageEntry.service_request_pk.in_(pks), TriageEntry.settled_by != but_by)
    return {(pk, reason, detail) for pk, reason, detail in db.session.execute(statement)}
