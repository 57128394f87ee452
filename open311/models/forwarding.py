"""Other GeoReport servers, and the service requests that are forwarded to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.forwarding import (
    ENDPOINT_STATES,
    FORWARDING_STATES,
    LONGEST_POLL_MINUTES,
    THEIRS,
    WIRE_FORMATS,
)

_MAPS_ARE_OBJECTS = " AND ".join(
    f"jsonb_typeof({name}) = 'object'" for name in ("service_map", "answer_map", "status_map")
)


class ForeignEndpoint(Base):
    """The GeoReport endpoint of another jurisdiction, to which departments forward.

    code identifies it; name is the one that residents read. url has no slash at its end, and
    foreign_jurisdiction is the jurisdiction_id there, if it needs one. encrypted_key is our API key
    there (open311/encryption.py). format is that of our POST.

    service_map holds their service_code by ours. answer_map holds their codes by
    "SERVICE/QUESTION", and their option keys by "SERVICE/QUESTION/OPTION"; other answers stay here.
    status_map holds detailed statuses by their words, in lower case.

    has_updates says that it lists servicerequestupdates. api_key_id is the key by which it reports
    here. polled_at is when its answers were asked for, updates_until the end of the last window of
    updates, and failure what went wrong the last time.
    """

    __tablename__ = "foreign_endpoints"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        UniqueConstraint("jurisdiction_id", "id"),  # target of foreign keys within a jurisdiction
        CheckConstraint("code <> '' AND name <> ''", name="named"),
        CheckConstraint("url ~ '^https?://' AND url !~ '/$'", name="url_is_bare"),
        CheckConstraint(f"format IN {WIRE_FORMATS}", name="format_known"),
        CheckConstraint(f"state IN {ENDPOINT_STATES}", name="state_known"),
        CheckConstraint(
            f"poll_minutes BETWEEN 1 AND {LONGEST_POLL_MINUTES}", name="polled_in_time"
        ),
        CheckConstraint(_MAPS_ARE_OBJECTS, name="maps_are_objects"),
        CheckConstraint("state <> 'on' OR encrypted_key IS NOT NULL", name="on_with_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    code: Mapped[str]
    name: Mapped[str]
    url: Mapped[str]
    foreign_jurisdiction: Mapped[str] = mapped_column(server_default="")
    format: Mapped[str] = mapped_column(server_default="xml")
    encrypted_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    service_map: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    answer_map: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    status_map: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    sends_photos: Mapped[bool] = mapped_column(server_default=false())
    has_updates: Mapped[bool] = mapped_column(server_default=false())
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    poll_minutes: Mapped[int] = mapped_column(server_default="15")
    state: Mapped[str] = mapped_column(server_default="off")
    polled_at: Mapped[datetime | None]
    updates_until: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(server_default="")


class Forwarding(Base):
    """A service request on its way to another server, or there; one for each of the two.

    state is one of FORWARDING_STATES, since state_at. foreign_id is its number there, and token
    what is exchanged for it. due_at is when something is to be done next: sent while it waits,
    looked for while its answer is missing. sent_at is the first attempt. sentence is the last
    failure. their_status is what the list of requests there said last: the status, a line break,
    and the hash of the note.
    """

    __tablename__ = "forwardings"
    __table_args__ = (
        UniqueConstraint("service_request_pk", "endpoint_id"),
        CheckConstraint(f"state IN {FORWARDING_STATES}", name="state_known"),
        CheckConstraint(f"state NOT IN {THEIRS} OR foreign_id IS NOT NULL", name="theirs_has_id"),
        CheckConstraint("state <> 'token' OR token IS NOT NULL", name="token_is_there"),
        CheckConstraint("foreign_id <> ''", name="foreign_id_not_empty"),
        CheckConstraint("state <> 'sending' OR sent_at IS NOT NULL", name="sending_since"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index(
            "uq_forwardings_foreign_id",
            "endpoint_id",
            "foreign_id",
            unique=True,
            postgresql_where="foreign_id IS NOT NULL",
        ),
        Index(
            "ix_forwardings_due",
            "due_at",
            "id",
            postgresql_where="state IN ('waiting', 'sending')",
        ),
        Index("ix_forwardings_state", "endpoint_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_request_pk: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("service_requests.pk", ondelete="CASCADE")
    )
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("foreign_endpoints.id"))
    state: Mapped[str]
    state_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    sent_at: Mapped[datetime | None]
    foreign_id: Mapped[str | None]
    token: Mapped[str | None]
    sentence: Mapped[str] = mapped_column(server_default="")
    their_status: Mapped[str] = mapped_column(server_default="")


class ForeignUpdate(Base):
    """An update of another server that is a step of a service request here, by its id there."""

    __tablename__ = "foreign_updates"
    __table_args__ = (
        ForeignKeyConstraint(["forwarding_id"], ["forwardings.id"], ondelete="CASCADE"),
        Index("ix_foreign_updates_forwarding", "forwarding_id"),
    )

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("foreign_endpoints.id"), primary_key=True)
    update_id: Mapped[str] = mapped_column(primary_key=True)
    forwarding_id: Mapped[int] = mapped_column(BigInteger)
