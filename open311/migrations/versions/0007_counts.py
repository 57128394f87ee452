"""Counts: an index from which lists of staff are counted by status and service."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEX = "ix_service_requests_counts"


def upgrade() -> None:
    op.create_index(
        INDEX,
        "service_requests",
        ["jurisdiction_id", "status", "service_id"],
        postgresql_include=["department_id", "sandbox", "withdrawn_at"],
    )


def downgrade() -> None:
    op.drop_index(INDEX, "service_requests")
