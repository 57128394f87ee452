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
    or_,
    select,
    tuple_,
    union_all,
)

from open311.database import db
from open311.errors import NotFound
from open311.messages.submissions import TOKEN_UNKNOWN
from open311.models import Media, ReceivedUpdate, ServiceRequest, StatusChange
from open311.queries.jurisdictions import Scope
from open311.queries.media import link_of_medium
from open311.queries.requests.conditions import gone, not_withdrawn, of_jurisdiction
from open311.queries.search.conditions import is_any_of
from open311.queries.search.pages import MOST_ROWS
from schemas.vocabulary.statuses import UNCHANGED


def list_updates(
    jurisdiction: Scope, filters: Mapping[str, Any], *, detailed: bool = False
) -> list[dict[str, Any]]:
    """List updates, oldest first, at most MOST_ROWS; named as in spec 5.6.

    An update is any change of status of a public service request after the first, or a comment on
    one. filters contains service_request_id as a list (empty: any), and start_date and end_date as
    aware datetimes, both included. With detailed, status is the detailed status instead of open or
    closed, and "unchanged" for a comment.
    """
    parts = [
        select(part.order_by("updated_datetime", "id").limit(MOST_ROWS).subquery())
        for part in (
            _public(
                _changes(jurisdiction, detailed), StatusChange.changed_at, jurisdiction, filters
            ),
            _public(
                _comments(jurisdiction, detailed), ReceivedUpdate.accepted_at, jurisdiction, filters
            ),
        )
    ]
    found = union_all(*parts).subquery()
    shown = [column for column in found.c if column.key != "id"]
    statement = select(*shown).order_by(found.c.updated_datetime, found.c.id).limit(MOST_ROWS)
    return [dict(row) for row in db.session.execute(statement).mappings()]


def _changes(jurisdiction: Scope, detailed: bool) -> Any:
    """Select the changes of status after the first."""
    status = StatusChange.detailed_status if detailed else StatusChange.status
    return (
        select(
            StatusChange.id,
            cast(StatusChange.id, String).label("update_id"),
            ServiceRequest.service_request_id,
            status.label("status"),
            StatusChange.changed_at.label("updated_datetime"),
            StatusChange.status_notes.label("description"),
            func.coalesce(_link_of_change(jurisdiction.public_url), "").label("media_url"),
        )
        .join(ServiceRequest, ServiceRequest.pk == StatusChange.service_request_pk)
        .where(StatusChange.opening.is_(False))
    )


def _comments(jurisdiction: Scope, detailed: bool) -> Any:
    """Select the published comments; their IDs are those of no change of status."""
    return (
        select(
            ReceivedUpdate.comment_id.label("id"),
            cast(ReceivedUpdate.comment_id, String).label("update_id"),
            ServiceRequest.service_request_id,
            (literal(UNCHANGED) if detailed else _status_then()).label("status"),
            ReceivedUpdate.accepted_at.label("updated_datetime"),
            ReceivedUpdate.description,
            func.coalesce(_link_of_comment(jurisdiction.public_url), "").label("media_url"),
        )
        .join(ServiceRequest, ServiceRequest.pk == ReceivedUpdate.service_request_pk)
        .where(ReceivedUpdate.comment_id.is_not(None))
    )


def _public(selected: Any, moment: Any, jurisdiction: Scope, filters: Mapping[str, Any]) -> Any:
    """Keep what is public and passes the filters; moment is the time of an update."""
    ids = filters["service_request_id"]
    chosen = [is_any_of(ServiceRequest.service_request_id, ids)] if ids else []
    return selected.where(
        of_jurisdiction(jurisdiction),
        ServiceRequest.public,
        not_withdrawn(),
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
            tuple_(StatusChange.changed_at, StatusChange.id)
            < tuple_(ReceivedUpdate.accepted_at, ReceivedUpdate.comment_id),
        )
        .order_by(StatusChange.changed_at.desc(), StatusChange.id.desc())
        .limit(1)
        .correlate(ReceivedUpdate)
        .scalar_subquery()
    )


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
        )
        .order_by(ReceivedUpdate.received_at, ReceivedUpdate.id)
    )
    return list(db.session.execute(statement).all())


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
