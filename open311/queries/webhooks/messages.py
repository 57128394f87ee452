"""What an endpoint has to be told of a service request: its state at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import ServiceRequest, WebhookDelivery
from open311.queries.jurisdictions import Scope
from open311.queries.requests.public import find_for_copies
from open311.queries.requests.updates import list_updates
from open311.queries.webhooks.endpoints import EndpointInfo
from open311.queries.webhooks.feed import passes_filters
from schemas.vocabulary.webhooks import CHANGED, CLOSED, CREATED, LEFT, WAITING, WITHDRAWN

_EVER = {"start_date": datetime(1, 1, 1, tzinfo=UTC), "end_date": datetime(9999, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True, kw_only=True)
class Due:
    """A message that is due; see WebhookDelivery."""

    service_request_pk: int
    change_number: int
    attempts: int
    told_number: int | None
    told: str | None
    told_update: int | None


def find_due(endpoint_id: int, now: datetime) -> Due | None:
    """Find the message of the oldest change that is due."""
    row = db.session.execute(
        select(
            WebhookDelivery.service_request_pk,
            WebhookDelivery.change_number,
            WebhookDelivery.attempts,
            WebhookDelivery.told_number,
            WebhookDelivery.told,
            WebhookDelivery.told_update,
        )
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.state == WAITING,
            WebhookDelivery.next_at <= now,
        )
        .order_by(WebhookDelivery.change_number, WebhookDelivery.service_request_pk)
        .limit(1)
    ).one_or_none()
    return None if row is None else Due(**row._mapping)


@dataclass(frozen=True, kw_only=True)
class Now:
    """A service request now: what decides the event, and what the endpoint knows afterward.

    told is one of TOLD. updated_datetime is the time of closing if it is closed.
    """

    service_request_id: str
    change_number: int
    listed_number: int
    changed_at: datetime
    updated_datetime: datetime
    told: str


def read_now(jurisdiction: Scope, endpoint: EndpointInfo, pk: int) -> Now:
    """Return a public service request as it is now."""
    row = db.session.execute(
        select(
            ServiceRequest.service_request_id,
            ServiceRequest.change_number,
            ServiceRequest.listed_number,
            ServiceRequest.changed_at,
            ServiceRequest.updated_datetime,
            ServiceRequest.status,
            ServiceRequest.withdrawn_at,
        ).where(ServiceRequest.pk == pk, ServiceRequest.public)
    ).one()
    status = row.status
    if row.withdrawn_at is not None:
        status = WITHDRAWN
    elif not passes_filters(jurisdiction, endpoint, pk):
        status = LEFT
    return Now(
        service_request_id=row.service_request_id or "",
        change_number=row.change_number,
        listed_number=row.listed_number or row.change_number,
        changed_at=row.changed_at,
        updated_datetime=row.updated_datetime,
        told=status,
    )


def choose_event(endpoint: EndpointInfo, due: Due, now: Now) -> str | None:
    """Return the event to send; None for none that the endpoint wants.

    A new service request is one that became public since the last message about it, or since the
    endpoint was added or set back. If it is closed already, that counts as either event.
    """
    wanted = [event for event in _events(endpoint, due, now) if event in endpoint.events]
    return wanted[0] if wanted else None


def _events(endpoint: EndpointInfo, due: Due, now: Now) -> Sequence[str]:
    if now.told == WITHDRAWN:
        return () if due.told == WITHDRAWN else (WITHDRAWN,)
    if now.told == LEFT:
        return (CHANGED,) if due.told in ("open", "closed") else ()
    known = endpoint.begins_after if due.told_number is None else due.told_number
    since_closed = due.told is not None or now.updated_datetime >= endpoint.begins_at
    is_closed = now.told == "closed" and due.told != "closed" and since_closed
    closed = (CLOSED,) if is_closed else ()
    if now.listed_number > known:
        return (CREATED, *closed)
    return closed or (CHANGED,)


@dataclass(frozen=True, kw_only=True)
class Content:
    """The content of a message, and the highest update_id that it contains."""

    service_request: dict[str, Any]
    updates: Sequence[dict[str, Any]]
    told_update: int | None


def read_content(jurisdiction: Scope, due: Due, now: Now) -> Content:
    """Read the public fields of a service request, and its updates since the last message.

    Of a withdrawn one, the number alone.
    """
    if now.told == WITHDRAWN:
        tombstone = {"service_request_id": now.service_request_id, "deleted": True}
        return Content(service_request=tombstone, updates=(), told_update=due.told_update)
    document = find_for_copies(jurisdiction, due.service_request_pk) or {}
    filters = {"service_request_id": [now.service_request_id], **_EVER}
    after = due.told_update or 0
    updates = [one for one in list_updates(jurisdiction, filters) if int(one["update_id"]) > after]
    newest = max((int(one["update_id"]) for one in updates), default=due.told_update)
    return Content(service_request=document, updates=updates, told_update=newest)
