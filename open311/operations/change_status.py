"""A step in a service request's life: closed, opened again and the like, with a public note."""

from collections.abc import Sequence

from open311.database import db
from open311.errors import Conflict
from open311.operations.lock_service_request import lock_service_request
from open311.operations.store_media import Medium, store_media
from open311.operations.store_status import store_status
from open311.operations.store_work_step import store_work_step
from open311.queries.jurisdictions import JurisdictionInfo


def change_status(
    jurisdiction: JurisdictionInfo,
    service_request_id: str,
    status: str,
    status_notes: str,
    *,
    made_by: str | None = None,
    internal_note: str = "",
    media: Sequence[Medium] = (),
    seen: int | None = None,
) -> None:
    """Add a status change; the database moves status, status_notes and updated_datetime along.

    status is a detailed one (open and closed are among them), status_notes and media are shown to
    all, internal_note and made_by to staff alone. The files of the photos are written. Raises
    NotFound for an unknown id, Gone for a withdrawn one and Conflict where nothing would change;
    ChangedMeanwhile after another change than seen.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    same = (row.detailed_status, row.status_notes) == (status, status_notes)
    if same and not media and not internal_note:
        raise Conflict(f"Service request {service_request_id} is {status} with this note already.")
    if not same or media:
        change_id = store_status(jurisdiction, row.pk, status, status_notes, made_by)
        store_media(row.pk, media, status_change_id=change_id)
    if internal_note:
        store_work_step(row.pk, "noted", internal_note, made_by or "")
    db.session.commit()
