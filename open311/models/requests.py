"""Service requests, their boundaries, and their requesters."""

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Sequence,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from open311.models.columns import cell_column, point_column
from open311.models.history import DETAILED_STATUS_KNOWN
from schemas.vocabulary.intake import INTAKE_CHANNELS, UNKNOWN
from schemas.vocabulary.limits import DESCRIPTION_LIMIT
from schemas.vocabulary.priorities import PRIORITIES, USUAL_RANK
from schemas.vocabulary.statuses import STANDARD_STATUSES


class Reporter(Base):
    """The requester. No public query reads this table."""

    __tablename__ = "reporters"

    service_request_pk: Mapped[int] = mapped_column(
        ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str]
    device_id: Mapped[str]
    account_id: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    phone: Mapped[str]


SEARCHABLE_WORDS = (
    "to_tsvector('simple'::regconfig, (((service_requests.description || ' ') || "
    "service_requests.address_string) || ' ') || "
    "COALESCE(service_requests.service_request_id, ''))"
)
"""In SQL, words of no language in particular. There is an index on this very expression.

The brackets are those PostgreSQL shows, by which Alembic compares.
"""

DUE_OR_NEVER = (
    "COALESCE(service_requests.expected_datetime, "
    "'9999-12-31 00:00:00+00'::timestamp with time zone)"
)
"""In SQL, when a request is due, or a time after all others. An index has this very expression."""

UNPLACED = "location IS NULL OR abs(st_y(location)) >= 85.05112877980659"
"""Not on a map in Web Mercator, so that request_grid does not count it (migration 0016)."""

LOCATION_SOURCES = ("client", "address_point", "geocoder", "staff")

change_numbers = Sequence("change_numbers", metadata=Base.metadata)

service_request_numbers = Sequence("service_request_numbers", metadata=Base.metadata)
"""Numbers for public ids. A number may be skipped; none is given twice, nor waited for."""


COUNTED = ("status", "service_id", "department_id", "sandbox", "withdrawn_at")
"""Columns by which staff lists are counted, which indexes of open requests include."""


class ServiceRequest(Base):
    """A service request.

    service_request_id is the public number; a request for a batch service has none until it is
    approved. Only rows with public=True leave through the API, those with sandbox=True only through
    the test endpoint, and withdrawn ones only as tombstones. A trigger sets status,
    detailed_status, status_notes, and updated_datetime from the newest change of status.

    A trigger also sets change_number, which increases with every change, listed_number, when the
    row becomes public, and changed_at, the time of the last change. Numbers become visible with the
    commit, so a lower one may follow a higher one; settled_change (migration 0011) returns the
    number up to which none is missing.

    submitted_at is set if the request waited for approval: requested_datetime is then the time of
    its approval, when it appeared in public lists.

    api_key_id is the API key that submitted it, if known. channel is one of INTAKE_CHANNELS, and
    priority a rank of RANK_OF, both for staff only. assigned_user_id is the assignee.
    duplicate_of_pk is the original of a duplicate. continues_pk is the closed request that this one
    continues. first_expected_datetime is the first due date once another has replaced it; a trigger
    keeps it. While waits_since is set, it is on hold for the requester and not overdue.

    pinned means that the department was set manually, and routing does not change it. accepted_at
    is the time at which that department acknowledged the request. first_viewed_at is the time at
    which someone who may work on it first opened its page. It is set alone, and is no change of the
    request: it gets no change_number. near_border means that another
    boundary is within the accuracy of the location (accuracy_meters, if the client sent it).
    outside_meters is how far outside the service area it is, if that is less than the accuracy.

    cell_x and cell_y are the cell of the location at FINEST_LEVEL (grid.py), by which maps count
    overdue requests.
    """

    __tablename__ = "service_requests"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "service_request_id"),
        ForeignKeyConstraint(
            ["jurisdiction_id", "service_id"], ["services.jurisdiction_id", "services.id"]
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
        ),
        ForeignKeyConstraint(
            ["jurisdiction_id", "assigned_user_id"], ["users.jurisdiction_id", "users.id"]
        ),
        CheckConstraint("duplicate_of_pk <> pk", name="duplicate_of_another"),
        CheckConstraint("continues_pk <> pk", name="continues_another"),
        CheckConstraint(f"status IN {STANDARD_STATUSES}", name="status_known"),
        CheckConstraint(DETAILED_STATUS_KNOWN, name="detailed_status_known"),
        CheckConstraint("NOT public OR service_request_id IS NOT NULL", name="public_has_id"),
        CheckConstraint("service_request_id <> ''", name="id_not_empty"),
        CheckConstraint(
            "location IS NOT NULL OR address_string <> '' OR address_id <> ''", name="somewhere"
        ),
        CheckConstraint(
            "NOT ST_IsEmpty(location) AND abs(ST_X(location)) <= 180 AND abs(ST_Y(location)) <= 90",
            name="location_on_earth",
        ),
        CheckConstraint(f"location_from IN {LOCATION_SOURCES}", name="location_from_known"),
        CheckConstraint(
            "(location IS NULL) = (location_from IS NULL)", name="location_from_somewhere"
        ),
        CheckConstraint(f"channel IN {INTAKE_CHANNELS}", name="channel_known"),
        CheckConstraint(f"priority BETWEEN 1 AND {len(PRIORITIES)}", name="priority_known"),
        CheckConstraint("accuracy_meters > 0", name="accuracy_positive"),
        CheckConstraint("outside_meters >= 0", name="outside_not_negative"),
        CheckConstraint(
            f"char_length(description) <= {DESCRIPTION_LIMIT}", name="description_length"
        ),
        CheckConstraint("jsonb_typeof(answers) = 'object'", name="answers_are_object"),
        CheckConstraint("updated_datetime >= requested_datetime", name="updated_after_requested"),
        CheckConstraint("submitted_at <= requested_datetime", name="submitted_before_requested"),
        Index("ix_service_requests_location", "location", postgresql_using="gist"),
        # With what decides who may see a row, so that a list is counted from the index alone.
        Index(
            "ix_service_requests_newest",
            "jurisdiction_id",
            "requested_datetime",
            "pk",
            postgresql_include=["public", "sandbox", "withdrawn_at"],
        ),
        # For staff. Equal keys are stored once, so that all rows are counted from few pages.
        Index(
            "ix_service_requests_counts",
            "jurisdiction_id",
            "status",
            "service_id",
            "department_id",
            postgresql_where="NOT sandbox AND withdrawn_at IS NULL",
        ),
        Index("ix_service_requests_service", "service_id", "requested_datetime", "pk"),
        Index("ix_service_requests_updated", "jurisdiction_id", "updated_datetime", "pk"),
        Index(
            "ix_service_requests_open",
            "jurisdiction_id",
            "requested_datetime",
            "pk",
            postgresql_where="status = 'open'",
            postgresql_include=[
                *(*COUNTED, "accepted_at", "waits_since"),
                *("assigned_user_id", "first_viewed_at"),
            ],
        ),
        # With what maps need, so that overdue requests are counted from the index alone.
        Index(
            "ix_service_requests_due",
            "jurisdiction_id",
            "expected_datetime",
            "pk",
            postgresql_where="status = 'open'",
            postgresql_include=[*COUNTED, "waits_since", "public", "cell_x", "cell_y"],
        ),
        Index(
            "ix_service_requests_waiting",
            "jurisdiction_id",
            "requested_datetime",
            "pk",
            postgresql_where="waits_since IS NOT NULL",
        ),
        # For staff, of what is not most of the table, so that POST by apps does not write to it.
        Index(
            "ix_service_requests_channel",
            "jurisdiction_id",
            "channel",
            "requested_datetime",
            "pk",
            postgresql_where="channel <> 'api' AND channel <> 'unknown'",
            postgresql_include=["public", "sandbox", "withdrawn_at"],
        ),
        # What is in no total of request_grid.
        Index(
            "ix_service_requests_unplaced",
            "jurisdiction_id",
            "status",
            "service_id",
            postgresql_where=f"NOT sandbox AND withdrawn_at IS NULL AND ({UNPLACED})",
        ),
        # What is never due comes last (search/orders.py).
        Index("ix_service_requests_due_order", "jurisdiction_id", text(DUE_OR_NEVER), "pk"),
        Index("ix_service_requests_priority", "jurisdiction_id", "priority", "pk"),
        Index("ix_service_requests_changes", "jurisdiction_id", "change_number"),
        Index("ix_service_requests_listed", "jurisdiction_id", "listed_number"),
        Index(
            "ix_service_requests_assigned",
            "assigned_user_id",
            postgresql_where="assigned_user_id IS NOT NULL",
        ),
        Index(
            "ix_service_requests_duplicates",
            "duplicate_of_pk",
            postgresql_where="duplicate_of_pk IS NOT NULL",
        ),
        Index(
            "uq_service_requests_continues",
            "continues_pk",
            unique=True,
            postgresql_where="continues_pk IS NOT NULL",
        ),
        Index("ix_service_requests_sandbox", "pk", postgresql_where="sandbox"),
        Index(
            "ix_service_requests_near_border",
            "jurisdiction_id",
            "requested_datetime",
            "pk",
            postgresql_where="near_border",
        ),
        Index("ix_service_requests_words", text(SEARCHABLE_WORDS), postgresql_using="gin"),
    )

    pk: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    service_request_id: Mapped[str | None]
    token: Mapped[str | None] = mapped_column(unique=True)
    public: Mapped[bool]
    sandbox: Mapped[bool]
    withdrawn_at: Mapped[datetime | None]
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    channel: Mapped[str] = mapped_column(server_default=UNKNOWN)
    change_number: Mapped[int] = mapped_column(BigInteger, FetchedValue())
    listed_number: Mapped[int | None] = mapped_column(BigInteger, FetchedValue())
    changed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), FetchedValue())
    service_id: Mapped[int]
    department_id: Mapped[int]
    routing_rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    routing_reason: Mapped[str]
    pinned: Mapped[bool]
    accepted_at: Mapped[datetime | None]
    first_viewed_at: Mapped[datetime | None]
    assigned_user_id: Mapped[int | None]
    duplicate_of_pk: Mapped[int | None] = mapped_column(ForeignKey("service_requests.pk"))
    continues_pk: Mapped[int | None] = mapped_column(ForeignKey("service_requests.pk"))
    waits_since: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=str(USUAL_RANK))
    location: Mapped[WKBElement | None] = mapped_column(point_column())
    location_from: Mapped[str | None]
    cell_x: Mapped[int | None] = mapped_column(cell_column("x"))
    cell_y: Mapped[int | None] = mapped_column(cell_column("y"))
    accuracy_meters: Mapped[float | None]
    outside_meters: Mapped[float | None]
    near_border: Mapped[bool]
    address_string: Mapped[str]
    address_id: Mapped[str]
    zipcode: Mapped[str]
    description: Mapped[str]
    media_url: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str]
    detailed_status: Mapped[str]
    status_notes: Mapped[str]
    requested_datetime: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    updated_datetime: Mapped[datetime]
    expected_datetime: Mapped[datetime | None]
    first_expected_datetime: Mapped[datetime | None]
