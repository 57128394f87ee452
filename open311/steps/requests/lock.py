"""Locks on the numbering of changes, and on single service requests."""

from datetime import datetime

from sqlalchemy import Row, func, select

from open311.database import db
from open311.errors import ChangedMeanwhile, NotFound
from open311.messages.requests import CHANGED_SINCE, REQUEST_TO_UPDATE_UNKNOWN, REQUEST_UNKNOWN
from open311.models import Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, known_as, of_jurisdiction


def lock_changes(jurisdiction: Scope) -> None:
    """Acquire the lock of the trigger number_change, and hold it until the commit.

    Call it before locking rows: the reverse order can cause deadlocks.
    """
    name = func.hashtextextended(jurisdiction.jurisdiction_id, 311)
    db.session.execute(select(func.pg_advisory_xact_lock(name)))


def lock_service_request(
    jurisdiction: Scope,
    service_request_id: str,
    *,
    only_public: bool = False,
    seen: int | None = None,
) -> Row[int, str, str, str, datetime | None, int]:
    """Lock a service request until the commit, by its id or its token.

    only_public excludes tokens and requests that are not published. seen is the change_number that
    the client has read. Returns (pk, detailed_status, status_notes, service_type, …). Raises
    NotFound, Gone, and ChangedMeanwhile if another change was made since.
    """
    lock_changes(jurisdiction)
    statement = (
        select(
            ServiceRequest.pk,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
            Service.type.label("service_type"),
            ServiceRequest.withdrawn_at,
            ServiceRequest.change_number,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(of_jurisdiction(jurisdiction), known_as(service_request_id))
        .with_for_update(of=ServiceRequest)
    )
    if only_public:
        by_id = ServiceRequest.service_request_id == service_request_id
        statement = statement.where(ServiceRequest.public, by_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        unknown = REQUEST_TO_UPDATE_UNKNOWN if only_public else REQUEST_UNKNOWN
        raise NotFound(unknown, field="service_request_id", id=service_request_id)
    if row.withdrawn_at is not None:
        raise gone(service_request_id)
    check_seen(service_request_id, row.change_number, seen)
    return row


def check_seen(service_request_id: str, change_number: int, seen: int | None) -> None:
    """Raise ChangedMeanwhile if the last change is not the one seen; None skips the check."""
    if seen is not None and seen != change_number:
        raise ChangedMeanwhile(CHANGED_SINCE, id=service_request_id)
