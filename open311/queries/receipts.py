"""Reading what POST /requests has been answered, so that a repetition gets the same answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, and_, select

from open311.database import db
from open311.errors import IdempotencyKeyReused
from open311.models import Receipt

KEY_LIFETIME = timedelta(hours=24)
"""How long an Idempotency-Key stands for its first report."""

REPETITION = timedelta(seconds=60)
"""How long the same report without an Idempotency-Key is taken for a repetition."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One POST /requests: who sent it to where, its Idempotency-Key, and a hash of its content.

    The key that everyone may use at the test endpoint has no api_key_id.
    """

    jurisdiction_id: str
    sandbox: bool
    api_key_id: int | None
    idempotency_key: str | None
    fingerprint: bytes

    @property
    def lock_number(self) -> int:
        """Give a number of 64 bits that is the same for all that may be one and the same report."""
        what = self.idempotency_key or self.fingerprint
        scope = (self.jurisdiction_id, self.sandbox, self.api_key_id, what)
        return int.from_bytes(sha256(repr(scope).encode()).digest()[:8], signed=True)


def find_receipt(sending: Sending, now: datetime) -> dict[str, Any] | None:
    """Find the answer to the first sending of the same report; None if this is the first.

    With an Idempotency-Key that is the one under this key, within KEY_LIFETIME; without, the one
    with the same content, within REPETITION. Raises IdempotencyKeyReused where the key came with
    other content.
    """
    if sending.idempotency_key is None:
        row = _first_of(sending, Receipt.fingerprint == sending.fingerprint, now - REPETITION)
    else:
        row = _first_of(
            sending, Receipt.idempotency_key == sending.idempotency_key, now - KEY_LIFETIME
        )
        if row is not None and row.fingerprint != sending.fingerprint:
            raise IdempotencyKeyReused(
                "Idempotency-Key was sent with another report before: take a new key for a new "
                "report, or send the very same report to hear its answer again."
            )
    return None if row is None else dict(row.answer)


def of_sender(sending: Sending) -> Any:
    """Give the condition that a receipt is of the same sender and of the same endpoint."""
    return and_(
        Receipt.jurisdiction_id == sending.jurisdiction_id,
        Receipt.sandbox == sending.sandbox,
        Receipt.api_key_id.is_not_distinct_from(sending.api_key_id),
    )


def _first_of(sending: Sending, same: Any, since: datetime) -> Row[bytes, dict[str, Any]] | None:
    statement = (
        select(Receipt.fingerprint, Receipt.answer)
        .where(of_sender(sending), same, Receipt.received_at > since)
        .order_by(Receipt.received_at, Receipt.service_request_pk)
        .limit(1)
    )
    return db.session.execute(statement).one_or_none()
