"""Users: the city's staff, who sign in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'department', 'dispatcher', 'administrator')",
            name=op.f("ck_users_role_known"),
        ),
        sa.CheckConstraint(
            "(role = 'department') = (department_id IS NOT NULL)",
            name=op.f("ck_users_department_of_its_role"),
        ),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._@+-]*$'", name=op.f("ck_users_name_form")),
        sa.CheckConstraint("failed_sign_ins >= 0", name=op.f("ck_users_failed_sign_ins_counted")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
            name=op.f("fk_users_jurisdiction_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_users_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )


def downgrade() -> None:
    op.drop_table("users")
