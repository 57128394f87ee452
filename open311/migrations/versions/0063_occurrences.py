"""Number the receipts of the same content, so that one of two attempts at once is stored.

Receipts from before, and of a version before this one that still runs, have no number.
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receipts", sa.Column("occurrence", sa.Integer()))


def downgrade() -> None:
    op.drop_column("receipts", "occurrence")
