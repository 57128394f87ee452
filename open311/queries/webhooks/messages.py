"""Messages about a service request: its state at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select

from open311.database import db
from open311.models import ReceivedUpdate, ServiceRequest, StatusChange, WebhookDelivery
from open311.queries.jurisdictions import Scope
from open311.queries.requests.public import find_for_copies
from open311.queries.requests.updates import list_updates
from open311.queries.webhooks.endpoints import EndpointInfo
from open311.queries.webhooks.feed import passes_filters
from open311.statements import Statement
from schemas.vocabulary.webhooks import CHANGED, CLOSED, CREATED, LEFT, WAITING, WITHDRAWN

_EVER = {"start_date": datetime(1, 1, 1, tzinfo=UTC), "end_date": datetime(9999, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True, kw_only=True)
class Due:
    """A message that is due; see WebhookDelivery."""

    service_request_pk: int
    change_number: int
    attempts: int
    known_number: int | None
    known: str | None
    known_update: int | None


def find_due(endpoint_id: int, now: datetime) -> Due | None:
    """Find the message of the oldest change that is due."""
    row = db.session.execute(
        select(
            WebhookDelivery.service_request_pk,
            WebhookDelivery.change_number,
            WebhookDelivery.attempts,
            WebhookDelivery.known_number,
            WebhookDelivery.known,
            WebhookDelivery.known_update,
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


@dataclass(frozen=True)
class Now:
    """A service request now: what decides the event, and what the endpoint knows afterward.

    updated_datetime is the time of closing if it is closed. newest_update is the highest number of
    a step or comment, public or not; 0 without one. known is one of KNOWN.
    """

    service_request_id: str
    change_number: int
    listed_number: int
    changed_at: datetime
    updated_datetime: datetime
    newest_update: int
    known: str


def read_now(jurisdiction: Scope, endpoint: EndpointInfo, pk: int) -> Now:
    """Return a public service request as it is now."""
    [(*values, status, withdrawn_at)] = _read_now().read({"pk": pk})
    if withdrawn_at is not None:
        status = WITHDRAWN
    elif not passes_filters(jurisdiction, endpoint, pk):
        status = LEFT
    return Now(*(*values, status))


@cache
def _read_now() -> Statement:
    """Select the fields of Now, and what known is made from."""
    pk = bindparam("pk", type_=BigInteger)
    step = select(func.max(StatusChange.id)).where(
        StatusChange.service_request_pk == pk, StatusChange.opening.is_(False)
    )
    comment = select(func.max(ReceivedUpdate.comment_id)).where(
        ReceivedUpdate.service_request_pk == pk
    )
    newest = func.greatest(step.scalar_subquery(), comment.scalar_subquery(), 0)
    columns = (
        ServiceRequest.service_request_id,
        ServiceRequest.change_number,
        ServiceRequest.listed_number,
        ServiceRequest.changed_at,
        ServiceRequest.updated_datetime,
        newest,
        ServiceRequest.status,
        ServiceRequest.withdrawn_at,
    )
    found = select(*columns).where(ServiceRequest.pk == pk, ServiceRequest.public)
    return Statement(found, prepared=True)


def choose_event(endpoint: EndpointInfo, due: Due, now: Now) -> str | None:
    """Return the event to send; None for none that the endpoint wants.

    A new service request is one that became public since the last message about it, or since the
    endpoint was added or set back. If it is closed already, that counts as either event.
    """
    wanted = [event for event in _events(endpoint, due, now) if event in endpoint.events]
    return wanted[0] if wanted else None


def _events(endpoint: EndpointInfo, due: Due, now: Now) -> Sequence[str]:
    if now.known == WITHDRAWN:
        return () if due.known == WITHDRAWN else (WITHDRAWN,)
    if now.known == LEFT:
        return (CHANGED,) if due.known in ("open", "closed") else ()
    known = endpoint.begins_after if due.known_number is None else due.known_number
    since_closed = due.known is not None or now.updated_datetime >= endpoint.begins_at
    is_closed = now.known == "closed" and due.known != "closed" and since_closed
    closed = (CLOSED,) if is_closed else ()
    if now.listed_number > known:
        return (CREATED, *closed)
    return closed or (CHANGED,)


Document = dict[str, Any]


def read_content(jurisdiction: Scope, due: Due, now: Now) -> tuple[Document, Sequence[Document]]:
    """Read the public fields of a service request, and its updates since the last message.

    Of a withdrawn one, the number alone.
    """
    if now.known == WITHDRAWN:
        return {"service_request_id": now.service_request_id, "deleted": True}, ()
    request = find_for_copies(jurisdiction, due.service_request_pk) or {}
    after = due.known_update or 0
    if now.newest_update <= after:
        return request, ()
    filters = {"service_request_id": [now.service_request_id], **_EVER}
    updates = list_updates(jurisdiction, filters)
    return request, [one for one in updates if int(one["update_id"]) > after]
