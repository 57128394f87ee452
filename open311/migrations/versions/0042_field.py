"""Keep shift lists of crews, and receipts of actions that phones send."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_stops",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_shift_stops_position_counted")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "user_id"],
            ["users.jurisdiction_id", "users.id"],
            name=op.f("fk_shift_stops_jurisdiction_id_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_shift_stops_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "day", "service_request_pk", name=op.f("pk_shift_stops")
        ),
        sa.UniqueConstraint(
            "user_id",
            "day",
            "position",
            name=op.f("uq_shift_stops_user_id_day_position"),
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("ix_shift_stops_request", "shift_stops", ["service_request_pk"])
    op.create_index("ix_shift_stops_day", "shift_stops", ["day"])
    op.create_table(
        "staff_receipts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=True),
        sa.Column("done_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "octet_length(digest) = 32", name=op.f("ck_staff_receipts_digest_measured")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_receipts_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_staff_receipts")),
    )
    op.create_index("ix_staff_receipts_done_at", "staff_receipts", ["done_at"])


def downgrade() -> None:
    op.drop_table("staff_receipts")
    op.drop_table("shift_stops")
