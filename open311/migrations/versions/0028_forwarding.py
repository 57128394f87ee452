"""Forward what belongs to another jurisdiction to its GeoReport server."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ENDPOINT_STATES = ("on", "off")
FORMATS = ("xml", "json")
THEIRS = ("accepted", "following", "done")
STATES = (
    *("waiting", "sending", "token"),
    *THEIRS,
    *("refused", "unknown", "given_up", "stopped"),
)
REASONS = (
    *("near_border", "no_place", "address_mismatch", "odd_place", "handed_over_often"),
    *("answered", "said_fixed", "said_open", "reopened_often", "flagged"),
)
NEW_REASONS = ("not_forwarded", "foreign_status")
KINDS = (
    *("status", "routing", "approved", "acknowledged", "transferred"),
    *("moved", "service_changed", "withdrawn"),
)
NEW_KIND = "forwarded"
MAPS = ("service_map", "answer_map", "status_map")

# Only what the snapshot of a city contains: polling changes other columns every few minutes.
RENEW = """
CREATE CONSTRAINT TRIGGER renew_city_version
AFTER INSERT OR DELETE OR UPDATE OF name, state, api_key_id ON foreign_endpoints
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION renew_city_version()
"""
RENEW_EMPTIED = """
CREATE TRIGGER renew_city_version_emptied AFTER TRUNCATE ON foreign_endpoints
FOR EACH STATEMENT EXECUTE FUNCTION renew_city_version()
"""

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)


def upgrade() -> None:
    _create_endpoints()
    _create_forwardings()
    _create_updates()
    op.add_column("departments", sa.Column("foreign_endpoint_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_departments_jurisdiction_id_foreign_endpoint_id"),
        "departments",
        "foreign_endpoints",
        ["jurisdiction_id", "foreign_endpoint_id"],
        ["jurisdiction_id", "id"],
    )
    op.execute(RENEW)
    op.execute(RENEW_EMPTIED)
    _replace_reasons((*REASONS, *NEW_REASONS))
    _replace_kinds((*KINDS, NEW_KIND))


def downgrade() -> None:
    """Keep the steps of the history as steps that change nothing."""
    op.execute("ALTER TABLE status_changes DISABLE TRIGGER USER")
    op.execute("UPDATE status_changes SET kind = 'routing' WHERE kind = 'forwarded'")
    op.execute("ALTER TABLE status_changes ENABLE TRIGGER USER")
    _replace_kinds(KINDS)
    op.execute("DELETE FROM triage_entries WHERE reason IN ('not_forwarded', 'foreign_status')")
    _replace_reasons(REASONS)
    op.drop_constraint(op.f("fk_departments_jurisdiction_id_foreign_endpoint_id"), "departments")
    op.drop_column("departments", "foreign_endpoint_id")
    for table in ("foreign_updates", "forwardings", "foreign_endpoints"):
        op.drop_table(table)


def _create_endpoints() -> None:
    maps = " AND ".join(f"jsonb_typeof({name}) = 'object'" for name in MAPS)
    checks = {
        "named": "code <> '' AND name <> ''",
        "url_is_bare": "url ~ '^https?://' AND url !~ '/$'",
        "format_known": f"format IN {FORMATS}",
        "state_known": f"state IN {ENDPOINT_STATES}",
        "polled_in_time": "poll_minutes BETWEEN 1 AND 1440",
        "maps_are_objects": maps,
        "on_with_key": "state <> 'on' OR encrypted_key IS NOT NULL",
    }
    op.create_table(
        "foreign_endpoints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("foreign_jurisdiction", sa.String(), server_default="", nullable=False),
        sa.Column("format", sa.String(), server_default="xml", nullable=False),
        sa.Column("encrypted_key", sa.LargeBinary(), nullable=True),
        *(
            sa.Column(name, postgresql.JSONB(), server_default="{}", nullable=False)
            for name in MAPS
        ),
        sa.Column("sends_photos", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_updates", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=True),
        sa.Column("poll_minutes", sa.Integer(), server_default="15", nullable=False),
        sa.Column("state", sa.String(), server_default="off", nullable=False),
        sa.Column("polled_at", MOMENT, nullable=True),
        sa.Column("updates_until", MOMENT, nullable=True),
        sa.Column("failure", sa.String(), server_default="", nullable=False),
        *(
            sa.CheckConstraint(what, name=op.f(f"ck_foreign_endpoints_{name}"))
            for name, what in checks.items()
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_foreign_endpoints_jurisdiction_id"),
        ),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_foreign_endpoints_api_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_foreign_endpoints")),
        *(
            sa.UniqueConstraint(
                "jurisdiction_id",
                column,
                name=op.f(f"uq_foreign_endpoints_jurisdiction_id_{column}"),
            )
            for column in ("code", "id")
        ),
    )


def _create_forwardings() -> None:
    checks = {
        "state_known": f"state IN {STATES}",
        "theirs_has_id": f"state NOT IN {THEIRS} OR foreign_id IS NOT NULL",
        "token_is_there": "state <> 'token' OR token IS NOT NULL",
        "foreign_id_not_empty": "foreign_id <> ''",
        "sending_since": "state <> 'sending' OR sent_at IS NOT NULL",
        "attempts_counted": "attempts >= 0",
    }
    op.create_table(
        "forwardings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("foreign_id", sa.String(), nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("sentence", sa.String(), server_default="", nullable=False),
        sa.Column("their_status", sa.String(), server_default="", nullable=False),
        *(
            sa.CheckConstraint(what, name=op.f(f"ck_forwardings_{name}"))
            for name, what in checks.items()
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_forwardings_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["foreign_endpoints.id"], name=op.f("fk_forwardings_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forwardings")),
        sa.UniqueConstraint(
            "service_request_pk",
            "endpoint_id",
            name=op.f("uq_forwardings_service_request_pk_endpoint_id"),
        ),
    )
    op.create_index(
        "uq_forwardings_foreign_id",
        "forwardings",
        ["endpoint_id", "foreign_id"],
        unique=True,
        postgresql_where="foreign_id IS NOT NULL",
    )
    op.create_index(
        "ix_forwardings_due",
        "forwardings",
        ["due_at", "id"],
        postgresql_where="state IN ('waiting', 'sending')",
    )
    op.create_index("ix_forwardings_state", "forwardings", ["endpoint_id", "state", "id"])


def _create_updates() -> None:
    op.create_table(
        "foreign_updates",
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("forwarding_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["foreign_endpoints.id"], name=op.f("fk_foreign_updates_endpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["forwarding_id"],
            ["forwardings.id"],
            name=op.f("fk_foreign_updates_forwarding_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "update_id", name=op.f("pk_foreign_updates")),
    )
    op.create_index("ix_foreign_updates_forwarding", "foreign_updates", ["forwarding_id"])


def _replace_reasons(reasons: tuple[str, ...]) -> None:
    name = op.f("ck_triage_entries_reason_known")
    op.drop_constraint(name, "triage_entries")
    op.create_check_constraint(name, "triage_entries", f"reason IN {reasons}")


def _replace_kinds(kinds: tuple[str, ...]) -> None:
    name = op.f("ck_status_changes_kind_known")
    op.drop_constraint(name, "status_changes")
    op.create_check_constraint(name, "status_changes", f"kind IN {kinds}")
