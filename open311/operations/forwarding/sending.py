"""Sending of service requests to other servers: claimed and committed first, then sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select

from open311.database import db, table
from open311.models import Forwarding, ServiceRequest
from open311.operations.transaction import operation
from open311.queries.forwarding.forwardings import (
    Outgoing,
    list_sent_links,
    outgoing_of,
    select_due,
)
from open311.steps.forwarding.outcomes import flag, store_state, store_taken_on
from open311.steps.requests.lock import lock_all
from open311.steps.values.forwarding import Later, Outcome, Refused, TakenOn
from schemas.vocabulary.forwarding import GIVEN_UP, REFUSED, SENDING, STOPPED, UNKNOWN, WAITING

PAUSES = (60, 300, 1800, 7200, 21_600, 43_200)
"""Seconds before each further attempt; after the last one, staff decide."""

LOOK_AGAIN = timedelta(minutes=5)
"""Pause between two looks for something whose answer is missing, as after a crash."""

LOOKED_FOR = timedelta(minutes=30)
"""How long something is looked for before staff decide."""


@operation
def claim_next() -> Outgoing | None:
    """Claim what is to be sent or looked for next; None if nothing is due.

    From the commit on it counts as sent: if this process dies, it is looked for, and never sent
    again by itself. What need not be sent any more is dropped.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    statement = select_due(now).with_for_update(of=Forwarding, skip_locked=True)
    while (row := db.session.execute(statement).one_or_none()) is not None:
        if row.state == SENDING:
            store_state(row.forwarding_id, due_at=now + LOOK_AGAIN)
            return outgoing_of(row, ())
        if row.is_theirs:
            return _claimed(row, now)
        _drop(row, now)
    return None


def _claimed(row: Any, now: datetime) -> Outgoing:
    sent_at, attempts = row.sent_at or now, row.attempts + 1
    store_state(
        row.forwarding_id,
        SENDING,
        attempts=attempts,
        sent_at=sent_at,
        due_at=now + LOOK_AGAIN,
    )
    links = list_sent_links(row.pk)
    return outgoing_of(row, links, attempts=attempts, sent_at=sent_at)


def _drop(row: Any, now: datetime) -> None:
    """Forget what was never sent; what was tried may be there, and is kept as stopped."""
    if row.attempts == 0:
        db.session.execute(delete(Forwarding).where(Forwarding.id == row.forwarding_id))
    else:
        store_state(row.forwarding_id, STOPPED)


@operation
def store_outcome(outgoing: Outgoing, outcome: Outcome) -> None:
    """Store what came of an attempt, unless another process has done so."""
    row = _lock(outgoing)
    if row is None:
        return
    now = datetime.now(UTC).replace(microsecond=0)
    here, name = outgoing.endpoint.jurisdiction_id, outgoing.endpoint.name
    if isinstance(outcome, TakenOn):
        store_taken_on(row, name, outcome)
    elif isinstance(outcome, Refused):
        store_state(row.id, REFUSED, sentence=outcome.sentence)
        flag(here, row.service_request_pk, name, outcome.sentence)
    elif isinstance(outcome, Later):
        _try_later(outgoing, outcome, now)
    elif now - row.state_at < LOOKED_FOR:
        store_state(row.id, due_at=now + LOOK_AGAIN, sentence=outcome.sentence)
    else:
        store_state(row.id, UNKNOWN, sentence=outcome.sentence)
        flag(here, row.service_request_pk, name, outcome.sentence)


def _lock(outgoing: Outgoing) -> Row[Any] | None:
    """Lock the service request and then the attempt; None if it is not being sent any more."""
    lock_all(ServiceRequest.pk == outgoing.pk)
    return db.session.execute(
        select(table(Forwarding))
        .where(
            Forwarding.id == outgoing.forwarding_id,
            Forwarding.state == SENDING,
            Forwarding.attempts == outgoing.attempts,
        )
        .with_for_update()
    ).one_or_none()


def _try_later(outgoing: Outgoing, outcome: Later, now: datetime) -> None:
    number, endpoint = outgoing.attempts, outgoing.endpoint
    if number > len(PAUSES):
        store_state(outgoing.forwarding_id, GIVEN_UP, sentence=outcome.sentence)
        flag(endpoint.jurisdiction_id, outgoing.pk, endpoint.name, outcome.sentence)
        return
    pause = timedelta(seconds=max(PAUSES[number - 1], outcome.seconds))
    store_state(outgoing.forwarding_id, WAITING, due_at=now + pause, sentence=outcome.sentence)
