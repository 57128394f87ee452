"""Receipts: stored with a submission, and found again for a retry."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from open311.database import db, table
from open311.models import Receipt
from open311.queries.requests.receipts import HANDLES, Sending, find_receipt, of_sender


def store_receipt(pk: int, sending: Sending, answer: Mapping[str, Any], now: datetime) -> None:
    """Store the response to the submission with this primary key.

    Call it when recall_receipt has found nothing: a receipt under the same Idempotency-Key is then
    an expired one, and loses this key.
    """
    if sending.idempotency_key is not None:
        db.session.execute(
            update(Receipt)
            .where(of_sender(sending), Receipt.idempotency_key == sending.idempotency_key)
            .values(idempotency_key=None)
        )
    statement = insert(table(Receipt)).values(
        service_request_pk=pk,
        jurisdiction_id=sending.jurisdiction_id,
        sandbox=sending.sandbox,
        api_key_id=sending.api_key_id,
        idempotency_key=sending.idempotency_key,
        fingerprint=sending.fingerprint,
        answer=dict(answer),
        received_at=now,
    )
    db.session.execute(statement)


def recall_receipt(sending: Sending) -> dict[str, Any] | None:
    """Return the response to the first sending of a submission; None if this is the first.

    Waits for a concurrent retry, and makes others wait until the transaction ends, so that one of
    several is stored. Raises IdempotencyKeyReused.
    """
    # A statement of its own: the snapshot of the next one is taken after the wait.
    db.session.execute(select(func.pg_advisory_xact_lock(sending.lock_number)))
    now = datetime.now(UTC)
    answer = find_receipt(sending, now)
    if answer is not None and not answer.keys() & set(HANDLES):
        _prolong(sending, now)
    return answer


def _prolong(sending: Sending, now: datetime) -> None:
    """Let a response without an id live longer: some clients take it for a failure, and retry."""
    db.session.execute(
        update(Receipt)
        .where(of_sender(sending), Receipt.fingerprint == sending.fingerprint)
        .values(received_at=now)
    )
