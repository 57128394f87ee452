"""Sessions on the server, two-step sign-in, people's names, and the photos of the sandbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)
NAME_FORM = (
    "name IS NFC NORMALIZED AND name = btrim(name) AND name !~ '[[:cntrl:]:/]' "
    "AND char_length(name) BETWEEN 1 AND 100"
)

# Unique: so is name_key, and the names of the other form contain the user's own id.
RESTORE_NAMES = """
UPDATE users
SET name = CASE
    WHEN name_key ~ '^[a-z0-9][a-z0-9._@+-]*$' AND name_key !~ '^user-[0-9]+$' THEN name_key
    ELSE 'user-' || id
END
"""


def upgrade() -> None:
    op.create_table(
        "user_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_user_sessions_expires_later")),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_user_sessions_hashed")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_sessions")),
    )
    op.create_index("ix_user_sessions_user", "user_sessions", ["user_id"])
    op.add_column("users", sa.Column("name_key", sa.String()))
    op.execute("UPDATE users SET name_key = name")  # names had lowercase ASCII letters only
    op.alter_column("users", "name_key", nullable=False)
    op.drop_constraint("uq_users_name", "users")
    op.create_unique_constraint(op.f("uq_users_name_key"), "users", ["name_key"])
    op.drop_constraint("ck_users_name_form", "users")
    op.create_check_constraint(op.f("ck_users_name_form"), "users", NAME_FORM)
    op.add_column("users", sa.Column("totp_secret", sa.String()))
    op.add_column("users", sa.Column("totp_last_step", sa.BigInteger()))
    op.add_column(
        "users",
        sa.Column(
            "recovery_hashes",
            postgresql.ARRAY(sa.LargeBinary()),
            nullable=False,
            server_default="{}",
        ),
    )
    op.alter_column("users", "recovery_hashes", server_default=None)
    op.create_check_constraint(
        op.f("ck_users_totp_is_whole"),
        "users",
        "(totp_secret IS NULL) = (totp_last_step IS NULL) "
        "AND (totp_secret IS NOT NULL OR recovery_hashes = '{}')",
    )
    op.create_check_constraint(
        op.f("ck_users_totp_with_password"),
        "users",
        "totp_secret IS NULL OR password_hash IS NOT NULL",
    )
    op.drop_constraint("ck_users_failed_sign_ins_counted", "users")
    op.drop_column("users", "failed_sign_ins")
    op.drop_column("users", "locked_until")
    op.create_index(
        "ix_service_requests_sandbox",
        "service_requests",
        ["pk"],
        postgresql_where=sa.text("sandbox"),
    )


def downgrade() -> None:
    op.drop_index("ix_service_requests_sandbox", "service_requests")
    op.add_column("users", sa.Column("locked_until", MOMENT))
    op.add_column(
        "users", sa.Column("failed_sign_ins", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("users", "failed_sign_ins", server_default=None)
    op.create_check_constraint(
        op.f("ck_users_failed_sign_ins_counted"), "users", "failed_sign_ins >= 0"
    )
    for column in ("recovery_hashes", "totp_last_step", "totp_secret"):
        op.drop_column("users", column)
    op.drop_constraint("ck_users_name_form", "users")
    op.execute(RESTORE_NAMES)
    op.create_check_constraint(
        op.f("ck_users_name_form"), "users", "name ~ '^[a-z0-9][a-z0-9._@+-]*$'"
    )
    op.drop_column("users", "name_key")
    op.create_unique_constraint(op.f("uq_users_name"), "users", ["name"])
    op.drop_table("user_sessions")
