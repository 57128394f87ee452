"""Shift lists of crews, and which actions of a phone are done already."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class ShiftStop(Base):
    """A request on the shift list of a user for a day; position orders the list, from 1."""

    __tablename__ = "shift_stops"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "user_id"], ["users.jurisdiction_id", "users.id"]),
        # Checked at the end of the transaction, as stops change places.
        UniqueConstraint("user_id", "day", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("position > 0", name="position_counted"),
        Index("ix_shift_stops_request", "service_request_pk"),
        Index("ix_shift_stops_day", "day"),
    )

    jurisdiction_id: Mapped[str]
    user_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int]


class StaffReceipt(Base):
    """An action of a user that is done, by the key that the phone gave it.

    digest is the SHA-256 of the action and its fields. change_number is that of the request after
    the action; None for a note, which may follow changes that its author has not seen.
    """

    __tablename__ = "staff_receipts"
    __table_args__ = (
        CheckConstraint("octet_length(digest) = 32", name="digest_measured"),
        Index("ix_staff_receipts_done_at", "done_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    change_number: Mapped[int | None] = mapped_column(BigInteger)
    done_at: Mapped[datetime]
