"""TriageEntry: why a person should look at where a service request lies, or where it went."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

TRIAGE_REASONS = (
    "near_border",
    "no_place",
    "address_mismatch",
    "odd_place",
    "handed_over_often",
)


class TriageEntry(Base):
    """One reason, one of TRIAGE_REASONS, with what exactly was seen; open until it is settled."""

    __tablename__ = "triage_entries"
    __table_args__ = (
        CheckConstraint(f"reason IN {TRIAGE_REASONS}", name="reason_known"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_someone"),
        Index(
            "uq_triage_entries_open",
            "service_request_pk",
            "reason",
            unique=True,
            postgresql_where="settled_at IS NULL",
        ),
        Index(
            "ix_triage_entries_queue",
            "jurisdiction_id",
            "raised_at",
            "id",
            postgresql_where="settled_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    reason: Mapped[str]
    detail: Mapped[str]
    raised_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
