"""Mails that the server has read in its mailbox."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.incoming import INCOMING_OUTCOMES


class IncomingMail(Base):
    """A mail that was processed, so that it does nothing when it is read again.

    digest is the SHA-256 of its sender, time, Message-ID, subject, and body; nothing else of it is
    stored. outcome is one of INCOMING_OUTCOMES.
    """

    __tablename__ = "incoming_mails"
    __table_args__ = (
        CheckConstraint("length(digest) = 32", name="hashed"),
        CheckConstraint(f"outcome IN {tuple(INCOMING_OUTCOMES)}", name="outcome_known"),
        Index("ix_incoming_mails_received_at", "received_at"),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    received_at: Mapped[datetime]
