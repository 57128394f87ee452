"""Waiting for who reported: what is due stands still meanwhile."""

from datetime import UTC, datetime

from sqlalchemy import update

from open311.database import db
from open311.errors import Conflict, InvalidParameters
from open311.models import ServiceRequest
from open311.operations.store_route_again import lock_routed
from open311.operations.store_status import stop_waiting, store_status
from open311.operations.store_work_step import store_work_step
from open311.queries.jurisdictions import JurisdictionInfo


def wait_for_reporter(
    jurisdiction: JurisdictionInfo,
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
        raise InvalidParameters("status_notes is missing: say what you need to know.")
    if routed.status == "closed":
        raise Conflict(f"Service request {service_request_id} is closed: reopen it first.")
    if routed.waits_since is not None:
        raise Conflict(f"Service request {service_request_id} waits already.")
    statement = update(ServiceRequest).where(ServiceRequest.pk == routed.pk)
    db.session.execute(statement.values(waits_since=datetime.now(UTC)))
    store_status(jurisdiction, routed.pk, routed.detailed_status, status_notes.strip(), made_by)
    store_work_step(routed.pk, "waits", "", made_by)
    db.session.commit()


def resume(
    jurisdiction: JurisdictionInfo, service_request_id: str, made_by: str, seen: int | None = None
) -> None:
    """Go on with what waited, due later by the working time that has passed meanwhile.

    Raises NotFound, Gone, Conflict where it does not wait, and ChangedMeanwhile after another
    change than seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if routed.waits_since is None:
        raise Conflict(f"Service request {service_request_id} does not wait.")
    stop_waiting(jurisdiction, routed.pk)
    store_work_step(routed.pk, "resumed", "", made_by)
    db.session.commit()
