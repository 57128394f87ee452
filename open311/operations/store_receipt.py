"""Keeping the answer to a report, in the transaction that stores the report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from open311.database import db, table
from open311.models import Receipt
from open311.queries.receipts import Sending, of_sender


def store_receipt(pk: int, sending: Sending, answer: Mapping[str, Any], now: datetime) -> None:
    """Keep what the report with this primary key is answered.

    Call it when recall_receipt has found nothing: a receipt under the same Idempotency-Key can
    then only be one that has expired, and makes room.
    """
    if sending.idempotency_key is not None:
        db.session.execute(
            delete(Receipt).where(
                of_sender(sending), Receipt.idempotency_key == sending.idempotency_key
            )
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
