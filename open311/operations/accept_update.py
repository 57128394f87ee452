"""Accepting an update that waits: it becomes a step of its service request."""

from datetime import datetime

from sqlalchemy import Row, select, update

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.models import ReceivedUpdate, ServiceRequest
from open311.operations.lock_changes import lock_changes
from open311.operations.store_status import store_status
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.search.visibility import of_jurisdiction
from open311.queries.withdrawn import gone


def accept_update(jurisdiction: JurisdictionInfo, token: str) -> str:
    """Apply one update and give its new update_id; raises NotFound, Gone and Conflict."""
    row = _lock(jurisdiction, token)
    change_id = store_status(
        jurisdiction, row.pk, row.status or row.detailed_status, row.description
    )
    db.session.execute(
        update(ReceivedUpdate).where(ReceivedUpdate.id == row.id).values(status_change_id=change_id)
    )
    db.session.commit()
    return str(change_id)


def _lock(
    jurisdiction: JurisdictionInfo, token: str
) -> Row[int, str | None, str, int | None, int, str | None, str, datetime | None]:
    lock_changes(jurisdiction)
    row = db.session.execute(
        select(
            ReceivedUpdate.id,
            ReceivedUpdate.status,
            ReceivedUpdate.description,
            ReceivedUpdate.status_change_id,
            ServiceRequest.pk,
            ServiceRequest.service_request_id,
            ServiceRequest.detailed_status,
            ServiceRequest.withdrawn_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(of_jurisdiction(jurisdiction), ReceivedUpdate.token == token)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(f"token {token!r} is not known here.")
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id)
    if row.status_change_id is not None:
        raise Conflict(f"token {token!r} has been accepted already: {row.status_change_id}.")
    return row
