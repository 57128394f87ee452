"""What residents do on the website: links, drafts, holds, followers, and answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.feedback import FEEDBACK_ANSWERS
from schemas.vocabulary.holds import HOLD_OUTCOMES, HOLD_RULES
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.moderation import MODERATION_KINDS, MODERATION_TARGETS

CAPABILITY_PURPOSES = ("track", "follow")


class Capability(Base):
    """The right to act on one row by a secret link, of which only the SHA-256 is stored.

    purpose track is for the reporter of a service request, follow for one subscription. The token
    is derived from the row and its generation (queries/residents/capabilities.py): a repeated
    message has the same link, and a higher generation makes a new one.
    """

    __tablename__ = "capabilities"
    __table_args__ = (
        CheckConstraint(f"purpose IN {CAPABILITY_PURPOSES}", name="purpose_known"),
        CheckConstraint("length(token_hash) = 32", name="hashed"),
        CheckConstraint(
            "(purpose = 'track') = (subscription_id IS NULL)", name="purpose_has_its_row"
        ),
        CheckConstraint("generation > 0", name="generation_positive"),
        ForeignKeyConstraint(
            ["subscription_id", "service_request_pk"],
            ["subscriptions.id", "subscriptions.service_request_pk"],
            ondelete="CASCADE",
        ),
        Index("ix_capabilities_service_request", "service_request_pk"),
        Index(
            "uq_capabilities_track",
            "service_request_pk",
            unique=True,
            postgresql_where="purpose = 'track'",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    purpose: Mapped[str]
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    subscription_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    generation: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class SiteReport(Base):
    """How a report came in on the website or through staff: the language of the requester.

    The rest tells repeated ones on the website apart. sender_digest is a keyed hash of the address,
    whose key changes daily; it is erased after two days. text_digest and photo_digests are the
    SHA-256 of the description and of the photos.
    """

    __tablename__ = "site_reports"
    __table_args__ = (
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(
            "length(sender_digest) = 32 AND length(text_digest) = 32 "
            "AND array_position(photo_digests, NULL) IS NULL",
            name="hashed",
        ),
        Index("ix_site_reports_time", "made_at"),
    )

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str]
    sender_digest: Mapped[bytes | None]
    text_digest: Mapped[bytes | None]
    photo_digests: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    made_at: Mapped[datetime]


class ReportDraft(Base):
    """A report that is being written without scripts; only the SHA-256 of its name is stored.

    parameters are those of GeoReport, each with a list of values. photos are those that were
    staged in the store, as (name, width, height, size). Drafts are deleted when they expire.
    """

    __tablename__ = "report_drafts"
    __table_args__ = (
        CheckConstraint("length(name_hash) = 32", name="hashed"),
        CheckConstraint("jsonb_typeof(parameters) = 'object'", name="parameters_are_object"),
        CheckConstraint("jsonb_typeof(photos) = 'array'", name="photos_are_array"),
        Index("ix_report_drafts_expiry", "expires_at"),
    )

    name_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    photos: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Hold(Base):
    """A reason to look at a report before it is published; work on it continues.

    rule is one of HOLD_RULES, and seen is what it saw. All holds of a report are settled together;
    settled_by is a member of staff.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint(f"rule IN {tuple(HOLD_RULES)}", name="rule_known"),
        CheckConstraint(f"outcome IN {HOLD_OUTCOMES}", name="outcome_known"),
        CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL) "
            "AND (settled_at IS NULL) = (settled_by IS NULL)",
            name="settled_is_whole",
        ),
        CheckConstraint("settled_by <> ''", name="settled_by_someone"),
        Index(
            "ix_holds_waiting", "held_at", "service_request_pk", postgresql_where="outcome IS NULL"
        ),
    )

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    rule: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[str]
    held_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    outcome: Mapped[str | None]


class Support(Base):
    """Someone has the same problem ("me too"). sender_digest tells devices or addresses apart."""

    __tablename__ = "supports"
    __table_args__ = (CheckConstraint("length(sender_digest) = 32", name="hashed"),)

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    sender_digest: Mapped[bytes] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]


class Flag(Base):
    """Someone says that something is wrong with the page of a service request."""

    __tablename__ = "flags"
    __table_args__ = (
        CheckConstraint("text <> ''", name="says_what"),
        Index("ix_flags_service_request", "service_request_pk", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    text: Mapped[str]
    made_at: Mapped[datetime]


class Feedback(Base):
    """The answer of the reporter to "Is it fixed?", one for each closing. text is for staff."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint(f"answer IN {FEEDBACK_ANSWERS}", name="answer_known"),
        Index("ix_feedback_news", "answered_at"),
    )

    status_change_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("status_changes.id", ondelete="CASCADE"), primary_key=True
    )
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), index=True
    )
    answer: Mapped[str]
    text: Mapped[str]
    answered_at: Mapped[datetime]


class Moderation(Base):
    """A text or photo that was hidden or changed, with the public reason.

    original is what it replaced: a text, or the name of a photo. It is erased after a while, and
    with the service request. made_by is a member of staff, or NULL for the reporter. A comment has
    the id of its received update, and so has a photo that came with one.
    """

    __tablename__ = "moderations"
    __table_args__ = (
        CheckConstraint(f"target IN {MODERATION_TARGETS}", name="target_known"),
        CheckConstraint(f"kind IN {MODERATION_KINDS}", name="kind_known"),
        CheckConstraint(
            "target = 'photo' OR (target = 'comment') = (received_update_id IS NOT NULL)",
            name="comment_has_update",
        ),
        CheckConstraint("made_by <> ''", name="made_by_someone"),
        Index("ix_moderations_service_request", "service_request_pk", "id"),
        Index("ix_moderations_received_update", "received_update_id"),
        Index("ix_moderations_time", "made_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    received_update_id: Mapped[int | None] = mapped_column(
        ForeignKey("received_updates.id", ondelete="CASCADE")
    )
    target: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    original: Mapped[str]
    made_by: Mapped[str | None]
    made_at: Mapped[datetime]


class SpentChallenge(Base):
    """A proof of work that was accepted once, until it expires anyway."""

    __tablename__ = "spent_challenges"

    signature: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
