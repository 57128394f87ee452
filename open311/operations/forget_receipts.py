"""Deleting the receipts of reports that will not be repeated any more."""

from datetime import UTC, datetime

from sqlalchemy import delete

from open311.database import db
from open311.models import Receipt
from open311.operations.lift_time_limit import lift_time_limit
from open311.queries.receipts import KEY_LIFETIME


def forget_receipts() -> int:
    """Delete the receipts that have expired, and give their number."""
    lift_time_limit()
    expired = Receipt.received_at <= datetime.now(UTC) - KEY_LIFETIME
    statement = delete(Receipt).where(expired)
    deleted = db.session.connection().execute(statement).rowcount
    db.session.commit()
    return deleted
