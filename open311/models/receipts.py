"""Receipts of submissions, so that a retry gets the first response."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class Receipt(Base):
    """The response to one POST /requests, stored for retries.

    fingerprint is a salted SHA-256 of the content without the key, and occurrence the number of
    times that this content was stored before: of two attempts at the same moment, one is stored.
    What can be no retry by its content has none, such as a report with an Idempotency-Key that gets
    an id at once; nor have receipts of versions before 0063. The public key of the test endpoint
    has no api_key_id.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        Index(
            "uq_receipts_idempotency_key",
            "jurisdiction_id",
            "sandbox",
            "api_key_id",
            "idempotency_key",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="idempotency_key IS NOT NULL",
        ),
        Index("uq_receipts_occurrence", "fingerprint", "sandbox", "occurrence", unique=True),
        Index("ix_receipts_received_at", "received_at"),
    )

    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    sandbox: Mapped[bool]
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    idempotency_key: Mapped[str | None]
    fingerprint: Mapped[bytes]
    occurrence: Mapped[int | None]
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime]
