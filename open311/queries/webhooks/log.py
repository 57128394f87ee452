"""Reads of what happened to messages: the log, and messages that are dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from open311.database import db
from open311.models import ServiceRequest, WebhookAttempt, WebhookDelivery
from schemas.vocabulary.webhooks import DEAD

MOST_LISTED = 100
"""Maximum entries of a list."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A message that was sent, or should have been; see WebhookAttempt."""

    message_id: str
    event: str
    service_request_id: str | None
    change_number: int | None
    tried_at: datetime
    http_status: int | None
    milliseconds: int | None
    failure: str | None


def list_attempts(endpoint_id: int) -> Sequence[Attempt]:
    """List the last messages of an endpoint, the newest first, MOST_LISTED at most."""
    statement = (
        select(
            WebhookAttempt.message_id,
            WebhookAttempt.event,
            ServiceRequest.service_request_id,
            WebhookAttempt.change_number,
            WebhookAttempt.tried_at,
            WebhookAttempt.http_status,
            WebhookAttempt.milliseconds,
            WebhookAttempt.failure,
        )
        .outerjoin(ServiceRequest, ServiceRequest.pk == WebhookAttempt.service_request_pk)
        .where(WebhookAttempt.endpoint_id == endpoint_id)
        .order_by(WebhookAttempt.id.desc())
        .limit(MOST_LISTED)
    )
    return [Attempt(**row._mapping) for row in db.session.execute(statement)]


@dataclass(frozen=True, kw_only=True)
class Dead:
    """A message that was tried for the last time."""

    service_request_pk: int
    service_request_id: str
    change_number: int
    waiting_since: datetime
    attempts: int
    failure: str


def list_dead(endpoint_id: int) -> Sequence[Dead]:
    """List the dead messages of an endpoint by number of change, MOST_LISTED at most."""
    statement = (
        select(
            WebhookDelivery.service_request_pk,
            ServiceRequest.service_request_id,
            WebhookDelivery.change_number,
            WebhookDelivery.waiting_since,
            WebhookDelivery.attempts,
            WebhookDelivery.failure,
        )
        .join(ServiceRequest, ServiceRequest.pk == WebhookDelivery.service_request_pk)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == DEAD)
        .order_by(WebhookDelivery.change_number, WebhookDelivery.service_request_pk)
        .limit(MOST_LISTED)
    )
    return [Dead(**row._mapping) for row in db.session.execute(statement)]
