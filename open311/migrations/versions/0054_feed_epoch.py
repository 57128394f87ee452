"""Let positions in lists of changes end with the restore of a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "city_version", sa.Column("feed_epoch", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("city_version", "feed_epoch")
