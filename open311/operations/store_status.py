"""A step of a service request's status with all that follows from it; the caller commits."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from open311.database import db
from open311.models import ServiceRequest
from open311.operations.status_steps import add_status_change, status_of
from open311.queries.due import find_moved
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.rerouting import still_open
from open311.queries.search.visibility import of_jurisdiction


def store_status(
    jurisdiction: JurisdictionInfo,
    pk: int,
    status: str,
    status_notes: str,
    made_by: str | None = None,
    at: datetime | None = None,
) -> int:
    """Add a status change, as of now unless at says otherwise (aware), and give its id.

    What repeats a closed one is closed with it, and told the same; what is closed waits for nobody
    any more. status is a detailed one. The caller holds the lock of lock_changes, and commits.
    """
    moment = at or datetime.now(UTC).replace(microsecond=0)
    change_id = add_status_change(pk, status, status_notes, moment, made_by=made_by)
    if status_of(status) == "closed":
        stop_waiting(jurisdiction, pk)
        repeated = _open_duplicates(jurisdiction, pk)
        notes = _told_together(jurisdiction, pk, status_notes) if repeated else ""
        now = datetime.now(UTC).replace(microsecond=0)
        for one in repeated:
            stop_waiting(jurisdiction, one)
            add_status_change(one, status, notes, now, made_by=made_by)
    return change_id


def stop_waiting(jurisdiction: JurisdictionInfo, pk: int) -> None:
    """Wait for who reported no more: due is later by the working time that has passed meanwhile."""
    mine = of_jurisdiction(jurisdiction), ServiceRequest.pk == pk
    row = db.session.execute(
        select(ServiceRequest.waits_since, ServiceRequest.expected_datetime).where(*mine)
    ).one()
    if row.waits_since is None:
        return
    due = row.expected_datetime
    if due is not None:
        due = find_moved(jurisdiction, due, row.waits_since, datetime.now(UTC))
    statement = update(ServiceRequest).where(ServiceRequest.pk == pk)
    db.session.execute(statement.values(waits_since=None, expected_datetime=due))


def _open_duplicates(jurisdiction: JurisdictionInfo, pk: int) -> list[int]:
    statement = select(ServiceRequest.pk).where(
        of_jurisdiction(jurisdiction), ServiceRequest.duplicate_of_pk == pk, still_open()
    )
    return list(db.session.scalars(statement.order_by(ServiceRequest.pk)))


def _told_together(jurisdiction: JurisdictionInfo, pk: int, status_notes: str) -> str:
    """Give the note for who reported the same; of one that is not public nothing is told."""
    public_id = db.session.scalar(
        select(ServiceRequest.service_request_id).where(
            of_jurisdiction(jurisdiction), ServiceRequest.pk == pk, ServiceRequest.public
        )
    )
    if public_id is None:
        return "Closed together with another report of the same."
    return f"{status_notes} Closed together with {public_id}.".strip()
