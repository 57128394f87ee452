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
from open311.steps.requests.once import claim_once, settle_once
from open311.steps.requests.reopen import reopens, store_reopening
from open311.steps.routing.store import lock_routed
from open311.steps.values.once import Once
from open311.steps.values.submissions import Medium
from schemas.vocabulary.telling import QUESTION


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
    with_duplicates: bool = False,
    seen: int | None = None,
    once: Once | None = None,
) -> str:
    """Add a status change; a trigger copies it to the service request.

    status is a detailed status. status_notes and media, with files written already, are public;
    internal_note and made_by are for staff. with_duplicates reopens the duplicates as well.

    Returns the id of the service request, or of the new one that continues it if it was closed too
    long ago. Raises NotFound, Gone, Conflict if nothing would change or if it is continued already,
    ChangedMeanwhile if another change was made after seen, and DoneBefore as claim_once.
    """
    claim_once(once)
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    same = (row.detailed_status, row.status_notes) == (status, status_notes)
    if same and not media and not internal_note:
        raise Conflict(SAME_STATUS, field="status", id=service_request_id, status=status)
    changed, pk = service_request_id, row.pk
    change = (jurisdiction, pk, status, status_notes)
    if reopens(row.detailed_status, status):
        reopening = store_reopening(*change, made_by, with_duplicates=with_duplicates)
        changed, pk = reopening.continued_as or service_request_id, reopening.pk
        store_media(pk, media, status_change_id=reopening.change_id)
    elif not same or media:
        change_id = store_status(*change, current=row.detailed_status, made_by=made_by)
        store_media(pk, media, status_change_id=change_id)
    if internal_note:
        store_work_step(pk, "noted", internal_note, made_by or "")
    settle_once(once, row.pk)
    return changed


@operation
def wait_for_reporter(
    jurisdiction: Scope,
    service_request_id: str,
    status_notes: str,
    made_by: str,
    seen: int | None = None,
) -> None:
    """Ask the requester a question in a public note, and pause the due date.

    The due date is paused until the service request is resumed or closed. Raises NotFound, Gone,
    InvalidParameters without a question, Conflict if it is on hold already or closed, and
    ChangedMeanwhile if another change was made after seen.
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
    kept, question = routed.detailed_status, status_notes.strip()
    store_status(
        *(jurisdiction, routed.pk, kept, question),
        current=kept,
        made_by=made_by,
        telling=QUESTION,
    )
    store_work_step(routed.pk, "waits", "", made_by)


@operation
def resume(
    jurisdiction: Scope, service_request_id: str, made_by: str, seen: int | None = None
) -> None:
    """Resume a service request on hold; its due date moves by the working time on hold.

    Raises NotFound, Gone, Conflict if it is not on hold, and ChangedMeanwhile if another change was
    made after seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if routed.waits_since is None:
        raise Conflict(NOT_ON_HOLD, id=service_request_id)
    stop_waiting(jurisdiction, [routed.pk])
    store_work_step(routed.pk, "resumed", "", made_by)
