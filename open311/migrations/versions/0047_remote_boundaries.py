"""Keep the days that a draft is planned for, and the address that boundaries were read from."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("planned_from", "planned_until"):
        op.add_column("boundary_sets", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("boundary_sets", sa.Column("source_url", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_boundary_sets_planned_dates_in_order"),
        "boundary_sets",
        "planned_until > planned_from",
    )
    op.create_check_constraint(
        op.f("ck_boundary_sets_source_url_form"), "boundary_sets", "source_url ~ '^https?://'"
    )


def downgrade() -> None:
    for name in ("source_url", "planned_until", "planned_from"):
        op.drop_column("boundary_sets", name)
