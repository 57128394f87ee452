"""Records of erased personal data, and of withdrawals."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from open311.database import db
from open311.models import Erasure, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, of_jurisdiction


@dataclass(frozen=True, kw_only=True)
class ErasureRecord:
    """An erasure from a service request, or outside of any (name is None). erased_at is in UTC.

    counts holds the number of erased values by kind.
    """

    name: str | None
    basis: str
    reason: str
    counts: dict[str, int]
    erased_at: datetime
    erased_by: str


def list_erasures(jurisdiction_id: str, limit: int) -> list[ErasureRecord]:
    """List the newest erasures, oldest first, without those that found nothing to erase."""
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    statement = (
        select(
            name.label("name"),
            Erasure.basis,
            Erasure.reason,
            Erasure.counts,
            Erasure.erased_at,
            Erasure.erased_by,
        )
        .outerjoin(ServiceRequest, ServiceRequest.pk == Erasure.service_request_pk)
        .where(Erasure.jurisdiction_id == jurisdiction_id, Erasure.counts != {})
        .order_by(Erasure.erased_at.desc(), Erasure.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(statement).all()
    return [ErasureRecord(**row._mapping) for row in reversed(rows)]


@dataclass(frozen=True)
class Withdrawal:
    """When and by whom a service request was withdrawn; by is empty before there were records.

    public is whether the public sees that it was withdrawn.
    """

    at: datetime | None
    by: str
    reason: str
    public: bool


def find_withdrawal(jurisdiction: Scope, name: str) -> Withdrawal:
    """Find the withdrawal of a request by its number or token, which was withdrawn."""
    statement = (
        select(
            ServiceRequest.withdrawn_at,
            func.coalesce(Erasure.erased_by, ""),
            func.coalesce(Erasure.reason, ""),
            ServiceRequest.public,
        )
        .outerjoin(
            Erasure,
            (Erasure.service_request_pk == ServiceRequest.pk) & (Erasure.basis == "withdrawal"),
        )
        .where(of_jurisdiction(jurisdiction), known_as(name))
    )
    at, by, reason, public = db.session.execute(statement).one()
    return Withdrawal(at, by, reason, public)
