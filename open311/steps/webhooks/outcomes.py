"""What happened to a message, of its delivery, and of its endpoint."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, update

from open311.database import db, table
from open311.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from open311.queries.webhooks.endpoints import EndpointInfo
from open311.queries.webhooks.messages import Due, Now
from open311.steps.telling.staff_messages import store_webhook_paused
from open311.steps.values.webhooks import Answer
from open311.steps.webhooks.pauses import DOWN_AFTER, PATIENCE, end_of_hold, next_attempt
from schemas.vocabulary.webhooks import (
    DEAD,
    DELIVERED,
    FAILING,
    GONE,
    OFF,
    PAUSED,
    SKIPPED,
    WAITING,
)


def store_attempt(endpoint_id: int, answer: Answer, now: datetime, **message: Any) -> None:
    """Log a message: its message_id and event, and its service_request_pk and change_number."""
    row = {
        "endpoint_id": endpoint_id,
        "tried_at": now,
        "http_status": answer.status,
        "milliseconds": answer.milliseconds,
        "failure": answer.failure,
        **message,
    }
    db.session.execute(insert(table(WebhookAttempt)), row)


def store_skipped(endpoint_id: int, due: Due, now: Now) -> None:
    """Store that a change is not sent to an endpoint, because it is of no event that it wants."""
    values = {"state": SKIPPED, "known": now.known, "known_number": now.change_number}
    _change_delivery(endpoint_id, due.service_request_pk, **values, attempts=0, failure=None)


def store_known(endpoint_id: int, due: Due, now: Now) -> None:
    """Store what an endpoint knows after a success; a later change still waits."""
    newer = WebhookDelivery.change_number > now.change_number
    _change_delivery(
        endpoint_id,
        due.service_request_pk,
        state=case((newer, WAITING), else_=DELIVERED),
        known=now.known,
        known_number=now.change_number,
        known_update=now.newest_update,
        attempts=0,
        failure=None,
    )


def store_failed(endpoint_id: int, due: Due, answer: Answer, now: datetime) -> None:
    """Store a failure, and the time of the next attempt, if there is one."""
    attempts = due.attempts + 1
    at = next_attempt(attempts, answer, now)
    _change_delivery(
        endpoint_id,
        due.service_request_pk,
        attempts=attempts,
        failure=answer.failure,
        **({"state": DEAD} if at is None else {"next_at": at}),
    )


def _change_delivery(endpoint_id: int, pk: int, **values: Any) -> None:
    db.session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.service_request_pk == pk)
        .values(**values)
    )


def store_success(endpoint: EndpointInfo, now: datetime) -> None:
    """Store that a server is there. If it seemed to be down, all that waits for it is due now."""
    if not endpoint.failures:
        return
    values = {"failures": 0, "failing_since": None, "held_until": None}
    change_endpoint(endpoint.id, **values)
    if endpoint.failures >= DOWN_AFTER:
        release(endpoint.id, now)


def release(endpoint_id: int, now: datetime) -> None:
    """Let all messages of an endpoint that wait be due now."""
    waiting = WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == WAITING
    due = func.least(WebhookDelivery.next_at, now)
    db.session.execute(update(WebhookDelivery).where(*waiting).values(next_at=due))


def store_failure(endpoint: EndpointInfo, answer: Answer, now: datetime) -> str | None:
    """Store that a message failed. Returns the reason if that pauses the endpoint or turns it off.

    It waits if its server seems to be down. Administrators get an email about a pause.
    """
    failures, since = endpoint.failures + 1, endpoint.failing_since or now
    values: dict[str, Any] = {"failures": failures, "failing_since": since}
    values["held_until"] = end_of_hold(failures, answer, now)
    reason = None
    if answer.failure == GONE:
        reason = GONE
        values |= {"state": OFF, "reason": GONE}
    elif now - since >= PATIENCE:
        reason = FAILING
        values |= {"state": PAUSED, "reason": FAILING}
        store_webhook_paused(endpoint.jurisdiction_id, now)
    change_endpoint(endpoint.id, **values)
    return reason


def change_endpoint(endpoint_id: int, **values: Any) -> None:
    """Change columns of an endpoint."""
    mine = WebhookEndpoint.id == endpoint_id
    db.session.execute(update(WebhookEndpoint).where(mine).values(**values))
