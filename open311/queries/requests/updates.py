"""Reads of updates: changes of status, comments, and updates held for approval."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.submissions import COMMENT_NOT_HELD, TOKEN_UNKNOWN
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
from open311.queries.requests.conditions import (
    gone,
    known_as,
    not_withdrawn,
    of_jurisdiction,
)
from open311.queries.search.conditions import is_any_of
from open311.queries.search.pages import MOST_ROWS
from schemas.vocabulary.statuses import STATUS_SENTENCES, UNCHANGED
from schemas.vocabulary.steps import (
    COMMENT,
    COMMENT_WITHOUT_TEXT,
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

    An update is any public step of a public service request after the first, or a comment on one;
    of a withdrawn one, only its withdrawal. filters contains service_request_id as a list (empty:
    any), and start_date and end_date as aware datetimes, both included. With detailed, status is
    the detailed status, or unchanged if the update kept it, and extras say to which service a
    request was changed. Otherwise it is open or closed.
    """
    parts = [
        select(part.order_by("updated_datetime", "id").limit(MOST_ROWS).subquery())
        for part in (
            _public(_steps(jurisdiction), StatusChange.changed_at, jurisdiction, filters),
            _public(
                _comments(jurisdiction, detailed), ReceivedUpdate.accepted_at, jurisdiction, filters
            ),
        )
    ]
    found = union_all(*parts).subquery()
    statement = select(found).order_by(found.c.updated_datetime, found.c.id).limit(MOST_ROWS)
    return [_document(row, detailed) for row in db.session.execute(statement).mappings()]


def _steps(jurisdiction: Scope) -> Any:
    """Select the public steps after the first."""
    return (
        select(
            StatusChange.id,
            cast(StatusChange.id, String).label("update_id"),
            ServiceRequest.service_request_id,
            StatusChange.status,
            StatusChange.changed_at.label("updated_datetime"),
            StatusChange.status_notes.label("description"),
            func.coalesce(_link_of_change(jurisdiction.public_url), "").label("media_url"),
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
            or_(not_withdrawn(), StatusChange.kind == WITHDRAWN),
            StatusChange.opening.is_(False),
            StatusChange.kind.in_(PUBLIC_STEPS),
        )
    )


def _comments(jurisdiction: Scope, detailed: bool) -> Any:
    """Select the published comments; their IDs are those of no step."""
    return (
        select(
            ReceivedUpdate.comment_id.label("id"),
            cast(ReceivedUpdate.comment_id, String).label("update_id"),
            ServiceRequest.service_request_id,
            (literal(UNCHANGED) if detailed else _status_then()).label("status"),
            ReceivedUpdate.accepted_at.label("updated_datetime"),
            ReceivedUpdate.description,
            func.coalesce(_link_of_comment(jurisdiction.public_url), "").label("media_url"),
            null().label("detailed_status"),
            literal(COMMENT).label("kind"),
            *(null().label(name) for name in ("department", "service", "service_code", "group")),
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(not_withdrawn(), ReceivedUpdate.comment_id.is_not(None))
    )


def _public(selected: Any, moment: Any, jurisdiction: Scope, filters: Mapping[str, Any]) -> Any:
    """Keep what is public and passes the filters; moment is the time of an update."""
    ids = filters["service_request_id"]
    chosen = [is_any_of(ServiceRequest.service_request_id, ids)] if ids else []
    return selected.where(
        of_jurisdiction(jurisdiction),
        ServiceRequest.public,
        moment >= filters["start_date"],
        moment <= filters["end_date"],
        *chosen,
    )


def _status_then() -> ColumnElement[Any]:
    """Select the status, open or closed, at the time of a comment."""
    return (
        select(StatusChange.status)
        .where(
            StatusChange.service_request_pk == ReceivedUpdate.service_request_pk,
            StatusChange.id < ReceivedUpdate.comment_id,
        )
        .order_by(StatusChange.id.desc())
        .limit(1)
        .correlate(ReceivedUpdate)
        .scalar_subquery()
    )


def _document(row: Mapping[Any, Any], detailed: bool) -> dict[str, Any]:
    document = {name: row[name] for name in _COLUMNS}
    document["description"] = _text(row)
    if not detailed:
        return document
    decides = row["kind"] in (STATUS, WITHDRAWN)
    document["status"] = row["detailed_status"] if decides else UNCHANGED
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
    """Return the text of an update, never empty: clients such as FixMyStreet drop empty ones."""
    if row["kind"] == COMMENT:
        return row["description"] or COMMENT_WITHOUT_TEXT
    sentence = SENTENCES[row["kind"]]
    if not sentence:
        return row["description"] or STATUS_SENTENCES[row["detailed_status"]]
    also = row["kind"] in (MOVED, SERVICE_CHANGED) and row["department"]
    return (f"{sentence} {NOW_RESPONSIBLE}" if also else sentence) % row


def id_of_update() -> ColumnElement[int | None]:
    """Return the column of the public ID of an update; NULL before approval."""
    return func.coalesce(ReceivedUpdate.status_change_id, ReceivedUpdate.comment_id)


def get_update_token(jurisdiction: Scope, token: str) -> dict[str, str]:
    """Return the token, and update_id once the update is approved.

    Raises NotFound, and Gone for a withdrawn service request.
    """
    row = db.session.execute(
        select(
            id_of_update().label("update_id"),
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
    accepted = {} if row.update_id is None else {"update_id": str(row.update_id)}
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
            id_of_update().is_(None),
            ReceivedUpdate.added_by.is_(None),
        )
        .order_by(ReceivedUpdate.received_at, ReceivedUpdate.id)
    )
    return list(db.session.execute(statement).all())


def get_pending_token(jurisdiction: Scope, service_request_id: str, received_update: int) -> str:
    """Return the token of an update of a service request that is held for approval.

    received_update is its primary key. Raises Conflict if there is none, as after its approval.
    """
    token = db.session.scalar(
        select(ReceivedUpdate.token)
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(
            of_jurisdiction(jurisdiction),
            known_as(service_request_id),
            ReceivedUpdate.id == received_update,
            id_of_update().is_(None),
        )
    )
    if token is None:
        raise Conflict(COMMENT_NOT_HELD)
    return token


def _link_of_change(public_url: str) -> ColumnElement[Any]:
    """Select the first link of a change of status, or of the update that made it."""
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


def _link_of_comment(public_url: str) -> ColumnElement[Any]:
    """Select the first link of a comment."""
    return (
        select(link_of_medium(public_url))
        .where(Media.received_update_id == ReceivedUpdate.id)
        .order_by(Media.position)
        .limit(1)
        .correlate(ReceivedUpdate)
        .scalar_subquery()
    )
