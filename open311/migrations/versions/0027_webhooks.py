"""Webhooks: endpoints of other systems, what each knows, and a log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

RIGHTS = ("report", "comment", "comment-any", "status", "staff")
NEW_RIGHT = "webhooks"

EVENTS = ("created", "changed", "closed", "withdrawn")
FAILURES = "('unreachable', 'redirect', 'status', 'gone')"

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)


def upgrade() -> None:
    _replace_rights((*RIGHTS, NEW_RIGHT))
    _create_endpoints()
    _create_deliveries()
    _create_attempts()


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _foreign_key(
    table: str, column: str, target: str, *, cascade: bool = False
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [target],
        name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE" if cascade else None,
    )


def _create_endpoints() -> None:
    table = "webhook_endpoints"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("services", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("boundary_layer", sa.String(), nullable=False),
        sa.Column("boundary_code", sa.String(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", MOMENT, nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("begins_after", sa.BigInteger(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("called_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        _check(table, "url_form", "url ~ '^https?://' AND char_length(url) <= 1000"),
        _check(
            table,
            "events_known",
            f"events <@ ARRAY{list(EVENTS)}::text[] AND cardinality(events) > 0",
        ),
        _check(table, "boundary_of_its_layer", "(boundary_layer = '') = (boundary_code = '')"),
        _check(table, "state_known", "state IN ('on', 'paused', 'off')"),
        _check(
            table,
            "reason_of_state",
            "CASE state WHEN 'on' THEN reason IS NULL "
            "ELSE reason IN ('by_hand', 'failing', 'gone', 'unreadable') END",
        ),
        _check(
            table, "previous_secret_ends", "(previous_secret IS NULL) = (previous_until IS NULL)"
        ),
        _check(table, "lease_ends", "(lease IS NULL) = (lease_until IS NULL)"),
        _check(table, "failing_since_when", "(failures > 0) = (failing_since IS NOT NULL)"),
        _check(table, "numbers_not_negative", "cursor >= 0 AND begins_after >= 0"),
        _check(table, "counts_not_negative", "failures >= 0 AND replays >= 0"),
        _check(table, "made_by_someone", "made_by <> ''"),
        _foreign_key(table, "jurisdiction_id", "jurisdictions.id"),
        _foreign_key(table, "api_key_id", "api_keys.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_webhook_endpoints_jurisdiction", table, ["jurisdiction_id", "id"])


def _create_deliveries() -> None:
    table = "webhook_deliveries"
    op.create_table(
        table,
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("known_number", sa.BigInteger(), nullable=True),
        sa.Column("known", sa.String(), nullable=True),
        sa.Column("known_update", sa.BigInteger(), nullable=True),
        _check(table, "state_known", "state IN ('waiting', 'delivered', 'skipped', 'dead')"),
        _check(table, "attempts_not_negative", "attempts >= 0"),
        _check(table, "known_status_valid", "known IN ('open', 'closed', 'withdrawn', 'left')"),
        _check(table, "known_by_number", "known IS NULL OR known_number IS NOT NULL"),
        _check(table, "delivered_what", "state <> 'delivered' OR known_number IS NOT NULL"),
        _check(table, "failure_known", f"failure IN {FAILURES}"),
        _check(table, "dead_of_failure", "state <> 'dead' OR failure IS NOT NULL"),
        _foreign_key(table, "endpoint_id", "webhook_endpoints.id", cascade=True),
        _foreign_key(table, "service_request_pk", "service_requests.pk", cascade=True),
        sa.PrimaryKeyConstraint("endpoint_id", "service_request_pk", name=op.f(f"pk_{table}")),
    )
    for state in ("waiting", "dead"):
        op.create_index(
            f"ix_webhook_deliveries_{state}",
            table,
            ["endpoint_id", "change_number"],
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_index("ix_webhook_deliveries_service_request", table, ["service_request_pk"])


def _create_attempts() -> None:
    table = "webhook_attempts"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=True),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        _check(table, "event_known", f"event IN {(*EVENTS, 'ping')}"),
        _check(table, "failure_known", f"failure IN {FAILURES}"),
        _check(table, "response_took_time", "(http_status IS NULL) = (milliseconds IS NULL)"),
        _check(table, "failed_or_answered", "failure IS NOT NULL OR http_status IS NOT NULL"),
        _check(
            table,
            "about_what",
            "(event = 'ping') = (service_request_pk IS NULL) "
            "AND (event = 'ping') = (change_number IS NULL)",
        ),
        _check(table, "message_has_id", "message_id <> ''"),
        _foreign_key(table, "endpoint_id", "webhook_endpoints.id", cascade=True),
        _foreign_key(table, "service_request_pk", "service_requests.pk", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_webhook_attempts_newest", table, ["endpoint_id", "id"])
    op.create_index("ix_webhook_attempts_service_request", table, ["service_request_pk"])
    op.create_index("ix_webhook_attempts_time", table, ["tried_at"])


def downgrade() -> None:
    """Revoke keys that have no other right."""
    op.drop_table("webhook_attempts")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_endpoints")
    op.execute(
        "UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()), rights = '{report}' "
        "WHERE rights = '{webhooks}'"
    )
    op.execute("UPDATE api_keys SET rights = array_remove(rights, 'webhooks')")
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the trigger of the snapshot waits otherwise
    _replace_rights(RIGHTS)


def _replace_rights(rights: tuple[str, ...]) -> None:
    name = op.f("ck_api_keys_rights_known")
    op.drop_constraint(name, "api_keys")
    op.create_check_constraint(
        name, "api_keys", f"rights <@ ARRAY{list(rights)}::text[] AND cardinality(rights) > 0"
    )
