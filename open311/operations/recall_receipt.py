"""The answer that a report has had already, if it is a repetition."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from open311.database import db
from open311.queries.receipts import Sending, find_receipt


def recall_receipt(sending: Sending) -> dict[str, Any] | None:
    """Give what the first sending of the same report was answered; None if this is the first.

    Waits for one of the same that is under way, and keeps others waiting until the transaction
    ends: of several at once, one is stored. Raises IdempotencyKeyReused.
    """
    # A statement of its own: what is visible to the next one is decided after the waiting.
    db.session.execute(select(func.pg_advisory_xact_lock(sending.lock_number)))
    return find_receipt(sending, datetime.now(UTC))
