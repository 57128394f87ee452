"""Runs that send messages to endpoints.

Each part is a transaction of its own, and what the other server does happens between two. A run
holds the lease of its endpoint, so that messages about a service request arrive in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, update

from open311.database import db, table
from open311.errors import Conflict
from open311.job_queue import defer
from open311.models import WebhookEndpoint
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.last_change import settled_change
from open311.queries.webhooks.endpoints import (
    OWN_COLUMNS,
    EndpointInfo,
    endpoint_of,
    find_endpoint,
    has_work,
    may_send,
)
from open311.queries.webhooks.feed import list_changes
from open311.queries.webhooks.messages import (
    Due,
    Now,
    choose_event,
    find_due,
    read_content,
    read_now,
)
from open311.steps.values.webhooks import Answer
from open311.steps.webhooks.outcomes import (
    change_endpoint,
    store_attempt,
    store_failed,
    store_failure,
    store_known,
    store_skipped,
    store_success,
)
from open311.steps.webhooks.secrets import read_secrets
from open311.steps.webhooks.walk import store_cursor, store_waiting
from schemas.vocabulary.webhooks import PAUSED, UNREADABLE

LEASE = timedelta(seconds=30)
"""Time for one message. A killed run blocks its endpoint no longer."""

CALL_LIFETIME = timedelta(seconds=60)
"""Time after which a run that was asked for and has not ended is asked for again."""

BATCH = 100
"""Changes that are read at a time, and skipped messages in one transaction."""


SEND = "send_webhooks"
"""The task that runs an endpoint (open311/jobs/webhooks.py)."""


@operation
def call_endpoints(now: datetime) -> list[int]:
    """Add a job for each endpoint that needs a run, and return their ids.

    An endpoint is called once until its run ends or is overdue.
    """
    late = now - CALL_LIFETIME
    statement = (
        update(WebhookEndpoint)
        .where(
            may_send(now),
            or_(WebhookEndpoint.called_at.is_(None), WebhookEndpoint.called_at < late),
            or_(WebhookEndpoint.lease_until.is_(None), WebhookEndpoint.lease_until < now),
            has_work(now),
        )
        .values(called_at=now)
        .returning(WebhookEndpoint.id)
    )
    called = sorted(db.session.scalars(statement))
    for endpoint_id in called:
        defer(SEND, lock=f"hook:{endpoint_id}", endpoint_id=endpoint_id)
    return called


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run of an endpoint, with its lease, its address, and the secrets that sign."""

    endpoint_id: int
    lease: UUID
    jurisdiction: Scope
    url: str
    secrets: Sequence[str]


@operation
def begin_run(endpoint_id: int, secret_key: str, public_url: str, now: datetime) -> Run | None:
    """Begin a run; None if another has begun, or if nothing may be sent now.

    An endpoint whose secret cannot be read is paused.
    """
    lease = uuid4()
    free = or_(WebhookEndpoint.lease_until.is_(None), WebhookEndpoint.lease_until < now)
    endpoint = _take(endpoint_id, lease, now, free)
    if endpoint is None:
        return None
    try:
        secrets = read_secrets(secret_key, endpoint_id, now)
    except Conflict:
        values = {"state": PAUSED, "reason": UNREADABLE, "lease": None, "lease_until": None}
        change_endpoint(endpoint_id, **values)
        return None
    return Run(
        endpoint_id=endpoint_id,
        lease=lease,
        jurisdiction=get_jurisdiction(endpoint.jurisdiction_id).at(public_url),
        url=endpoint.url,
        secrets=secrets,
    )


@operation
def end_run(run: Run) -> None:
    """End a run, so that another can begin."""
    mine = WebhookEndpoint.id == run.endpoint_id, WebhookEndpoint.lease == run.lease
    nothing = dict.fromkeys(("lease", "lease_until", "called_at"))
    db.session.execute(update(WebhookEndpoint).where(*mine).values(**nothing))


def _take(endpoint_id: int, lease: UUID, now: datetime, condition: Any) -> EndpointInfo | None:
    """Take or renew a lease, and return the endpoint, if messages may still be sent to it."""
    statement = (
        update(table(WebhookEndpoint))
        .where(WebhookEndpoint.id == endpoint_id, may_send(now), condition)
        .values(lease=lease, lease_until=now + LEASE)
        .returning(*OWN_COLUMNS)
    )
    row = db.session.execute(statement).one_or_none()
    return None if row is None else endpoint_of(row)


def _renew(run: Run, now: datetime) -> EndpointInfo | None:
    return _take(run.endpoint_id, run.lease, now, WebhookEndpoint.lease == run.lease)


@operation
def read_changes(run: Run, now: datetime) -> bool:
    """Read the next changes of the feed, and move the cursor; return whether there may be more."""
    endpoint = _renew(run, now)
    settled = settled_change()
    if endpoint is None or settled <= endpoint.cursor:
        return False
    changes = list_changes(run.jurisdiction, endpoint, settled, BATCH)
    store_waiting(endpoint.id, changes, now)
    is_full = len(changes) == BATCH
    store_cursor(endpoint.id, changes[-1][1] if is_full else settled)
    return is_full


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message to send. event and replays are those of the moment at which it was made."""

    message_id: str
    event: str
    due: Due
    now: Now
    replays: int
    service_request: dict[str, Any]
    updates: Sequence[dict[str, Any]]


@operation
def next_message(run: Run, now: datetime) -> Message | None:
    """Return the next message that is due; None without one, or if the run has to end.

    It is made from one snapshot of the data. What no event asks for is skipped.
    """
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    endpoint = _renew(run, now)
    if endpoint is None:
        return None
    for _skipped in range(BATCH):
        due = find_due(endpoint.id, now)
        if due is None:
            return None
        state = read_now(run.jurisdiction, endpoint, due.service_request_pk)
        event = choose_event(endpoint, due, state)
        if event is not None:
            return _message(run, endpoint, due, state, event)
        store_skipped(endpoint.id, due, state)
    return None


def _message(run: Run, endpoint: EndpointInfo, due: Due, now: Now, event: str) -> Message:
    request, updates = read_content(run.jurisdiction, due, now)
    again = f"_{endpoint.replays}" if endpoint.replays else ""
    return Message(
        message_id=f"msg_{endpoint.id}_{now.change_number}{again}",
        event=event,
        due=due,
        now=now,
        replays=endpoint.replays,
        service_request=request,
        updates=updates,
    )


@operation
def store_answer(run: Run, message: Message, answer: Answer, now: datetime) -> str | None:
    """Store the response to a message; return the reason if the endpoint is no longer on.

    If the endpoint was set back since the message was made, what it was sent does not count. Of one
    that was deleted, nothing is stored.
    """
    endpoint = find_endpoint(run.endpoint_id)
    if endpoint is None:
        return None
    store_attempt(
        endpoint.id,
        answer,
        now,
        message_id=message.message_id,
        event=message.event,
        service_request_pk=message.due.service_request_pk,
        change_number=message.now.change_number,
    )
    counts = endpoint.replays == message.replays
    if answer.failure is None:
        if counts:
            store_known(endpoint.id, message.due, message.now)
        store_success(endpoint, now)
        return None
    if counts:
        store_failed(endpoint.id, message.due, answer, now)
    return store_failure(endpoint, answer, now)
