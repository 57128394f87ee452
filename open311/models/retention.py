"""What a city's records schedule says, what stops it, and records of erased personal data."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.retention import MOST_MONTHS, RECORD_SERIES

ACTION_FITS = " OR ".join(
    f"series = '{series}' AND action IN ({', '.join(map(repr, actions))})"
    for series, actions in RECORD_SERIES.items()
)


class RetentionRule(Base):
    """What happens to a record series of closed requests, and of those that nobody approved.

    series and action are those of RECORD_SERIES. months are counted from the last change of status;
    for updates, and for logs, also from their own time. authority names what lets the city do this,
    such as its adopted records schedule. The city writes it, and nothing happens without one.
    """

    __tablename__ = "retention_rules"
    __table_args__ = (
        CheckConstraint(ACTION_FITS, name="action_fits"),
        CheckConstraint(f"months BETWEEN 1 AND {MOST_MONTHS}", name="months_counted"),
        CheckConstraint("btrim(authority) <> ''", name="has_authority"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    months: Mapped[int] = mapped_column(SmallInteger)
    action: Mapped[str]
    authority: Mapped[str]


class LegalHold(Base):
    """A duty to keep a service request as it is, such as for a lawsuit.

    While one is in effect, nothing is erased from it, by whatever way. It ends after the day until,
    if there is one, and when it is lifted. reason is for staff. Its rows stay, and the database
    deletes no service request that has one.
    """

    __tablename__ = "legal_holds"
    __table_args__ = (
        CheckConstraint("btrim(reason) <> ''", name="has_reason"),
        CheckConstraint("set_by <> '' AND lifted_by <> ''", name="by_someone"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_someone"),
        Index("ix_legal_holds_service_request", "service_request_pk", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(BigInteger, ForeignKey("service_requests.pk"))
    reason: Mapped[str]
    until: Mapped[date | None]
    set_at: Mapped[datetime]
    set_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]


ERASURE_BASES = ("email", "phone", "request", "withdrawal", "retention")


class Erasure(Base):
    """A record that personal data was erased from a service request, or outside of any.

    basis is one of ERASURE_BASES: what the data was found by, or that the request was withdrawn,
    or that a period was over: that of a rule for a series, whose authority is the reason, or else
    that of the city. counts holds the number of erased values by kind, and never a value. A trigger
    makes rows append-only.

    extent is what repeats the erasure in a backup (operations/people/repeat.py), and entry is the
    same for all rows of one operation; older rows have none.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint(f"basis IN {ERASURE_BASES}", name="basis_known"),
        CheckConstraint("erased_by <> ''", name="erased_by_someone"),
        CheckConstraint("jsonb_typeof(counts) = 'object'", name="counts_are_object"),
        CheckConstraint(ACTION_FITS, name="action_fits"),
        CheckConstraint(
            "(series IS NULL) = (action IS NULL) AND (series IS NULL OR basis = 'retention')",
            name="series_of_a_rule",
        ),
        Index("ix_erasures_service_request", "service_request_pk", "id"),
        Index("ix_erasures_newest", "jurisdiction_id", "id"),
        Index("ix_erasures_time", "jurisdiction_id", "erased_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    service_request_pk: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    basis: Mapped[str]
    reason: Mapped[str]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    erased_at: Mapped[datetime]
    erased_by: Mapped[str]
    series: Mapped[str | None]
    action: Mapped[str | None]
    extent: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    entry: Mapped[UUID | None]


class UnloggedErasure(Base):
    """An erasure that has to be added to the log outside of the database; then the row goes."""

    __tablename__ = "unlogged_erasures"

    erasure_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("erasures.id", ondelete="CASCADE"), primary_key=True
    )
