"""Priorities of service requests."""

from open311.errors import Conflict
from open311.messages.requests import SAME_PRIORITY
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.priority import store_priority


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
    if not store_priority(pk, priority, made_by):
        raise Conflict(SAME_PRIORITY, field="priority", id=service_request_id, priority=priority)
