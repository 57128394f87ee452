"""Let cities write the texts of their messages, and decide which are sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = (
    "kind IN ('received', 'question', 'approved', 'status', 'closed', 'reopened', 'merged', "
    "'confirm', 'followed')"
)
MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)
REASONS = (
    "reason IN ('ended', 'confirmed', 'withdrawn', 'hidden', 'suppressed', 'capped', "
    "'not_allowed', 'no_site', 'no_address', 'disabled', 'moved_on', 'nothing', 'used', "
    "{off}'too_old')"
)


def upgrade() -> None:
    _create_templates()
    _create_settings()
    op.add_column("messages", sa.Column("template_version", sa.Integer(), nullable=True))
    key = ["jurisdiction_id", "kind", "language", "channel"]
    op.create_foreign_key(
        "fk_messages_template",
        "messages",
        "message_templates",
        [*key, "template_version"],
        [*key, "version"],
    )
    _replace_reasons("'off', ")


def _create_templates() -> None:
    op.create_table(
        "message_templates",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_message_templates_kind_known")),
        sa.CheckConstraint(
            "language IN ('en', 'es')", name=op.f("ck_message_templates_language_known")
        ),
        sa.CheckConstraint("channel IN ('email')", name=op.f("ck_message_templates_channel_known")),
        sa.CheckConstraint("version > 0", name=op.f("ck_message_templates_version_counted")),
        sa.CheckConstraint(
            "(subject IS NULL) = (body IS NULL)", name=op.f("ck_message_templates_text_is_whole")
        ),
        sa.CheckConstraint(
            r"subject ~ '^[^\n\r]*[^\s][^\n\r]*$' AND length(subject) <= 150",
            name=op.f("ck_message_templates_subject_is_a_line"),
        ),
        sa.CheckConstraint(
            "body <> '' AND length(body) <= 10000", name=op.f("ck_message_templates_body_limited")
        ),
        sa.CheckConstraint("made_by <> ''", name=op.f("ck_message_templates_made_by_someone")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_message_templates_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_templates")),
        sa.UniqueConstraint(
            *("jurisdiction_id", "kind", "language", "channel", "version"),
            name="uq_message_templates_version",
        ),
    )
    op.execute(
        "CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON message_templates "
        "FOR EACH ROW EXECUTE FUNCTION history_stays()"
    )


def _create_settings() -> None:
    op.create_table(
        "message_settings",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_message_settings_kind_known")),
        sa.CheckConstraint(
            "is_on OR kind NOT IN ('question', 'confirm', 'followed')",
            name=op.f("ck_message_settings_some_are_always_sent"),
        ),
        sa.CheckConstraint(
            "(kind = 'status') = (delay_minutes IS NOT NULL)",
            name=op.f("ck_message_settings_only_statuses_wait"),
        ),
        sa.CheckConstraint(
            "delay_minutes BETWEEN 0 AND 1440", name=op.f("ck_message_settings_delay_limited")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_message_settings_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "kind", name=op.f("pk_message_settings")),
    )


def _replace_reasons(off: str) -> None:
    name = op.f("ck_messages_reason_known")
    op.drop_constraint(name, "messages")
    op.create_check_constraint(name, "messages", REASONS.format(off=off))


def downgrade() -> None:
    op.execute("DELETE FROM messages WHERE reason = 'off'")
    _replace_reasons("")
    op.drop_constraint("fk_messages_template", "messages", type_="foreignkey")
    op.drop_column("messages", "template_version")
    op.drop_table("message_settings")
    op.drop_table("message_templates")
