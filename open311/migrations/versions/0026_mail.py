"""Keep the occasions for emails, and the emails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

CHECKS = {
    "suppressed_why_known": "suppressed_why IN ('refused', 'refused_often', 'not_me')",
    "suppressed_is_whole": "(suppressed_until IS NULL) = (suppressed_why IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("telling_id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("first_change_id", sa.BigInteger(), nullable=True),
        sa.Column("status_change_id", sa.BigInteger(), nullable=True),
        sa.Column("subscription_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("sent_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=True),
        sa.CheckConstraint(
            "(state = 'dropped') = (reason IS NOT NULL)",
            name=op.f("ck_messages_dropped_has_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_messages_sent_has_time")
        ),
        sa.CheckConstraint("channel IN ('email')", name=op.f("ck_messages_channel_known")),
        sa.CheckConstraint(
            "kind IN ('received', 'confirm', 'question', 'approved', 'status', 'closed', "
            "'reopened', 'merged', 'followed')",
            name=op.f("ck_messages_kind_known"),
        ),
        sa.CheckConstraint("language IN ('en', 'es')", name=op.f("ck_messages_language_known")),
        sa.CheckConstraint(
            "reason IN ('ended', 'confirmed', 'withdrawn', 'hidden', 'suppressed', 'capped', "
            "'not_allowed', 'no_site', 'too_old')",
            name=op.f("ck_messages_reason_known"),
        ),
        sa.CheckConstraint(
            "state <> 'failed' OR failure <> ''", name=op.f("ck_messages_failed_says_why")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dropped', 'failed')",
            name=op.f("ck_messages_state_known"),
        ),
        sa.CheckConstraint(
            "(first_change_id IS NULL) = (status_change_id IS NULL)",
            name=op.f("ck_messages_steps_are_whole"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_messages_attempts_counted")),
        sa.CheckConstraint(
            "first_change_id <= status_change_id", name=op.f("ck_messages_steps_in_order")
        ),
        sa.CheckConstraint(
            "num_nonnulls(subscription_id) = 1", name=op.f("ck_messages_one_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_messages_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_messages_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_messages_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "telling_id", "subscription_id", name=op.f("uq_messages_telling_id_subscription_id")
        ),
    )
    op.create_index(
        "ix_messages_due",
        "messages",
        ["due_at"],
        unique=False,
        postgresql_where="state IN ('waiting', 'sending')",
    )
    op.create_index("ix_messages_newest", "messages", ["jurisdiction_id", "id"], unique=False)
    op.create_index(
        "ix_messages_sent", "messages", ["sent_at"], unique=False, postgresql_where="state = 'sent'"
    )
    op.create_index(
        "ix_messages_service_request", "messages", ["service_request_pk", "id"], unique=False
    )
    op.create_index(
        "ix_messages_subscription", "messages", ["subscription_id", "made_at"], unique=False
    )
    op.create_table(
        "tellings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("status_change_id", sa.BigInteger(), nullable=True),
        sa.Column("subscription_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "(kind = 'confirm') = (subscription_id IS NOT NULL)",
            name=op.f("ck_tellings_wish_has_its_row"),
        ),
        sa.CheckConstraint(
            "(kind IN ('received', 'confirm')) = (status_change_id IS NULL)",
            name=op.f("ck_tellings_step_has_its_row"),
        ),
        sa.CheckConstraint(
            "kind IN ('received', 'confirm', 'approved', 'question', 'merged', 'status')",
            name=op.f("ck_tellings_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_tellings_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_tellings_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
    )
    op.create_index(
        "ix_tellings_service_request", "tellings", ["service_request_pk", "id"], unique=False
    )
    op.create_index("ix_tellings_subscription", "tellings", ["subscription_id"], unique=False)
    op.add_column(
        "contacts",
        sa.Column(
            "suppressed_until", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=True
        ),
    )
    op.add_column("contacts", sa.Column("suppressed_why", sa.String(), nullable=True))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_contacts_{name}"), "contacts", condition)


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_contacts_{name}"), "contacts")
    op.drop_column("contacts", "suppressed_why")
    op.drop_column("contacts", "suppressed_until")
    op.drop_index("ix_tellings_subscription", table_name="tellings")
    op.drop_index("ix_tellings_service_request", table_name="tellings")
    op.drop_table("tellings")
    op.drop_index("ix_messages_subscription", table_name="messages")
    op.drop_index("ix_messages_service_request", table_name="messages")
    op.drop_index("ix_messages_sent", table_name="messages", postgresql_where="state = 'sent'")
    op.drop_index("ix_messages_newest", table_name="messages")
    op.drop_index(
        "ix_messages_due", table_name="messages", postgresql_where="state IN ('waiting', 'sending')"
    )
    op.drop_table("messages")
