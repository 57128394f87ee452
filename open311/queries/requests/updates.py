"""Reads of updates: changes of status, and updates held for approval."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, cast, func, or_, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.submissions import TOKEN_UNKNOWN
from open311.models import Media, ReceivedUpdate, ServiceRequest, StatusChange
from open311.queries.jurisdictions import Scope
from open311.queries.media import link_of_medium
from open311.queries.requests.conditions import gone, not_withdrawn, of_jurisdiction
from open311.queries.search.conditions import is_any_of
from open311.queries.search.pages import MOST_ROWS


def list_updates(
    jurisdiction: Scope, filters: Mapping[str, Any], *, detailed: bool = False
) -> list[dict[str, Any]]:
    """List updates, oldest first, at most MOST_ROWS; named as in spec 5.6.

    An update is any change of status of a public service request after the first. filters contains
    service_request_id as a list (empty: any), and start_date and end_date as aware datetimes, both
    included. With detailed, status is the detailed status instead of open or closed.
    """
    status = StatusChange.detailed_status if detailed else StatusChange.status
    statement = (
        select(
            cast(StatusChange.id, String).label("update_id"),
            ServiceRequest.service_request_id,
            status.label("status"),
            StatusChange.changed_at.label("updated_datetime"),
            StatusChange.status_notes.label("description"),
            func.coalesce(_first_link(jurisdiction.public_url), "").label("media_url"),
        )
        .join(ServiceRequest, ServiceRequest.pk == StatusChange.service_request_pk)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.public,
            not_withdrawn(),
            StatusChange.opening.is_(False),
            StatusChange.changed_at >= filters["start_date"],
            StatusChange.changed_at <= filters["end_date"],
        )
        .order_by(StatusChange.changed_at, StatusChange.id)
        .limit(MOST_ROWS)
    )
    if filters["service_request_id"]:
        ids = filters["service_request_id"]
        statement = statement.where(is_any_of(ServiceRequest.service_request_id, ids))
    return [dict(row) for row in db.session.execute(statement).mappings()]


def get_update_token(jurisdiction: Scope, token: str) -> dict[str, str]:
    """Return the token, and update_id once the update is approved.

    Raises NotFound, and Gone for a withdrawn service request.
    """
    row = db.session.execute(
        select(
            ReceivedUpdate.status_change_id,
            ServiceRequest.service_request_id,
            ServiceRequest.withdrawn_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(of_jurisdiction(jurisdiction), ReceivedUpdate.token == token)
    ).one_or_none()
    if row is None:
        raise NotFound(TOKEN_UNKNOWN, token=token)
    if row.withdrawn_at is not None:
        raise gone(row.service_request_id)
    accepted = {} if row.status_change_id is None else {"update_id": str(row.status_change_id)}
    return {**accepted, "token": token}


def list_pending_updates(
    jurisdiction: Scope,
) -> list[Row[str | None, str | None, str | None, datetime, str]]:
    """List updates held for approval, oldest first.

    Rows are (token, service_request_id, status, received_at, description); status is None if the
    update keeps the current one.
    """
    statement = (
        select(
            ReceivedUpdate.token,
            ServiceRequest.service_request_id,
            ReceivedUpdate.status,
            ReceivedUpdate.received_at,
            ReceivedUpdate.description,
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(
            of_jurisdiction(jurisdiction),
            not_withdrawn(),
            ReceivedUpdate.status_change_id.is_(None),
        )
        .order_by(ReceivedUpdate.received_at, ReceivedUpdate.id)
    )
    return list(db.session.execute(statement).all())


def _first_link(public_url: str) -> ColumnElement[Any]:
    """Select the first link of an update or of its change of status."""
    return (
        select(link_of_medium(public_url))
        .outerjoin(ReceivedUpdate, ReceivedUpdate.id == Media.received_update_id)
        .where(
            Media.service_request_pk == StatusChange.service_request_pk,
            or_(
                ReceivedUpdate.status_change_id == StatusChange.id,
                Media.status_change_id == StatusChange.id,
            ),
        )
        .order_by(Media.position)
        .limit(1)
        .correlate(StatusChange)
        .scalar_subquery()
    )
