"""A city's own addresses, to find a place by its address and an address by its place."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.add_column("jurisdictions", sa.Column("locality", sa.String()))
    op.execute("UPDATE jurisdictions SET locality = ''")
    op.alter_column("jurisdictions", "locality", nullable=False)
    _create_registers()
    _create_points()


def _create_registers() -> None:
    op.create_table(
        "address_registers",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("license", sa.String(), nullable=False),
        sa.Column("vintage", sa.String(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "imported_by <> ''", name=op.f("ck_address_registers_imported_by_someone")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_address_registers_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_address_registers")),
    )


def _create_points() -> None:
    op.create_table(
        "address_points",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("number_words", sa.String(), nullable=False),
        sa.Column("number_value", sa.BigInteger(), nullable=False),
        sa.Column("street_words", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("zipcode", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("location", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.CheckConstraint("address_id <> ''", name=op.f("ck_address_points_id_not_empty")),
        sa.CheckConstraint("address <> ''", name=op.f("ck_address_points_address_not_empty")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["address_registers.jurisdiction_id"],
            name=op.f("fk_address_points_jurisdiction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_points")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "address_id",
            name=op.f("uq_address_points_jurisdiction_id_address_id"),
        ),
    )
    op.create_index(
        "ix_address_points_houses",
        "address_points",
        ["jurisdiction_id", "street_words", "number_value", "number_words", "unit", "id"],
    )
    op.create_index(
        "ix_address_points_words",
        "address_points",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_address_points_nearest",
        "address_points",
        ["jurisdiction_id", "location"],
        postgresql_using="gist",
    )


def downgrade() -> None:
    op.drop_table("address_points")
    op.drop_table("address_registers")
    op.drop_column("jurisdictions", "locality")
    op.execute("DROP EXTENSION IF EXISTS pg_trgm")
