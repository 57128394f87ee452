"""Addresses and phone numbers that messages go to, and what they are about."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.telling import CHANNELS, EMAIL, SUPPRESSION_REASONS


class Contact(Base):
    """Where messages may go, in a language: an email address or a phone number (E.164).

    kind is one of CHANNELS. No public query reads it.

    Nothing is sent to it until suppressed_until, for a reason of SUPPRESSION_REASONS.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "address"),
        CheckConstraint(f"kind IN {CHANNELS}", name="kind_known"),
        UniqueConstraint("jurisdiction_id", "id"),  # target of a foreign key
        CheckConstraint(
            "CASE kind WHEN 'sms' THEN address ~ '^\\+[1-9][0-9]{6,14}$' "
            "ELSE address = lower(address) AND position('@' in address) > 1 END",
            name="address_form",
        ),
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(
            f"suppressed_why IN {tuple(SUPPRESSION_REASONS)}", name="suppressed_why_known"
        ),
        CheckConstraint(
            "(suppressed_until IS NULL) = (suppressed_why IS NULL)", name="suppressed_is_whole"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    kind: Mapped[str] = mapped_column(server_default=EMAIL)
    address: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    suppressed_until: Mapped[datetime | None]
    suppressed_why: Mapped[str | None]


SUBSCRIPTION_STATES = ("unconfirmed", "on", "ended")


class Subscription(Base):
    """The wish of a contact to get updates about a service request.

    is_reporter marks the requester's own. It is unconfirmed until the link of a message was used.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("contact_id", "service_request_pk"),
        UniqueConstraint("id", "service_request_pk"),  # target of a foreign key
        CheckConstraint(f"state IN {SUBSCRIPTION_STATES}", name="state_known"),
        Index("ix_subscriptions_service_request", "service_request_pk", "state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    is_reporter: Mapped[bool]
    state: Mapped[str]
    created_at: Mapped[datetime]
