"""Keep which files of open data are the current ones of a city."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_files",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.CheckConstraint(
            "format IN ('csv', 'gpkg', 'parquet')", name=op.f("ck_data_files_format_known")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_data_files_jurisdiction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "format", name=op.f("pk_data_files")),
        sa.UniqueConstraint("name", name=op.f("uq_data_files_name")),
    )


def downgrade() -> None:
    op.drop_table("data_files")
