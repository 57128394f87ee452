"""Approval of a submission to a batch service: its token resolves to an id."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.submissions import TOKEN_APPROVED, TOKEN_UNKNOWN
from open311.models import ServiceRequest
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, of_jurisdiction
from open311.steps.requests.handles import next_service_request_id
from open311.steps.requests.lock import check_seen
from open311.steps.requests.publish import store_publication


@operation
def accept_service_request(
    jurisdiction: Scope, token: str, made_by: str | None = None, seen: int | None = None
) -> str:
    """Approve a submission and return its new service_request_id.

    From now on it is listed, with the present time as requested_datetime, so that clients that poll
    by time receive it. Its history gets a step, and its status stays. Raises NotFound, Gone,
    Conflict, and ChangedMeanwhile if another change was made after seen.
    """
    row = _lock(jurisdiction, token)
    check_seen(token, row.change_number, seen)
    now = datetime.now(UTC).replace(microsecond=0)
    service_request_id = next_service_request_id(jurisdiction, now)
    store_publication(
        *(jurisdiction, row.pk, service_request_id, row.detailed_status, row.status_notes),
        now,
        made_by,
    )
    return service_request_id


def _lock(jurisdiction: Scope, token: str) -> Any:
    """Lock a held submission until the commit; raises NotFound, Gone, and Conflict."""
    row = db.session.execute(
        select(
            ServiceRequest.pk,
            ServiceRequest.service_request_id,
            ServiceRequest.withdrawn_at,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
            ServiceRequest.change_number,
        )
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.token == token,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(TOKEN_UNKNOWN, token=token)
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id, token)
    if row.service_request_id is not None:
        raise Conflict(TOKEN_APPROVED, token=token, id=row.service_request_id)
    return row
