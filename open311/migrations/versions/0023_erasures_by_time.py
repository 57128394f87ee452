"""Find quickly what was hidden or erased since a time, for who polls with updated_after."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_erasures_time", "erasures", ["jurisdiction_id", "erased_at"])
    op.create_index("ix_moderations_time", "moderations", ["made_at"])


def downgrade() -> None:
    op.drop_index("ix_moderations_time", table_name="moderations")
    op.drop_index("ix_erasures_time", table_name="erasures")
