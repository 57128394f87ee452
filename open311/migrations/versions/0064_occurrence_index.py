"""Let the index that finds receipts by their content keep their numbers unique.

It replaces the one by content and time: there are few receipts of the same content.
"""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "uq_receipts_occurrence",
            "receipts",
            ["fingerprint", "sandbox", "occurrence"],
            unique=True,
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.drop_index(
            "ix_receipts_fingerprint", "receipts", postgresql_concurrently=True, if_exists=True
        )


def downgrade() -> None:
    op.create_index("ix_receipts_fingerprint", "receipts", ["fingerprint", "received_at"])
    op.drop_index("uq_receipts_occurrence", "receipts")
