"""Units of the distances that pages show: metric or us."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "jurisdictions"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("units", sa.String()))
    op.execute("UPDATE jurisdictions SET units = 'metric'")
    op.alter_column(TABLE, "units", nullable=False)
    op.create_check_constraint(
        op.f("ck_jurisdictions_units_known"), TABLE, "units IN ('metric', 'us')"
    )


def downgrade() -> None:
    op.drop_column(TABLE, "units")
