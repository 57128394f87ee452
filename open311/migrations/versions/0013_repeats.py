"""Kinds of history steps, times of submission before approval, and automated questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = (
    *("status", "routing", "approved", "acknowledged", "transferred"),
    *("moved", "service_changed", "withdrawn"),
)


def upgrade() -> None:
    _add_text("status_changes", "kind", "status")
    op.create_check_constraint(
        op.f("ck_status_changes_kind_known"), "status_changes", f"kind IN {KINDS}"
    )
    for name, target in (("department_id", "departments"), ("service_id", "services")):
        op.add_column("status_changes", sa.Column(name, sa.Integer(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_status_changes_{name}"), "status_changes", target, [name], ["id"]
        )
    moment = postgresql.TIMESTAMP(timezone=True, precision=0)
    op.add_column("service_requests", sa.Column("submitted_at", moment, nullable=True))
    op.create_check_constraint(
        op.f("ck_service_requests_submitted_before_requested"),
        "service_requests",
        "submitted_at <= requested_datetime",
    )
    _add_text("service_attributes", "automated", "")
    op.create_check_constraint(
        op.f("ck_service_attributes_automated_known"),
        "service_attributes",
        "automated IN ('', 'hidden_field', 'server_set')",
    )


def _add_text(table: str, name: str, value: str) -> None:
    """Add a column with a default, which costs no write of the rows there are."""
    op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=value))


def downgrade() -> None:
    op.drop_column("service_attributes", "automated")
    op.execute("ALTER TABLE service_requests DISABLE TRIGGER number_change")
    op.execute(
        "UPDATE service_requests SET requested_datetime = submitted_at "
        "WHERE submitted_at IS NOT NULL"
    )
    op.execute("ALTER TABLE service_requests ENABLE TRIGGER number_change")
    op.drop_column("service_requests", "submitted_at")
    for name in ("service_id", "department_id", "kind"):
        op.drop_column("status_changes", name)
