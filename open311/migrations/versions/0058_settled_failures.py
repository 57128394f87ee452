"""Keep who has settled an email that failed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

RULE = "ck_messages_settled_by_someone"


def upgrade() -> None:
    op.add_column(
        "messages",
        sa.Column("settled_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=True),
    )
    op.add_column("messages", sa.Column("settled_by", sa.String(), nullable=True))
    condition = "(settled_at IS NULL) = (settled_by IS NULL)"
    op.create_check_constraint(op.f(RULE), "messages", condition, postgresql_not_valid=True)
    op.execute(f"ALTER TABLE messages VALIDATE CONSTRAINT {RULE}")


def downgrade() -> None:
    op.drop_constraint(op.f(RULE), "messages")
    op.drop_column("messages", "settled_by")
    op.drop_column("messages", "settled_at")
