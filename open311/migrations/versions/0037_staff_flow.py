"""Keep how members of staff want to work."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("after_action", sa.String(), server_default="stay", nullable=False)
    )
    op.add_column(
        "users", sa.Column("shortcuts", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    known = op.f("ck_users_after_action_known")
    op.create_check_constraint(known, "users", "after_action IN ('stay', 'next')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_users_after_action_known"), "users")
    op.drop_column("users", "shortcuts")
    op.drop_column("users", "after_action")
