"""Status changes by staff: close, reopen, hold, resume."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import update

from open311.database import db
from open311.errors import Conflict, InvalidParameters
from open311.messages.requests import (
    ALREADY_ON_HOLD,
    NOT_ON_HOLD,
    QUESTION_REQUIRED,
    REQUEST_CLOSED,
    SAME_STATUS,
)
from open311.models import ServiceRequest
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.history import stop_waiting, store_status, store_work_step
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.media import store_media
from open311.steps.routing.store import lock_routed
from open311.steps.values.submissions import Medium


@operation
def change_status(
    jurisdiction: Scope,
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
        raise Conflict(SAME_STATUS, field="status", id=service_request_id, status=status)
    if not same or media:
        change_id = store_status(jurisdiction, row.pk, status, status_notes, made_by)
        store_media(row.pk, media, status_change_id=change_id)
    if internal_note:
        store_work_step(row.pk, "noted", internal_note, made_by or "")


@operation
def wait_for_reporter(
    jurisdiction: Scope,
    service_request_id: str,
    status_notes: str,
    made_by: str,
    seen: int | None = None,
) -> None:
    """Ask who reported for something, for everyone to read, and let the due date stand still.

    It is not overdue until it goes on, by resume or by being closed. Raises NotFound, Gone,
    InvalidParameters where nothing is asked, Conflict where it waits already or is closed, and
    ChangedMeanwhile after another change than seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if not status_notes.strip():
        raise InvalidParameters(QUESTION_REQUIRED, field="status_notes")
    if routed.status == "closed":
        raise Conflict(REQUEST_CLOSED, id=service_request_id)
    if routed.waits_since is not None:
        raise Conflict(ALREADY_ON_HOLD, id=service_request_id)
    statement = update(ServiceRequest).where(ServiceRequest.pk == routed.pk)
    db.session.execute(statement.values(waits_since=datetime.now(UTC)))
    store_status(jurisdiction, routed.pk, routed.detailed_status, status_notes.strip(), made_by)
    store_work_step(routed.pk, "waits", "", made_by)


@operation
def resume(
    jurisdiction: Scope, service_request_id: str, made_by: str, seen: int | None = None
) -> None:
    """Go on with what waited, due later by the working time that has passed meanwhile.

    Raises NotFound, Gone, Conflict where it does not wait, and ChangedMeanwhile after another
    change than seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if routed.waits_since is None:
        raise Conflict(NOT_ON_HOLD, id=service_request_id)
    stop_waiting(jurisdiction, routed.pk)
    store_work_step(routed.pk, "resumed", "", made_by)
