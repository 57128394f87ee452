"""The change feed as webhooks read it: by number of change, without gaps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from open311.database import db
from open311.models import ServiceRequest, WebhookDelivery
from open311.queries.jurisdictions import Scope
from open311.queries.search.terms import terms
from open311.queries.search.visibility import Audience, visible_to
from open311.queries.webhooks.endpoints import EndpointInfo
from schemas.vocabulary.webhooks import LEFT

Change = tuple[int, int, datetime]
"""The primary key of a service request, the number of its last change, and the time of that."""


def list_changes(
    jurisdiction: Scope, endpoint: EndpointInfo, settled: int, limit: int
) -> Sequence[Change]:
    """List the next changes after the cursor of an endpoint, and up to the number settled.

    A service request that the endpoint knows and that has left the filters is among them, until a
    message says so. One whose newest change was sent is not.
    """
    mine = and_(
        WebhookDelivery.endpoint_id == endpoint.id,
        WebhookDelivery.service_request_pk == ServiceRequest.pk,
    )
    number = ServiceRequest.change_number
    statement = (
        select(ServiceRequest.pk, number, ServiceRequest.changed_at)
        .outerjoin(WebhookDelivery, mine)
        .where(
            visible_to(Audience.COPY, jurisdiction),
            number > endpoint.cursor,
            number <= settled,
            or_(WebhookDelivery.known_number.is_(None), WebhookDelivery.known_number < number),
            or_(_passes(jurisdiction, endpoint), WebhookDelivery.known != LEFT),
        )
        .order_by(number)
        .limit(limit)
    )
    return [(pk, change, at) for pk, change, at in db.session.execute(statement)]


def passes_filters(jurisdiction: Scope, endpoint: EndpointInfo, pk: int) -> bool:
    """Return whether a service request passes the filters of an endpoint."""
    condition = _passes(jurisdiction, endpoint)
    statement = select(condition).where(ServiceRequest.pk == pk)
    return bool(db.session.execute(statement).scalar_one())


def _passes(jurisdiction: Scope, endpoint: EndpointInfo) -> ColumnElement[Any]:
    wanted = terms(jurisdiction, endpoint.filters.criteria)
    return and_(true(), *(term.build() for term in wanted))


def find_number_before(jurisdiction_id: str, moment: datetime) -> int | None:
    """Find a number after which are all changes since a moment; None if there were none."""
    first = (
        select(ServiceRequest.change_number)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ServiceRequest.changed_at >= moment,
        )
        .order_by(ServiceRequest.change_number)
        .limit(1)
    )
    number = db.session.scalar(first)
    return None if number is None else number - 1


def find_first_change_after(jurisdiction_id: str, number: int) -> datetime | None:
    """Find the time of the oldest change after a number."""
    return db.session.scalar(
        select(func.min(ServiceRequest.changed_at)).where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ServiceRequest.change_number > number,
        )
    )
