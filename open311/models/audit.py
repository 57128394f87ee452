"""Entries of the audit: who changed what in the administration of a city, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base

AUDIT_ACTIONS = ("created", "changed", "deleted", "sessions_ended")

ACTOR_KINDS = ("user", "key", "command", "system")


class AuditEntry(Base):
    """A change of one row of the tables in AUDITED, or that sessions of a user were ended.

    A trigger of each table stores it in the transaction of the change, so no writer can forget it.
    Several changes of a row in one transaction are one entry; transaction_id finds it. Another
    trigger makes entries append-only.

    actor is the name at that time: of a user, of an API key, or of a user of the operating system.
    It is empty for the system, which is the jobs of the server and changes made past it.

    subject is the table, and subject_name what people call the row: its code, or several codes with
    slashes. before and after are values by column; a foreign key is the code that it refers to, and
    of a secret only "set" or "changed" is stored.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint(f"action IN {AUDIT_ACTIONS}", name="action_known"),
        CheckConstraint(f"actor_kind IN {ACTOR_KINDS}", name="actor_kind_known"),
        CheckConstraint("(actor_kind = 'system') = (actor = '')", name="actor_named"),
        CheckConstraint(
            "jsonb_typeof(before) = 'object' AND jsonb_typeof(after) = 'object'",
            name="values_are_objects",
        ),
        Index("ix_audit_entries_newest", "jurisdiction_id", "id"),
        Index("ix_audit_entries_transaction", "transaction_id", "subject", "subject_name"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"))
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    actor_kind: Mapped[str] = mapped_column(
        server_default=text(
            "coalesce(nullif(current_setting('open311.actor_kind', true), ''), 'system')"
        )
    )
    actor: Mapped[str] = mapped_column(
        server_default=text("coalesce(current_setting('open311.actor', true), '')")
    )
    subject: Mapped[str]
    subject_name: Mapped[str]
    action: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


@dataclass(frozen=True)
class Audited:
    """What an audited table leaves in entries, by column: values, or only that a secret changed.

    All other columns are in neither: keys, what the server itself counts, and choices that concern
    nobody else.
    """

    values: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    neither: tuple[str, ...] = ("id", "jurisdiction_id")


AUDITED: Mapping[str, Audited] = {
    "jurisdictions": Audited(
        (
            *("name", "time_zone", "contact", "key_service", "locality", "public_holidays"),
            *("units", "reopen_days", "anonymize_after_days", "default_department"),
            *("outside_department", "service_area_source"),
        ),
        ("service_area",),
        ("id", "catalog_changed_at"),
    ),
    "users": Audited(
        (
            *("name", "full_name", "role", "department_id", "email", "language", "notices"),
            "disabled_at",
        ),
        ("password_hash", "openid_subject", "totp_secret"),
        (
            *("id", "jurisdiction_id", "name_key", "created_at", "totp_last_step"),
            *("recovery_hashes", "after_action", "shortcuts", "last_sign_in_at"),
            *("list_columns", "list_density", "whole_city", "queue_seen_at"),
        ),
    ),
    "api_keys": Audited(
        ("name", "kind", "rights", "revoked_at"),
        ("key_hash",),
        ("id", "jurisdiction_id", "created_at"),
    ),
    "departments": Audited(("code", "name", "foreign_endpoint_id", "email", "notices", "position")),
    "services": Audited(
        (
            *("service_code", "service_name", "description", "group", "keywords", "type"),
            *("expected_days", "service_notice", "active", "is_on_site", "duplicate_meters"),
            *("looked_at_first", "urgent_text", "urgent_phone", "needs_contact", "reopen_days"),
            *("default_priority", "position"),
        )
    ),
    "service_attributes": Audited(
        (
            *("code", "datatype", "required", "variable", "order", "description"),
            *("datatype_description", "automated"),
        ),
        neither=("id", "service_id"),
    ),
    "attribute_values": Audited(("key", "name", "position"), neither=("attribute_id",)),
    "routing_rules": Audited(
        (
            *("code", "service_id", "service_group", "layer_id", "boundary_code", "question"),
            *("answer", "hours", "weekdays", "time_from", "time_until", "season_from"),
            *("season_until", "department_id", "note", "public_reason", "active"),
            *("effective_from", "effective_until"),
        )
    ),
    "canaries": Audited(("name", "service_id", "department_id", "location", "note")),
    "business_hours": Audited(("weekday", "opens", "closes"), neither=("jurisdiction_id",)),
    "holidays": Audited(("day", "name"), neither=("jurisdiction_id",)),
    "carry_overs": Audited(
        ("made_at", "undone_at"),
        neither=("id", "jurisdiction_id", "boundary_set_id", "made_by", "undone_by"),
    ),
    "boundary_layers": Audited(
        ("code", "name", "position", "exception", "overlapping", "reach_meters")
    ),
    "boundary_sets": Audited(
        (
            *("in_force_from", "in_force_until", "asked_until", "source", "license", "vintage"),
            *("published_at", "withdrawn_at", "carry_over", "despite"),
        ),
        neither=(
            *("id", "layer_id", "imported_at", "imported_by", "published_by", "withdrawn_by"),
            *("planned_from", "planned_until", "source_url"),
        ),
    ),
    "address_registers": Audited(
        ("source", "license", "vintage", "imported_at"),
        neither=("jurisdiction_id", "imported_by"),
    ),
    "sites": Audited(
        (
            *("host", "takes_reports", "color", "logo", "languages", "emergency_number"),
            *("phone", "embed_origins", "reports_per_hour", "reports_per_day", "hold_words"),
            "is_indexed",
        ),
        neither=("jurisdiction_id",),
    ),
    "site_texts": Audited(("text",), neither=("jurisdiction_id", "key", "language")),
    "catalog_texts": Audited(
        ("text",), neither=("jurisdiction_id", "kind", "code", "field", "language")
    ),
    "message_templates": Audited(
        ("version", "subject", "body"),
        neither=("id", "jurisdiction_id", "kind", "language", "channel", "made_by", "made_at"),
    ),
    "message_settings": Audited(("is_on", "delay_minutes"), neither=("jurisdiction_id", "kind")),
    "response_templates": Audited(
        ("name", "position", "detailed_status", "internal_note", "asks"),
        neither=("id", "jurisdiction_id", "version"),
    ),
    "response_notes": Audited(("note",), neither=("template_id", "language")),
    "response_services": Audited(("service_id",), neither=("jurisdiction_id", "template_id")),
    "webhook_endpoints": Audited(
        (
            *("services", "department", "boundary_layer", "boundary_code", "events"),
            *("state", "reason", "replays", "api_key_id"),
        ),
        ("url", "secret"),
        (
            *("id", "jurisdiction_id", "previous_secret", "previous_until", "cursor"),
            *("begins_after", "begins_at", "failures", "failing_since", "held_until", "lease"),
            *("lease_until", "called_at", "created_at", "made_by"),
        ),
    ),
    "foreign_endpoints": Audited(
        (
            *("code", "name", "url", "foreign_jurisdiction", "format", "service_map"),
            *("answer_map", "status_map", "sends_photos", "has_updates", "api_key_id"),
            *("poll_minutes", "state"),
        ),
        ("encrypted_key",),
        ("id", "jurisdiction_id", "polled_at", "updates_until", "failure"),
    ),
    "base_maps": Audited(
        ("address", "file", "origins", "attribution", "aerial_tiles", "aerial_attribution"),
        neither=("jurisdiction_id",),
    ),
    "view_links": Audited(
        ("expires_at", "revoked_at"),
        ("query", "area"),  # of which erasure finds no copy
        ("id", "jurisdiction_id", "user_id", "name", "token_hash", "created_at", "used_at"),
    ),
    "retention_rules": Audited(
        ("months", "action", "authority"), neither=("jurisdiction_id", "series")
    ),
    "legal_holds": Audited(
        ("until", "lifted_at"),
        ("reason",),  # of which erasure finds no copy
        ("id", "service_request_pk", "set_at", "set_by", "lifted_by"),
    ),
    # Of links, only invitations.
    "user_links": Audited(
        ("purpose", "expires_at"),
        neither=(
            *("id", "user_id", "token_hash", "created_at", "used_at"),
            *("email", "former_email"),
        ),
    ),
}
"""The tables of administration. A test accepts no table that is neither here nor known to it."""
