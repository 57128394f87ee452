"""The review queue: mark service requests as reviewed."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import NOT_IN_REVIEW, NOT_IN_REVIEW_FOR
from open311.models import ServiceRequest, TriageEntry
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import known_as, of_jurisdiction
from open311.steps.requests.lock import lock_service_request


@operation
def settle_triage(
    jurisdiction: Scope,
    service_request_id: str,
    reason: str | None,
    made_by: str,
    seen: int | None = None,
) -> int:
    """Resolve the triage entries of a service request, or those of one reason.

    Returns their number. Raises NotFound if there is none, and ChangedMeanwhile if another change
    was made after seen.
    """
    if seen is not None:
        lock_service_request(jurisdiction, service_request_id, seen=seen)
    known = select(ServiceRequest.pk).where(
        of_jurisdiction(jurisdiction), known_as(service_request_id)
    )
    statement = update(TriageEntry).where(
        TriageEntry.service_request_pk.in_(known), TriageEntry.settled_at.is_(None)
    )
    if reason is not None:
        statement = statement.where(TriageEntry.reason == reason)
    values = {"settled_at": datetime.now(UTC), "settled_by": made_by}
    settled = db.session.execute(statement.values(**values).returning(TriageEntry.id)).all()
    if not settled:
        if reason is None:
            raise NotFound(NOT_IN_REVIEW, id=service_request_id)
        raise NotFound(NOT_IN_REVIEW_FOR, id=service_request_id, reason=reason)
    return len(settled)
