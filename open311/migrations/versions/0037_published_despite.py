"""Record why a version of a layer was published despite doubts about it."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("boundary_sets", sa.Column("despite", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_boundary_sets_despite_for_a_reason"),
        "boundary_sets",
        "despite <> '' AND published_at IS NOT NULL OR despite IS NULL",
    )


def downgrade() -> None:
    op.drop_column("boundary_sets", "despite")
