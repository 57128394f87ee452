"""Find what changed since a moment, and what is near a boundary, in indexes of their own.

The index of status changes by time has the first status of each request as well, and not what tells
news from the reader's own changes.
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_status_changes_news",
            "status_changes",
            ["changed_at"],
            postgresql_where="NOT opening",
            postgresql_include=["service_request_pk", "kind", "made_by"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_service_requests_near_border",
            "service_requests",
            ["jurisdiction_id", "requested_datetime", "pk"],
            postgresql_where="near_border",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_service_requests_near_border", "service_requests")
    op.drop_index("ix_status_changes_news", "status_changes")
