"""Withdrawal of a service request: its content is erased, a tombstone stays."""

from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.withdraw import store_withdrawal


@operation
def withdraw_service_request(
    jurisdiction: Scope,
    service_request_id: str,
    made_by: str,
    reason: str = "",
    seen: int | None = None,
) -> list[str]:
    """Erase the content and personal data of a service request, and cancel it.

    Its service, department, and coordinates stay for statistics, and so do the times and kinds of
    its history; none of it is public any more. Linked service requests lose the personal data that
    they repeat. reason is for staff only. Returns the names of deleted photos, whose files the
    caller removes next: store.remove_photos(names). Raises NotFound for an unknown id, Gone for one
    that was withdrawn before, and ChangedMeanwhile if another change was made after seen.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    return store_withdrawal(jurisdiction, row.pk, made_by, reason)
