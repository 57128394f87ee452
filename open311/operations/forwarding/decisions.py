"""Decisions of staff about what could not be forwarded, or may have been."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters, NotFound
from open311.messages.forwarding import (
    FORWARDING_NOT_STUCK,
    FORWARDING_NUMBER_TAKEN,
    FORWARDING_UNKNOWN,
)
from open311.models import ForeignEndpoint, Forwarding
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.forwarding.outcomes import find_taken, store_state, store_taken_on
from open311.steps.forwarding.store import NOT_FORWARDED
from open311.steps.requests.history import store_work_step
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.triage import store_settled
from open311.steps.values.forwarding import TakenOn
from schemas.vocabulary.forwarding import REFUSED, STOPPED, STUCK, WAITING


@operation
def send_again(jurisdiction: Scope, service_request_id: str, server: str, made_by: str) -> None:
    """Send what is stuck again, at once. What may be there is looked for before.

    server is the code of the endpoint. Raises NotFound, Gone, and Conflict if it is not stuck.
    """
    row = _lock(jurisdiction, service_request_id, server)
    if row.state not in (*STUCK, STOPPED):
        raise Conflict(FORWARDING_NOT_STUCK, id=service_request_id)
    attempts = 0 if row.state == REFUSED else 1
    now = datetime.now(UTC).replace(microsecond=0)
    store_state(row.id, WAITING, attempts=attempts, due_at=now, sentence="")
    _settle(row, made_by, f"Sent to {row.name} again.")


@operation
def settle(
    jurisdiction: Scope,
    service_request_id: str,
    server: str,
    made_by: str,
    foreign_id: str | None = None,
) -> None:
    """Settle something stuck: it has a number there, or it is not sent (None).

    server is the code of the endpoint. Raises NotFound, Gone, Conflict if it is not stuck, and
    InvalidParameters if another service request has that number.
    """
    row = _lock(jurisdiction, service_request_id, server)
    if row.state not in STUCK:
        raise Conflict(FORWARDING_NOT_STUCK, id=service_request_id)
    if foreign_id is None:
        store_state(row.id, STOPPED)
        _settle(row, made_by, f"Not sent to {row.name}.")
        return
    other = find_taken(row.endpoint_id, foreign_id, row.id)
    if other is not None:
        raise InvalidParameters(
            FORWARDING_NUMBER_TAKEN, field="number", number=foreign_id, id=other
        )
    store_taken_on(row, row.name, TakenOn(foreign_id))
    _settle(row, made_by, f"{row.name} has it as {foreign_id}.")


def _lock(jurisdiction: Scope, service_request_id: str, server: str) -> Any:
    """Lock a service request, and return its forwarding to a server; raises NotFound and Gone."""
    pk = lock_service_request(jurisdiction, service_request_id).pk
    row = db.session.execute(
        select(*table(Forwarding).columns, ForeignEndpoint.name)
        .join(ForeignEndpoint, ForeignEndpoint.id == Forwarding.endpoint_id)
        .where(Forwarding.service_request_pk == pk, ForeignEndpoint.code == server)
        .with_for_update(of=table(Forwarding))
    ).one_or_none()
    if row is None:
        raise NotFound(FORWARDING_UNKNOWN, id=service_request_id, server=server)
    return row


def _settle(row: Any, made_by: str, note: str) -> None:
    store_settled([row.service_request_pk], [NOT_FORWARDED], made_by)
    store_work_step(row.service_request_pk, "noted", note, made_by)
