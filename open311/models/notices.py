"""Occasions for emails to staff, and secret links of users."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import is_address
from schemas.vocabulary.notices import LINK_PURPOSES, STAFF_TELLING_KINDS


class StaffTelling(Base):
    """Something about a service request that a user or a department is notified of.

    kind is one of STAFF_TELLING_KINDS. step_id is the work step of an assignment, or the routing
    step of a transfer. Once due_at has come, the row becomes part of a message, and is deleted.
    """

    __tablename__ = "staff_tellings"
    __table_args__ = (
        CheckConstraint(f"kind IN {STAFF_TELLING_KINDS}", name="kind_known"),
        CheckConstraint("num_nonnulls(user_id, department_id) = 1", name="one_recipient"),
        CheckConstraint(
            "(kind IN ('assigned', 'handed_over')) = (step_id IS NOT NULL)", name="step_of_its_kind"
        ),
        Index("ix_staff_tellings_service_request", "service_request_pk"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    step_id: Mapped[int | None] = mapped_column(BigInteger)
    due_at: Mapped[datetime]


class MessageItem(Base):
    """One of the service requests that a message to staff is about, and why, as in StaffTelling."""

    __tablename__ = "message_items"
    __table_args__ = (
        CheckConstraint(f"kind IN {STAFF_TELLING_KINDS}", name="kind_known"),
        Index("ix_message_items_message", "message_id", "id"),
        Index("ix_message_items_service_request", "service_request_pk", "message_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    kind: Mapped[str]
    step_id: Mapped[int | None] = mapped_column(BigInteger)


class NoticeClock(Base):
    """The due date before which staff of a city were notified of what is overdue.

    told_to is for assignees. mailboxes_told_to is earlier by the working days after which the
    mailboxes of departments are told.
    """

    __tablename__ = "notice_clocks"
    __table_args__ = (CheckConstraint("mailboxes_told_to <= told_to", name="mailboxes_later"),)

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    told_to: Mapped[datetime]
    mailboxes_told_to: Mapped[datetime]


class UserLink(Base):
    """A secret link with which a user sets a password, or confirms an address, once.

    Only its SHA-256 is stored. purpose is one of LINK_PURPOSES. email is the address that a user
    wants, None to have none. former_email is the one that the change took away.
    """

    __tablename__ = "user_links"
    __table_args__ = (
        CheckConstraint(f"purpose IN {LINK_PURPOSES}", name="purpose_known"),
        CheckConstraint(
            "(purpose = 'email_change') = (num_nonnulls(email, former_email) > 0)",
            name="addresses_of_a_change",
        ),
        CheckConstraint(is_address("email"), name="email_form"),
        CheckConstraint(is_address("former_email"), name="former_email_form"),
        CheckConstraint("length(token_hash) = 32", name="hashed"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        Index("ix_user_links_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    email: Mapped[str | None]
    former_email: Mapped[str | None]
