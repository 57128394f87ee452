"""What a city decides about messages: their texts, and which of them are sent."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.message_texts import (
    ALWAYS_SENT,
    BODY_LIMIT,
    DELAY_LIMIT,
    SUBJECT_LIMIT,
    TEMPLATE_KINDS,
)
from schemas.vocabulary.telling import EMAIL, STATUS


class MessageTemplate(Base):
    """One version of a city's text for a kind of messages in a language; it never changes.

    The newest version counts. One without subject and body means the built-in text. made_by is a
    member of staff, or who ran a command.
    """

    __tablename__ = "message_templates"
    __table_args__ = (
        UniqueConstraint(
            *("jurisdiction_id", "kind", "language", "channel", "version"),
            name="uq_message_templates_version",
        ),
        CheckConstraint(f"kind IN {TEMPLATE_KINDS}", name="kind_known"),
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(f"channel = '{EMAIL}'", name="channel_known"),
        CheckConstraint("version > 0", name="version_counted"),
        CheckConstraint("(subject IS NULL) = (body IS NULL)", name="text_is_whole"),
        CheckConstraint(
            f"subject ~ '^[^\\n\\r]*[^\\s][^\\n\\r]*$' AND length(subject) <= {SUBJECT_LIMIT}",
            name="subject_is_a_line",
        ),
        CheckConstraint(f"body <> '' AND length(body) <= {BODY_LIMIT}", name="body_limited"),
        CheckConstraint("made_by <> ''", name="made_by_someone"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    kind: Mapped[str]
    language: Mapped[str]
    channel: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str | None]
    body: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class MessageSetting(Base):
    """Whether a city sends a kind of messages; without a row, it does.

    delay_minutes is the time for which new statuses are collected.
    """

    __tablename__ = "message_settings"
    __table_args__ = (
        CheckConstraint(f"kind IN {TEMPLATE_KINDS}", name="kind_known"),
        CheckConstraint(f"is_on OR kind NOT IN {ALWAYS_SENT}", name="some_are_always_sent"),
        CheckConstraint(
            f"(kind = '{STATUS}') = (delay_minutes IS NOT NULL)", name="only_statuses_wait"
        ),
        CheckConstraint(f"delay_minutes BETWEEN 0 AND {DELAY_LIMIT}", name="delay_limited"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    delay_minutes: Mapped[int | None]
