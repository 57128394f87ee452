"""A step in a service request's life: closed, or opened again, with a note for the public."""

from datetime import UTC, datetime

from sqlalchemy import select

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.models import ServiceRequest
from open311.operations.add_service_request import add_status_change
from open311.operations.lock_changes import lock_changes
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.service_requests import of_jurisdiction


def change_status(
    jurisdiction: JurisdictionInfo, service_request_id: str, status: str, status_notes: str
) -> None:
    """Add a status change; the database moves status, status_notes and updated_datetime along.

    status is open or closed, status_notes are shown to all. Raises NotFound for an unknown id and
    Conflict where nothing would change.
    """
    lock_changes(jurisdiction)
    row = db.session.execute(
        select(ServiceRequest.pk, ServiceRequest.status, ServiceRequest.status_notes)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.service_request_id == service_request_id,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(f"service_request_id {service_request_id!r} is not known here.")
    if (row.status, row.status_notes) == (status, status_notes):
        raise Conflict(f"Service request {service_request_id} is {status} with this note already.")
    now = datetime.now(UTC).replace(microsecond=0)
    add_status_change(row.pk, status, status_notes, now)
    db.session.commit()
