"""Find quickly what was erased since a time, for those who poll with updated_after."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_erasures_time", "erasures", ["jurisdiction_id", "erased_at"])


def downgrade() -> None:
    op.drop_index("ix_erasures_time", table_name="erasures")
