"""Reading tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from open311.database import db
from open311.errors import NotFound
from open311.models import Service, ServiceRequest
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.search.visibility import not_withdrawn, of_jurisdiction
from open311.queries.withdrawn import gone


def get_token(jurisdiction: JurisdictionInfo, token: str) -> dict[str, Any]:
    """Get what a token stands for: the token, and service_request_id once there is one.

    Raises NotFound, and Gone where the service request has been withdrawn.
    """
    row = db.session.execute(
        select(ServiceRequest.service_request_id, ServiceRequest.withdrawn_at).where(
            of_jurisdiction(jurisdiction), ServiceRequest.token == token
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"token {token!r} is not known here.")
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id, token)
    accepted = {} if row.service_request_id is None else {"service_request_id": row[0]}
    return {**accepted, "token": token}


def list_pending_tokens(jurisdiction: JurisdictionInfo) -> list[Row[str | None, str, datetime]]:
    """List reports that wait for acceptance as (token, service_code, requested_datetime)."""
    statement = (
        select(ServiceRequest.token, Service.service_code, ServiceRequest.requested_datetime)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.token.is_not(None),
            ServiceRequest.service_request_id.is_(None),
            not_withdrawn(),
        )
        .order_by(ServiceRequest.requested_datetime, ServiceRequest.pk)
    )
    return list(db.session.execute(statement).all())
