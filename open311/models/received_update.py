"""Updates of service requests that other systems sent, and who they are from."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base


class ReceivedUpdate(Base):
    """One update as it was sent (spec 5.6).

    update_id is the sender's own. An update of a request to a batch service waits, known by its
    token, until it is accepted; the others become a status change at once. status is a detailed
    one; NULL leaves it as it is.
    """

    __tablename__ = "received_updates"
    __table_args__ = (
        Index(
            "uq_received_updates_update_id",
            "service_request_pk",
            "api_key_id",
            "update_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("update_id <> ''", name="update_id_not_empty"),
        CheckConstraint(
            "token IS NOT NULL OR status_change_id IS NOT NULL", name="waits_or_is_accepted"
        ),
        CheckConstraint("char_length(description) <= 4000", name="description_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    update_id: Mapped[str]
    token: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[str | None]
    description: Mapped[str]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    status_change_id: Mapped[int | None] = mapped_column(
        ForeignKey("status_changes.id", ondelete="CASCADE"), unique=True
    )


class UpdateReporter(Base):
    """Who sent an update. No public query touches this table."""

    __tablename__ = "update_reporters"

    received_update_id: Mapped[int] = mapped_column(
        ForeignKey("received_updates.id", ondelete="CASCADE"), primary_key=True
    )
    title: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    account_id: Mapped[str]
