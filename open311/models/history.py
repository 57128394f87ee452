"""History of service requests: statuses, staff work, updates, and the review queue."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.intake import ENTERED_BY_STAFF
from schemas.vocabulary.limits import DESCRIPTION_LIMIT
from schemas.vocabulary.statuses import CLOSED_STATUSES, OPEN_STATUSES, STANDARD_STATUSES
from schemas.vocabulary.steps import STATUS, STEP_CODES
from schemas.vocabulary.triage import TRIAGE_REASONS

DETAILED_STATUS_KNOWN = (
    f"CASE status WHEN 'open' THEN detailed_status IN {OPEN_STATUSES} "
    f"ELSE detailed_status IN {CLOSED_STATUSES} END"
)


class StatusChange(Base):
    """A change of status. A trigger makes rows append-only.

    The order is that of id: the clock may have been set back, so changed_at may go back too.
    opening marks the first status of each service request. made_by is the member of staff, if one
    changed it; only staff can read it.

    kind is one of STEP_CODES; other kinds than status keep the status and its note. department_id
    is the department that acknowledged, received, or forwarded the request, and service_id the new
    service.
    """

    __tablename__ = "status_changes"
    __table_args__ = (
        CheckConstraint(f"status IN {STANDARD_STATUSES}", name="status_known"),
        CheckConstraint(DETAILED_STATUS_KNOWN, name="detailed_status_known"),
        CheckConstraint(f"kind IN {STEP_CODES}", name="kind_known"),
        Index("ix_status_changes_latest", "service_request_pk", "id"),
        Index("ix_status_changes_time", "changed_at", "id"),
        # News is read from it alone (queries/search/news.py).
        Index(
            "ix_status_changes_news",
            "changed_at",
            postgresql_where="NOT opening",
            postgresql_include=["service_request_pk", "kind", "made_by"],
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    status: Mapped[str]
    detailed_status: Mapped[str]
    status_notes: Mapped[str]
    changed_at: Mapped[datetime]
    opening: Mapped[bool]
    made_by: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default=STATUS)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))


WORK_STEPS = (
    *("noted", "assigned", "released", "linked", "unlinked", "waits", "resumed", "answered"),
    *("prioritized", "tagged", "untagged", "bulk_undone", "photo_removed"),
)

FREE_STEPS = ("noted", "waits", "resumed", "tagged", "untagged")
"""Kinds of work steps whose text is free: others name a user, a request, or a code."""


class WorkStep(Base):
    """A step of staff work, not public. A trigger makes rows append-only.

    kind is one of WORK_STEPS. text is the note, the assignee, the number of the original
    request, the new priority, the tags, or the bulk action that was undone. "photo_removed" has
    none. made_by of "answered" is the name of an API key.
    """

    __tablename__ = "work_steps"
    __table_args__ = (
        CheckConstraint(f"kind IN {WORK_STEPS}", name="kind_known"),
        CheckConstraint(
            "text <> '' OR kind NOT IN ('noted', 'assigned', 'linked', 'prioritized', 'tagged', "
            "'untagged', 'bulk_undone')",
            name="says_what",
        ),
        CheckConstraint("made_by <> ''", name="made_by_someone"),
        Index("ix_work_steps_service_request", "service_request_pk", "id"),
        Index("ix_work_steps_news", "made_at", postgresql_where="kind IN ('assigned', 'answered')"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    kind: Mapped[str]
    text: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class ReceivedUpdate(Base):
    """An update as it was sent (spec 5.6).

    update_id is the id in the system of the sender. status is the detailed status that it claims;
    NULL claims none. by_city means that the key had the right to change statuses; claims, that it
    did not, and that staff should check the status. An update of a request for a batch service has
    a token and is held for approval.

    A published update is a change of status or a comment. comment_id is a number of the sequence of
    status_changes, so that both have one order and no ID in common; accepted_at is the time of its
    publication.

    added_by is a member of staff who added a caller: someone else with the same problem, who came
    by a channel of ENTERED_BY_STAFF. That is never published, and may be without a text.
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
            "token IS NOT NULL OR status_change_id IS NOT NULL OR comment_id IS NOT NULL "
            "OR added_by IS NOT NULL",
            name="waits_or_is_accepted",
        ),
        CheckConstraint(
            "status_change_id IS NULL OR comment_id IS NULL", name="status_change_or_comment"
        ),
        CheckConstraint(
            "(comment_id IS NULL) = (accepted_at IS NULL)", name="comment_has_accepted_at"
        ),
        CheckConstraint(f"channel IN {ENTERED_BY_STAFF}", name="channel_known"),
        CheckConstraint("added_by <> ''", name="added_by_someone"),
        CheckConstraint("(channel IS NULL) = (added_by IS NULL)", name="caller_is_whole"),
        Index(
            "ix_received_updates_comments",
            "accepted_at",
            "comment_id",
            postgresql_where="comment_id IS NOT NULL",
        ),
        Index("ix_received_updates_news", "received_at"),
        CheckConstraint(
            f"char_length(description) <= {DESCRIPTION_LIMIT}", name="description_length"
        ),
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
    by_city: Mapped[bool]
    claims: Mapped[bool]
    comment_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    accepted_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    added_by: Mapped[str | None]


class UpdateReporter(Base):
    """The author of an update. No public query reads this table."""

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


class TriageEntry(Base):
    """A reason for review, one of TRIAGE_REASONS, with details; open until it is resolved."""

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
        Index("ix_triage_entries_service_request", "service_request_pk", "id"),
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
