"""Reads of updates: changes of status, and updates held for approval."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, cast, func, or_, select

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.submissions import TOKEN_UNKNOWN, UPDATE_ID_USED
from open311.models import (
    Department,
    Media,
    ReceivedUpdate,
    Service,
    ServiceRequest,
    StatusChange,
)
from open311.queries.jurisdictions import Scope
from open311.queries.media import link_of_medium
from open311.queries.requests.conditions import gone, not_withdrawn, of_jurisdiction
from open311.queries.search.conditions import is_any_of
from open311.queries.search.pages import MOST_ROWS
from schemas.vocabulary.statuses import STATUS_SENTENCES, UNCHANGED
from schemas.vocabulary.steps import (
    MOVED,
    NOW_RESPONSIBLE,
    PUBLIC_STEPS,
    SENTENCES,
    SERVICE_CHANGED,
    STATUS,
    WITHDRAWN,
)


def list_updates(
    jurisdiction: Scope, filters: Mapping[str, Any], *, detailed: bool = True
) -> list[dict[str, Any]]:
    """List updates, oldest first, at most MOST_ROWS; named as in spec 5.6.

    An update is any public step of a public service request after the first; of a withdrawn one,
    only its withdrawal. filters contains service_request_id as a list (empty: any), and start_date
    and end_date as aware datetimes, both included. With detailed, status is the detailed status, or
    unchanged if the step kept it, and extras say to which service a request was changed. Otherwise
    it is open or closed.
    """
    statement = (
        select(
            cast(StatusChange.id, String).label("update_id"),
            ServiceRequest.service_request_id,
            StatusChange.status,
            StatusChange.changed_at.label("updated_datetime"),
            StatusChange.status_notes.label("description"),
            func.coalesce(_first_link(jurisdiction.public_url), "").label("media_url"),
            StatusChange.detailed_status,
            StatusChange.kind,
            Department.name.label("department"),
            Service.service_name.label("service"),
            Service.service_code,
            Service.group,
        )
        .join(ServiceRequest, ServiceRequest.pk == StatusChange.service_request_pk)
        .outerjoin(Department, Department.id == StatusChange.department_id)
        .outerjoin(Service, Service.id == StatusChange.service_id)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.public,
            or_(not_withdrawn(), StatusChange.kind == WITHDRAWN),
            StatusChange.opening.is_(False),
            StatusChange.kind.in_(PUBLIC_STEPS),
            StatusChange.changed_at >= filters["start_date"],
            StatusChange.changed_at <= filters["end_date"],
        )
        .order_by(StatusChange.changed_at, StatusChange.id)
        .limit(MOST_ROWS)
    )
    if filters["service_request_id"]:
        ids = filters["service_request_id"]
        statement = statement.where(is_any_of(ServiceRequest.service_request_id, ids))
    return [_document(row, detailed) for row in db.session.execute(statement).mappings()]


def _document(row: Mapping[Any, Any], detailed: bool) -> dict[str, Any]:
    document = {name: row[name] for name in _COLUMNS}
    document["description"] = _text(row)
    if not detailed:
        return document
    keeps = row["kind"] not in (STATUS, WITHDRAWN)
    document["status"] = UNCHANGED if keeps else row["detailed_status"]
    if row["kind"] == SERVICE_CHANGED:
        document["extras"] = {
            "category": row["service"],
            "group": row["group"],
            "original_service_code": row["service_code"],
        }
    return document


_COLUMNS = (
    *("update_id", "service_request_id", "status", "updated_datetime"),
    *("description", "media_url"),
)


def _text(row: Mapping[Any, Any]) -> str:
    """Return the text of a step, never empty: clients such as FixMyStreet drop empty ones."""
    sentence = SENTENCES[row["kind"]]
    if not sentence:
        return row["description"] or STATUS_SENTENCES[row["detailed_status"]]
    also = row["kind"] in (MOVED, SERVICE_CHANGED) and row["department"]
    return (f"{sentence} {NOW_RESPONSIBLE}" if also else sentence) % row


@dataclass(frozen=True, kw_only=True)
class UpdateSending:
    """What identifies an update: its sender's update_id, for a request, and its text.

    api_key_id is None for the sandbox's key.
    """

    api_key_id: int | None
    service_request_id: str
    update_id: str
    description: str


def find_first_answer(jurisdiction: Scope, sending: UpdateSending) -> dict[str, str] | None:
    """Return the response to an update that was sent before, named as in spec 5.6.

    None if this is the first. The status is not compared: FixMyStreet sends the present one with
    each attempt. Raises Conflict if the update_id was used with another text.
    """
    row = db.session.execute(
        select(
            ReceivedUpdate.token,
            ReceivedUpdate.status_change_id,
            ReceivedUpdate.description,
            ServiceRequest.withdrawn_at,
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.service_request_id == sending.service_request_id,
            ReceivedUpdate.api_key_id.is_not_distinct_from(sending.api_key_id),
            ReceivedUpdate.update_id == sending.update_id,
        )
    ).one_or_none()
    if row is None:
        return None
    if row.withdrawn_at is None and row.description != sending.description:
        raise Conflict(
            UPDATE_ID_USED,
            field="update_id",
            update_id=sending.update_id,
            id=sending.service_request_id,
        )
    return {"token": row.token} if row.token else {"update_id": str(row.status_change_id)}


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
