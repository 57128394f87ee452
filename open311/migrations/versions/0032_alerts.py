"""Keep alerts of the public, and what each of them has told."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)
OF_ALERTS = "'confirm_alert', 'alert'"
OF_REQUESTERS = (
    "'received', 'confirm', 'question', 'approved', 'status', 'closed', 'reopened', 'merged', "
    "'followed'"
)
OF_STAFF = (
    "'new', 'assigned', 'handed_over', 'answered', 'not_solved', 'due', 'overdue', 'day', "
    "'invitation', 'password_reset', 'test'"
)
TEXTS = (
    "'received', 'question', 'approved', 'status', 'closed', 'reopened', 'merged', 'confirm', "
    "'followed'"
)

MADE_FROM = f"CASE WHEN kind IN ('test', {OF_ALERTS}) THEN 0 ELSE 1 END"

ALERT_CHECKS = {
    "place_known": "place IN ('city', 'boundary', 'circle', 'area')",
    "boundary_of_its_place": (
        "(place = 'boundary') = (boundary_layer <> '') "
        "AND (boundary_layer = '') = (boundary_code = '')"
    ),
    "area_of_its_place": "(place IN ('area', 'circle')) = (area IS NOT NULL)",
    "circle_is_whole": (
        "(place = 'circle') = (center IS NOT NULL) AND (center IS NULL) = (meters IS NULL)"
    ),
    "meters_positive": "meters > 0",
    "area_valid": "ST_IsValid(area) AND NOT ST_IsEmpty(area)",
    "address_of_a_circle": "address = '' OR place = 'circle'",
    "services_named": "array_position(services, NULL) IS NULL",
    "about_known": "about IN ('new', 'closed', 'both')",
    "rhythm_known": "rhythm IN ('at_once', 'daily', 'weekly')",
    "language_known": "language IN ('en', 'es')",
    "state_known": "state IN ('unconfirmed', 'on', 'paused', 'ended')",
    "hashed": "length(token_hash) = 32",
    "on_since_when": "state NOT IN ('on', 'paused') OR begun_at IS NOT NULL",
    "ended_when": "(state = 'ended') = (ended_at IS NOT NULL)",
}

CHANGED = {
    ("messages", "kind_known"): (
        f"kind IN ({OF_REQUESTERS}, {OF_STAFF})",
        f"kind IN ({OF_REQUESTERS}, {OF_STAFF}, {OF_ALERTS})",
    ),
    ("messages", "made_from_one"): (
        "num_nonnulls(telling_id, day, user_link_id) = CASE kind WHEN 'test' THEN 0 ELSE 1 END",
        f"num_nonnulls(telling_id, day, user_link_id) = {MADE_FROM}",
    ),
    ("messages", "one_recipient"): (
        "num_nonnulls(subscription_id, user_id, department_id) = 1",
        "num_nonnulls(subscription_id, user_id, department_id, alert_id) = 1",
    ),
    ("message_templates", "kind_known"): (
        f"kind IN ({TEXTS})",
        f"kind IN ({TEXTS}, {OF_ALERTS})",
    ),
    ("message_settings", "kind_known"): (
        f"kind IN ({TEXTS})",
        f"kind IN ({TEXTS}, {OF_ALERTS})",
    ),
    ("message_settings", "some_are_always_sent"): (
        "is_on OR kind NOT IN ('question', 'confirm', 'followed')",
        f"is_on OR kind NOT IN ('question', 'confirm', 'followed', {OF_ALERTS})",
    ),
}
"""Former and new conditions, by table and name."""


def upgrade() -> None:
    op.create_unique_constraint(
        op.f("uq_contacts_jurisdiction_id_id"), "contacts", ["jurisdiction_id", "id"]
    )
    _create_alerts()
    _create_clocks()
    _change_messages()
    _create_items()


def _create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("boundary_layer", sa.String(), nullable=False),
        sa.Column("boundary_code", sa.String(), nullable=False),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)),
        sa.Column("center", Geometry("POINT", srid=4326, spatial_index=False)),
        sa.Column("meters", sa.Float()),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("services", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_alerts_{name}"))
            for name, condition in ALERT_CHECKS.items()
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_alerts_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "contact_id"],
            ["contacts.jurisdiction_id", "contacts.id"],
            name=op.f("fk_alerts_jurisdiction_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_alerts_token_hash")),
    )
    is_on = "state = 'on'"
    op.create_index(
        *("ix_alerts_area", "alerts", ["area"]), postgresql_using="gist", postgresql_where=is_on
    )
    op.create_index(
        *("ix_alerts_boundary", "alerts", ["jurisdiction_id", "boundary_layer", "boundary_code"]),
        postgresql_where=f"{is_on} AND place = 'boundary'",
    )
    op.create_index(
        *("ix_alerts_city", "alerts", ["jurisdiction_id"]),
        postgresql_where=f"{is_on} AND place = 'city'",
    )
    op.create_index("ix_alerts_contact", "alerts", ["contact_id"])


def _create_clocks() -> None:
    op.create_table(
        "alert_clocks",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cursor >= 0", name=op.f("ck_alert_clocks_cursor_not_negative")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_alert_clocks_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_alert_clocks")),
    )


def _change_messages() -> None:
    op.add_column("messages", sa.Column("alert_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_messages_alert_id"),
        *("messages", "alerts", ["alert_id"], ["id"]),
        ondelete="CASCADE",
    )
    op.create_index("ix_messages_alert", "messages", ["alert_id", "made_at"])
    _replace_checks(1)
    op.create_check_constraint(
        op.f("ck_messages_alert_of_its_kind"),
        "messages",
        f"(alert_id IS NOT NULL) = (kind IN ({OF_ALERTS}))",
    )


def _replace_checks(side: int) -> None:
    for (name, check), conditions in CHANGED.items():
        op.drop_constraint(op.f(f"ck_{name}_{check}"), name)
        op.create_check_constraint(op.f(f"ck_{name}_{check}"), name, conditions[side])


def _create_items() -> None:
    keys = {
        "alert_id": "alerts.id",
        "service_request_pk": "service_requests.pk",
        "message_id": "messages.id",
    }
    op.create_table(
        "alert_items",
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("event IN ('new', 'closed')", name=op.f("ck_alert_items_event_known")),
        *(
            sa.ForeignKeyConstraint(
                [name], [target], name=op.f(f"fk_alert_items_{name}"), ondelete="CASCADE"
            )
            for name, target in keys.items()
        ),
        sa.PrimaryKeyConstraint(
            *("alert_id", "service_request_pk", "event"), name=op.f("pk_alert_items")
        ),
    )
    op.create_index("ix_alert_items_message", "alert_items", ["message_id"])
    op.create_index("ix_alert_items_service_request", "alert_items", ["service_request_pk"])


def downgrade() -> None:
    op.drop_table("alert_items")
    op.execute("DELETE FROM messages WHERE alert_id IS NOT NULL")
    op.execute("DELETE FROM message_settings WHERE kind IN ('confirm_alert', 'alert')")
    op.execute("ALTER TABLE message_templates DISABLE TRIGGER USER")
    op.execute("DELETE FROM message_templates WHERE kind IN ('confirm_alert', 'alert')")
    op.execute("ALTER TABLE message_templates ENABLE TRIGGER USER")
    op.drop_constraint(op.f("ck_messages_alert_of_its_kind"), "messages")
    _replace_checks(0)
    op.drop_column("messages", "alert_id")
    op.drop_table("alert_clocks")
    op.drop_table("alerts")
    op.drop_constraint(op.f("uq_contacts_jurisdiction_id_id"), "contacts")
