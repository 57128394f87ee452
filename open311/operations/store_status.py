"""A step of a service request's status with all that follows from it; the caller commits."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from open311.database import db
from open311.models import ServiceRequest
from open311.operations.add_service_request import add_status_change, status_of
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.rerouting import still_open
from open311.queries.service_requests import of_jurisdiction


def store_status(
    jurisdiction: JurisdictionInfo,
    pk: int,
    status: str,
    status_notes: str,
    made_by: str | None = None,
) -> int:
    """Add a status change as of now, and give its id; what repeats a closed one is closed with it.

    What is closed waits for nobody any more.

    status is a detailed one. Whoever reported the same is told the same, and together with what.
    The caller holds the lock of lock_changes, and commits.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    change_id = add_status_change(pk, status, status_notes, now, made_by=made_by)
    if status_of(status) == "closed":
        _stop_waiting(pk)
        repeated = _open_duplicates(jurisdiction, pk)
        notes = _told_together(jurisdiction, pk, status_notes) if repeated else ""
        for one in repeated:
            _stop_waiting(one)
            add_status_change(one, status, notes, now, made_by=made_by)
    return change_id


def _stop_waiting(pk: int) -> None:
    waits = (ServiceRequest.pk == pk) & ServiceRequest.waits_since.is_not(None)
    db.session.execute(update(ServiceRequest).where(waits).values(waits_since=None))


def _open_duplicates(jurisdiction: JurisdictionInfo, pk: int) -> list[int]:
    statement = select(ServiceRequest.pk).where(
        of_jurisdiction(jurisdiction), ServiceRequest.duplicate_of_pk == pk, still_open()
    )
    return list(db.session.scalars(statement.order_by(ServiceRequest.pk)))


def _told_together(jurisdiction: JurisdictionInfo, pk: int, status_notes: str) -> str:
    """Give the note for who reported the same: an id that is not public is not told."""
    public_id = db.session.scalar(
        select(ServiceRequest.service_request_id).where(
            of_jurisdiction(jurisdiction), ServiceRequest.pk == pk, ServiceRequest.public
        )
    )
    together = f"Closed together with {public_id}." if public_id else ""
    return f"{status_notes} {together}".strip()
