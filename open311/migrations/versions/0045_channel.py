"""Find requests by how they came in, other than by apps, which are most of them."""

from alembic import op

revision = "0045"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_service_requests_channel",
        "service_requests",
        ["jurisdiction_id", "channel", "requested_datetime", "pk"],
        postgresql_where="channel <> 'api' AND channel <> 'unknown'",
        postgresql_include=["public", "sandbox", "withdrawn_at"],
    )


def downgrade() -> None:
    op.drop_index("ix_service_requests_channel", "service_requests")
