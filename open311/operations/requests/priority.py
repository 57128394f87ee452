"""Priorities of service requests."""

from sqlalchemy import select, update

from open311.database import db
from open311.errors import Conflict
from open311.messages.requests import SAME_PRIORITY
from open311.models import ServiceRequest
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.history import store_work_step
from open311.steps.requests.lock import lock_service_request
from schemas.vocabulary.priorities import RANK_OF


@operation
def set_priority(
    jurisdiction: Scope,
    service_request_id: str,
    priority: str,
    made_by: str,
    seen: int | None = None,
) -> None:
    """Set the priority of a service request, one of PRIORITIES.

    Raises NotFound, Gone, Conflict if nothing would change, and ChangedMeanwhile if another change
    was made after seen.
    """
    pk = lock_service_request(jurisdiction, service_request_id, seen=seen).pk
    rank, mine = RANK_OF[priority], ServiceRequest.pk == pk
    if db.session.scalar(select(ServiceRequest.priority).where(mine)) == rank:
        raise Conflict(SAME_PRIORITY, field="priority", id=service_request_id, priority=priority)
    db.session.execute(update(ServiceRequest).where(mine).values(priority=rank))
    store_work_step(pk, "prioritized", priority, made_by)
