"""Keep the addresses of staff, what they are told, and links with which they set passwords."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OF_REQUESTERS = (
    "'received', 'confirm', 'question', 'approved', 'status', 'closed', 'reopened', 'merged', "
    "'followed'"
)
OF_STAFF = (
    "'new', 'assigned', 'handed_over', 'answered', 'not_solved', 'due', 'overdue', 'day', "
    "'invitation', 'password_reset', 'test'"
)
TOLD = "'new', 'assigned', 'handed_over', 'answered', 'not_solved', 'overdue'"
REASONS = (
    "'ended', 'confirmed', 'withdrawn', 'hidden', 'suppressed', 'capped', 'not_allowed', 'no_site'"
)
NEW_REASONS = "'no_address', 'disabled', 'moved_on', 'nothing', 'used'"
CHOICES = '"at_once", "digest", "off"'


def _notices(*events: str) -> str:
    return (
        f"jsonb_typeof(notices) = 'object' AND notices - ARRAY{list(events)}::text[] = '{{}}' "
        f"AND jsonb_path_query_array(notices, '$.*') <@ '[{CHOICES}]'"
    )


ADDRESS = "email = lower(email) AND position('@' in email) > 1"

CHECKS = (
    ("users", "email_form", ADDRESS),
    ("users", "language_known", "language IN ('en', 'es')"),
    ("users", "notices_known", _notices("assigned", "answered", "not_solved", "due", "overdue")),
    ("departments", "email_form", ADDRESS),
    (
        *("departments", "notices_known"),
        _notices("new", "handed_over", "answered", "not_solved", "overdue"),
    ),
)

OF_MESSAGES = {
    "recipient_of_kind": f"(subscription_id IS NOT NULL) = (kind IN ({OF_REQUESTERS}))",
    "about_a_request": "(subscription_id IS NULL) = (service_request_pk IS NULL)",
    "day_of_its_kind": "(day IS NOT NULL) = (kind IN ('day', 'due'))",
    "made_from_one": (
        "num_nonnulls(telling_id, day, user_link_id) = CASE kind WHEN 'test' THEN 0 ELSE 1 END"
    ),
    "link_of_a_user": "user_link_id IS NULL OR user_id IS NOT NULL",
}

CHANGED = {
    "kind_known": (
        f"kind IN ({OF_REQUESTERS})",
        f"kind IN ({OF_REQUESTERS}, {OF_STAFF})",
    ),
    "reason_known": (
        f"reason IN ({REASONS}, 'too_old')",
        f"reason IN ({REASONS}, {NEW_REASONS}, 'too_old')",
    ),
    "one_recipient": (
        "num_nonnulls(subscription_id) = 1",
        "num_nonnulls(subscription_id, user_id, department_id) = 1",
    ),
}
"""Former and new conditions on messages."""

UNIQUE = (
    *(("telling_id", "user_id"), ("telling_id", "department_id")),
    *(("kind", "day", "user_id"), ("kind", "day", "department_id")),
)


def upgrade() -> None:
    for name in ("users", "departments"):
        op.add_column(name, sa.Column("email", sa.String(), nullable=True))
        op.add_column(
            name,
            sa.Column("notices", postgresql.JSONB(), server_default="{}", nullable=False),
        )
    op.add_column("users", sa.Column("language", sa.String(), server_default="en", nullable=False))
    op.create_unique_constraint(op.f("uq_users_email"), "users", ["email"])
    for name, check, condition in CHECKS:
        op.create_check_constraint(op.f(f"ck_{name}_{check}"), name, condition)
    _create_user_links()
    _create_staff_tellings()
    _change_messages()
    _create_message_items()
    op.create_table(
        "notice_clocks",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("told_to", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column(
            "mailboxes_told_to", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False
        ),
        sa.CheckConstraint(
            "mailboxes_told_to <= told_to", name=op.f("ck_notice_clocks_mailboxes_later")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_notice_clocks_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_notice_clocks")),
    )


def _create_user_links() -> None:
    op.create_table(
        "user_links",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        *(
            sa.Column(name, postgresql.TIMESTAMP(timezone=True, precision=0), nullable=nullable)
            for name, nullable in (("created_at", False), ("expires_at", False), ("used_at", True))
        ),
        sa.CheckConstraint(
            "purpose IN ('invitation', 'password_reset')", name=op.f("ck_user_links_purpose_known")
        ),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_user_links_hashed")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_user_links_expires_later")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_links_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_links_token_hash")),
    )
    op.create_index("ix_user_links_user", "user_links", ["user_id"], unique=False)


def _create_staff_tellings() -> None:
    op.create_table(
        "staff_tellings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("step_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(f"kind IN ({TOLD})", name=op.f("ck_staff_tellings_kind_known")),
        sa.CheckConstraint(
            "num_nonnulls(user_id, department_id) = 1", name=op.f("ck_staff_tellings_one_recipient")
        ),
        sa.CheckConstraint(
            "(kind IN ('assigned', 'handed_over')) = (step_id IS NOT NULL)",
            name=op.f("ck_staff_tellings_step_of_its_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_staff_tellings_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_staff_tellings_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_tellings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_tellings")),
    )
    op.create_index(
        "ix_staff_tellings_service_request", "staff_tellings", ["service_request_pk"], unique=False
    )


def _change_messages() -> None:
    op.alter_column("messages", "telling_id", nullable=True)
    op.alter_column("messages", "service_request_pk", nullable=True)
    op.add_column("messages", sa.Column("day", sa.Date(), nullable=True))
    op.add_column("messages", sa.Column("user_link_id", sa.BigInteger(), nullable=True))
    for name in ("user_id", "department_id"):
        op.add_column("messages", sa.Column(name, sa.Integer(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_messages_jurisdiction_id_{name}"),
            "messages",
            f"{name.removesuffix('_id')}s",
            ["jurisdiction_id", name],
            ["jurisdiction_id", "id"],
        )
    op.create_foreign_key(
        op.f("fk_messages_user_link_id"),
        *("messages", "user_links", ["user_link_id"], ["id"]),
        ondelete="CASCADE",
    )
    op.create_index("ix_messages_user_link", "messages", ["user_link_id"], unique=False)
    for columns in UNIQUE:
        op.create_unique_constraint(
            op.f(f"uq_messages_{'_'.join(columns)}"), "messages", list(columns)
        )
    for name, (_former, condition) in CHANGED.items():
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages")
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", condition)
    for name, condition in OF_MESSAGES.items():
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", condition)


def _create_message_items() -> None:
    op.create_table(
        "message_items",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"kind IN ({TOLD})", name=op.f("ck_message_items_kind_known")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_items_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_message_items_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_items")),
    )
    op.create_index("ix_message_items_message", "message_items", ["message_id", "id"], unique=False)
    op.create_index(
        "ix_message_items_service_request",
        "message_items",
        ["service_request_pk", "message_id"],
        unique=False,
    )


def downgrade() -> None:
    """Messages to staff are lost."""
    op.execute(sa.text("DELETE FROM messages WHERE subscription_id IS NULL"))
    for name in ("notice_clocks", "message_items", "staff_tellings"):
        op.drop_table(name)
    for name in OF_MESSAGES:
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages")
    for name, (condition, _new) in CHANGED.items():
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages")
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", condition)
    for columns in UNIQUE:
        op.drop_constraint(op.f(f"uq_messages_{'_'.join(columns)}"), "messages")
    for name in ("user_link_id", "user_id", "department_id", "day"):
        op.drop_column("messages", name)  # with its foreign key
    op.drop_table("user_links")
    op.alter_column("messages", "telling_id", nullable=False)
    op.alter_column("messages", "service_request_pk", nullable=False)
    for name, check, _condition in CHECKS:
        op.drop_constraint(op.f(f"ck_{name}_{check}"), name)
    op.drop_constraint(op.f("uq_users_email"), "users")
    op.drop_column("users", "language")
    for name in ("users", "departments"):
        op.drop_column(name, "notices")
        op.drop_column(name, "email")
