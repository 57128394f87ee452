"""Accepting a batch report: its token now leads to an id, and it is published."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.models import ServiceRequest
from open311.operations.add_service_request import add_status_change
from open311.operations.lock_changes import lock_changes
from open311.operations.submit_service_request import next_service_request_id
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.service_requests import of_jurisdiction
from open311.queries.withdrawn import gone


def accept_service_request(jurisdiction: JurisdictionInfo, token: str) -> str:
    """Accept one report and give its new service_request_id; raises NotFound, Gone, Conflict.

    That it is published now is a step of its history, so that who asks for changes sees it.
    """
    lock_changes(jurisdiction)
    row = db.session.execute(
        select(ServiceRequest.pk, ServiceRequest.service_request_id, ServiceRequest.withdrawn_at)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.token == token,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(f"token {token!r} is not known here.")
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id, token)
    if row.service_request_id is not None:
        raise Conflict(f"token {token!r} has been accepted already: {row.service_request_id}.")
    now = datetime.now(UTC).replace(microsecond=0)
    service_request_id = next_service_request_id(jurisdiction, now)
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.pk == row.pk)
        .values(service_request_id=service_request_id, public=True)
    )
    add_status_change(row.pk, "open", "", now)
    db.session.commit()
    return service_request_id
