"""A step in a service request's life: closed, opened again and the like, with a public note."""

from datetime import UTC, datetime

from open311.database import db
from open311.errors import Conflict
from open311.operations.add_service_request import add_status_change
from open311.operations.lock_service_request import lock_service_request
from open311.queries.jurisdictions import JurisdictionInfo


def change_status(
    jurisdiction: JurisdictionInfo,
    service_request_id: str,
    status: str,
    status_notes: str,
    seen: int | None = None,
) -> None:
    """Add a status change; the database moves status, status_notes and updated_datetime along.

    status is a detailed one (open and closed are among them), status_notes are shown to all.
    Raises NotFound for an unknown id, Gone for a withdrawn one and Conflict where nothing would
    change; ChangedMeanwhile after another change than seen.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    if (row.detailed_status, row.status_notes) == (status, status_notes):
        raise Conflict(f"Service request {service_request_id} is {status} with this note already.")
    now = datetime.now(UTC).replace(microsecond=0)
    add_status_change(row.pk, status, status_notes, now)
    db.session.commit()
