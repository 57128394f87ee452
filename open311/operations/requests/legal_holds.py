"""Legal holds of service requests: set and lifted."""

from datetime import UTC, date, datetime

from sqlalchemy import insert, select, update

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters, NotFound
from open311.messages.retention import (
    HOLD_IN_SANDBOX,
    HOLD_IN_THE_PAST,
    HOLD_REASON_REQUIRED,
    HOLD_UNKNOWN,
)
from open311.models import LegalHold, ServiceRequest
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.lock import lock_service_request


@operation
def set_legal_hold(
    jurisdiction: Scope,
    service_request_id: str,
    reason: str,
    until: date | None,
    set_by: str,
    seen: int | None = None,
) -> None:
    """Keep a service request as it is, until the end of a day or until the hold is lifted.

    Nothing is erased from it meanwhile; work on it goes on. Raises NotFound, Gone,
    InvalidParameters, Conflict for a request of the test endpoint, and ChangedMeanwhile.
    """
    if not reason.strip():
        raise InvalidParameters(HOLD_REASON_REQUIRED, field="reason")
    if until is not None and until < jurisdiction.today():
        raise InvalidParameters(HOLD_IN_THE_PAST, field="until")
    pk = lock_service_request(jurisdiction, service_request_id, seen=seen).pk
    if db.session.scalar(select(ServiceRequest.sandbox).where(ServiceRequest.pk == pk)):
        raise Conflict(HOLD_IN_SANDBOX)
    row = {
        "service_request_pk": pk,
        "reason": reason.strip(),
        "until": until,
        "set_at": datetime.now(UTC),
        "set_by": set_by,
    }
    db.session.execute(insert(table(LegalHold)).values(row))


@operation
def lift_legal_hold(jurisdiction_id: str, hold_id: int, lifted_by: str) -> None:
    """End a legal hold now; raises NotFound for one that is not there, or was lifted."""
    here = select(ServiceRequest.pk).where(ServiceRequest.jurisdiction_id == jurisdiction_id)
    lifted = (
        update(LegalHold)
        .where(
            LegalHold.id == hold_id,
            LegalHold.lifted_at.is_(None),
            LegalHold.service_request_pk.in_(here),
        )
        .values(lifted_at=datetime.now(UTC), lifted_by=lifted_by)
        .returning(LegalHold.id)
    )
    if db.session.scalar(lifted) is None:
        raise NotFound(HOLD_UNKNOWN, field="hold")
