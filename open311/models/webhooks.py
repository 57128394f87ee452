"""Webhooks: endpoints of other systems, and what each of them was sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.webhooks import (
    DELIVERY_STATES,
    ENDPOINT_STATES,
    EVENTS,
    FAILURES,
    KNOWN,
    LONGEST_URL,
    PING,
    REASONS,
)


class WebhookEndpoint(Base):
    """An address that gets changes of service requests.

    api_key_id is the owner, if the API key of an app created it. services, department, and boundary
    (a layer and a code) are filters by code; empty ones are no condition. events are those of
    EVENTS that are sent.

    secret and previous_secret sign messages; both are encrypted (open311/encryption.py).
    previous_secret is used as well until previous_until.

    cursor is the number of the last change that was read for the endpoint. begins_after is the
    number, and begins_at the time, after which changes count as new to it. replays is the number of
    times that the cursor was set back: it is part of the ids of messages, so that receivers do not
    take a replay for a repetition.

    failures is the number of failed attempts since the last success, the first of them at
    failing_since. Nothing is sent before held_until. lease is the run that sends at the moment,
    until lease_until. called_at is the time at which a run was asked for that has not ended.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint(
            f"url ~ '^https?://' AND char_length(url) <= {LONGEST_URL}", name="url_form"
        ),
        CheckConstraint(
            f"events <@ ARRAY{list(EVENTS)}::text[] AND cardinality(events) > 0",
            name="events_known",
        ),
        CheckConstraint(
            "(boundary_layer = '') = (boundary_code = '')", name="boundary_of_its_layer"
        ),
        CheckConstraint(f"state IN {ENDPOINT_STATES}", name="state_known"),
        CheckConstraint(
            f"CASE state WHEN 'on' THEN reason IS NULL ELSE reason IN {REASONS} END",
            name="reason_of_state",
        ),
        CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)", name="previous_secret_ends"
        ),
        CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="lease_ends"),
        CheckConstraint("(failures > 0) = (failing_since IS NOT NULL)", name="failing_since_when"),
        CheckConstraint("cursor >= 0 AND begins_after >= 0", name="numbers_not_negative"),
        CheckConstraint("failures >= 0 AND replays >= 0", name="counts_not_negative"),
        CheckConstraint("made_by <> ''", name="made_by_someone"),
        Index("ix_webhook_endpoints_jurisdiction", "jurisdiction_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    url: Mapped[str]
    services: Mapped[list[str]] = mapped_column(ARRAY(Text))
    department: Mapped[str]
    boundary_layer: Mapped[str]
    boundary_code: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes]
    previous_secret: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(BigInteger)
    begins_after: Mapped[int] = mapped_column(BigInteger)
    begins_at: Mapped[datetime]
    replays: Mapped[int]
    state: Mapped[str]
    reason: Mapped[str | None]
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    made_by: Mapped[str]


class WebhookDelivery(Base):
    """What an endpoint knows of a service request, and what is still to send.

    There is one row for each endpoint and service request, so a later change takes the place of one
    that waits: messages contain the state at the moment of sending.

    change_number is the newest change to tell, waiting since waiting_since. attempts counts those
    of this message; the next one is at next_at. known_number is the last change that was sent,
    known_update its highest update_id, and known what the endpoint knows since, one of KNOWN.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint(f"state IN {DELIVERY_STATES}", name="state_known"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint(f"known IN {KNOWN}", name="known_status_valid"),
        CheckConstraint("known IS NULL OR known_number IS NOT NULL", name="known_by_number"),
        CheckConstraint("state <> 'delivered' OR known_number IS NOT NULL", name="delivered_what"),
        CheckConstraint(f"failure IN {FAILURES}", name="failure_known"),
        CheckConstraint("state <> 'dead' OR failure IS NOT NULL", name="dead_of_failure"),
        Index(
            "ix_webhook_deliveries_waiting",
            "endpoint_id",
            "change_number",
            postgresql_where="state = 'waiting'",
        ),
        Index(
            "ix_webhook_deliveries_dead",
            "endpoint_id",
            "change_number",
            postgresql_where="state = 'dead'",
        ),
        Index("ix_webhook_deliveries_service_request", "service_request_pk"),
    )

    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), primary_key=True
    )
    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE"), primary_key=True
    )
    change_number: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    waiting_since: Mapped[datetime]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    failure: Mapped[str | None]
    known_number: Mapped[int | None] = mapped_column(BigInteger)
    known: Mapped[str | None]
    known_update: Mapped[int | None] = mapped_column(BigInteger)


class WebhookAttempt(Base):
    """A message that was sent to an endpoint, or should have been: the log of deliveries.

    A test has no service request. milliseconds is the time until the response, of whose content
    nothing is stored; without a response there is neither a status nor a time.
    """

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        CheckConstraint(f"event IN {(*EVENTS, PING)}", name="event_known"),
        CheckConstraint(f"failure IN {FAILURES}", name="failure_known"),
        CheckConstraint(
            "(http_status IS NULL) = (milliseconds IS NULL)", name="response_took_time"
        ),
        CheckConstraint(
            "failure IS NOT NULL OR http_status IS NOT NULL", name="failed_or_answered"
        ),
        CheckConstraint(
            "(event = 'ping') = (service_request_pk IS NULL) "
            "AND (event = 'ping') = (change_number IS NULL)",
            name="about_what",
        ),
        CheckConstraint("message_id <> ''", name="message_has_id"),
        Index("ix_webhook_attempts_newest", "endpoint_id", "id"),
        Index("ix_webhook_attempts_service_request", "service_request_pk"),
        Index("ix_webhook_attempts_time", "tried_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    service_request_pk: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    message_id: Mapped[str]
    event: Mapped[str]
    change_number: Mapped[int | None] = mapped_column(BigInteger)
    tried_at: Mapped[datetime]
    http_status: Mapped[int | None]
    milliseconds: Mapped[int | None]
    failure: Mapped[str | None]
