"""One service request, locked for a change of it."""

from datetime import datetime

from sqlalchemy import Row, select

from open311.database import db
from open311.errors import ChangedMeanwhile, NotFound
from open311.models import Service, ServiceRequest
from open311.operations.lock_changes import lock_changes
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.search.visibility import known_as, of_jurisdiction
from open311.queries.withdrawn import gone

MEANWHILE = (
    "Someone else has changed {} meanwhile, and nothing was done: look at what has changed, and "
    "decide again."
)


def lock_service_request(
    jurisdiction: JurisdictionInfo,
    service_request_id: str,
    *,
    only_public: bool = False,
    seen: int | None = None,
) -> Row[int, str, str, str, datetime | None, int]:
    """Lock a service request until the commit, by its id or its token.

    seen is the change_number that whoever acts has looked at: if there was another change since,
    ChangedMeanwhile is raised.

    Gives (pk, detailed_status, status_notes, service_type, …). Raises NotFound, with only_public
    also for one that is not published or named by its token, and Gone for one that was withdrawn.
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
        raise NotFound(f"service_request_id {service_request_id!r} is not known here.")
    if row.withdrawn_at is not None:
        raise gone(service_request_id)
    check_seen(service_request_id, row.change_number, seen)
    return row


def check_seen(service_request_id: str, change_number: int, seen: int | None) -> None:
    """Raise ChangedMeanwhile if the last change is another than was seen; None is any."""
    if seen is not None and seen != change_number:
        raise ChangedMeanwhile(MEANWHILE.format(service_request_id))
