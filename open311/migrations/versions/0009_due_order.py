"""Index of all service requests in the order of their due dates."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DUE = "COALESCE(expected_datetime, '9999-12-31 00:00:00+00'::timestamp with time zone)"


def upgrade() -> None:
    op.create_index(
        "ix_service_requests_due_order",
        "service_requests",
        ["jurisdiction_id", sa.text(DUE), "pk"],
    )


def downgrade() -> None:
    op.drop_index("ix_service_requests_due_order", "service_requests")
