"""Occasions for messages about service requests, and the messages."""

from datetime import date, datetime

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
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.notices import BY_ITSELF, OF_A_DAY, STAFF_MESSAGE_KINDS
from schemas.vocabulary.telling import (
    ALERT_MESSAGE_KINDS,
    CHANNELS,
    DROP_REASONS,
    MESSAGE_KINDS,
    MESSAGE_STATES,
    TELLING_KINDS,
    WITHOUT_STEP,
)


class Telling(Base):
    """An occasion for messages, which are made once due_at has come; then the row is deleted.

    kind is one of TELLING_KINDS. status_change_id is the step of the history, and subscription_id
    the wish that has to be confirmed. A service request has few, so the step has no foreign key.
    """

    __tablename__ = "tellings"
    __table_args__ = (
        CheckConstraint(f"kind IN {TELLING_KINDS}", name="kind_known"),
        CheckConstraint(
            f"(kind IN {WITHOUT_STEP}) = (status_change_id IS NULL)", name="step_has_its_row"
        ),
        CheckConstraint(
            "(kind = 'confirm') = (subscription_id IS NOT NULL)", name="wish_has_its_row"
        ),
        Index("ix_tellings_service_request", "service_request_pk", "id"),
        Index("ix_tellings_subscription", "subscription_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    status_change_id: Mapped[int | None] = mapped_column(BigInteger)
    subscription_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriptions.id", ondelete="CASCADE")
    )
    due_at: Mapped[datetime]


class Message(Base):
    """A message to one recipient. Neither its address nor its text is stored.

    kind is one of MESSAGE_KINDS, to the contact of a subscription, about the steps of a service
    request from first_change_id to status_change_id, if any; or one of STAFF_MESSAGE_KINDS, to a
    user or the mailbox of a department, about what message_items say; or one of
    ALERT_MESSAGE_KINDS, to the contact of an alert, about what alert_items say. telling_id is that
    of the row of tellings, or of staff_tellings, that it was made from, which is deleted. day is
    the local day of a message of OF_A_DAY, and user_link_id the link of an invitation.

    template_version is that of the city's own text it was sent with; None is the built-in text.

    state is one of MESSAGE_STATES, reason one of DROP_REASONS, and failure what the mail server
    said last, or the report of one that bounced, without the address. A text message is in the
    state unknown if the process ended while it was sent. attempts are those since staff last asked
    for another one. settled_by is the user who has settled the failure of one that is not sent
    again.
    """

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction_id", "user_id"], ["users.jurisdiction_id", "users.id"]),
        ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        UniqueConstraint("telling_id", "subscription_id"),
        UniqueConstraint("telling_id", "user_id"),
        UniqueConstraint("telling_id", "department_id"),
        UniqueConstraint("kind", "day", "user_id"),
        UniqueConstraint("kind", "day", "department_id"),
        CheckConstraint(
            f"kind IN {MESSAGE_KINDS + STAFF_MESSAGE_KINDS + ALERT_MESSAGE_KINDS}",
            name="kind_known",
        ),
        CheckConstraint(
            f"(subscription_id IS NOT NULL) = (kind IN {MESSAGE_KINDS})", name="recipient_of_kind"
        ),
        CheckConstraint(
            f"(alert_id IS NOT NULL) = (kind IN {ALERT_MESSAGE_KINDS})", name="alert_of_its_kind"
        ),
        CheckConstraint(
            "(subscription_id IS NULL) = (service_request_pk IS NULL)", name="about_a_request"
        ),
        CheckConstraint(f"(day IS NOT NULL) = (kind IN {OF_A_DAY})", name="day_of_its_kind"),
        CheckConstraint(
            "num_nonnulls(telling_id, day, user_link_id) = "
            f"CASE WHEN kind IN {(*BY_ITSELF, *ALERT_MESSAGE_KINDS)} THEN 0 ELSE 1 END",
            name="made_from_one",
        ),
        CheckConstraint("user_link_id IS NULL OR user_id IS NOT NULL", name="link_of_a_user"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "kind", "language", "channel", "template_version"],
            [
                "message_templates.jurisdiction_id",
                "message_templates.kind",
                "message_templates.language",
                "message_templates.channel",
                "message_templates.version",
            ],
            name="fk_messages_template",
        ),
        CheckConstraint(f"channel IN {CHANNELS}", name="channel_known"),
        CheckConstraint("state <> 'unknown' OR channel = 'sms'", name="emails_are_known"),
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(f"state IN {tuple(MESSAGE_STATES)}", name="state_known"),
        CheckConstraint(f"reason IN {tuple(DROP_REASONS)}", name="reason_known"),
        CheckConstraint("(state = 'dropped') = (reason IS NOT NULL)", name="dropped_has_reason"),
        CheckConstraint(
            "(state IN ('sent', 'bounced')) = (sent_at IS NOT NULL)", name="sent_has_time"
        ),
        CheckConstraint(
            "state NOT IN ('failed', 'bounced') OR failure <> ''", name="failed_says_why"
        ),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_someone"),
        CheckConstraint("first_change_id <= status_change_id", name="steps_in_order"),
        CheckConstraint(
            "(first_change_id IS NULL) = (status_change_id IS NULL)", name="steps_are_whole"
        ),
        CheckConstraint(
            "num_nonnulls(subscription_id, user_id, department_id, alert_id) = 1",
            name="one_recipient",
        ),
        Index("ix_messages_due", "due_at", postgresql_where="state IN ('waiting', 'sending')"),
        Index("ix_messages_sent", "sent_at", postgresql_where="sent_at IS NOT NULL"),
        Index("ix_messages_service_request", "service_request_pk", "id"),
        Index("ix_messages_subscription", "subscription_id", "made_at"),
        Index("ix_messages_alert", "alert_id", "made_at"),
        Index("ix_messages_user_link", "user_link_id"),
        Index("ix_messages_newest", "jurisdiction_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    kind: Mapped[str]
    telling_id: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[date | None]
    user_link_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_links.id", ondelete="CASCADE")
    )
    service_request_pk: Mapped[int | None] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    first_change_id: Mapped[int | None] = mapped_column(BigInteger)
    status_change_id: Mapped[int | None] = mapped_column(BigInteger)
    subscription_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriptions.id", ondelete="CASCADE")
    )
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    user_id: Mapped[int | None]
    department_id: Mapped[int | None]
    channel: Mapped[str]
    language: Mapped[str]
    template_version: Mapped[int | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    failure: Mapped[str]
    attempts: Mapped[int]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
