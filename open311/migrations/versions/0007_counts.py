"""Indexes that lists of staff are counted from, and that find what is due."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "service_requests"


def upgrade() -> None:
    op.create_index(
        "ix_service_requests_counts",
        TABLE,
        ["jurisdiction_id", "status", "service_id"],
        postgresql_include=["department_id", "sandbox", "withdrawn_at"],
    )
    op.create_index(
        "ix_service_requests_due",
        TABLE,
        ["jurisdiction_id", "expected_datetime", "pk"],
        postgresql_where="status = 'open'",
    )


def downgrade() -> None:
    op.drop_index("ix_service_requests_due", TABLE)
    op.drop_index("ix_service_requests_counts", TABLE)
