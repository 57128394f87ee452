"""Let a city set its base map and its aerial photos."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "base_maps"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("origins", ARRAY(sa.Text()), nullable=False),
        sa.Column("attribution", sa.String(), nullable=False),
        sa.Column("aerial_tiles", sa.String(), nullable=False),
        sa.Column("aerial_attribution", sa.String(), nullable=False),
        _check("one_source", "file IS NULL OR address = ''"),
        _check("file_form", "file ~ '^[0-9a-f]{32}[.]pmtiles$'"),
        _check("address_form", "address = '' OR address ~ '^https?://'"),
        _check("aerial_form", "aerial_tiles = '' OR aerial_tiles ~ '^https?://'"),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_base_maps_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_base_maps")),
    )
    # Pages are made from the snapshot, which has it (migration 0015).
    op.execute(
        f"CREATE CONSTRAINT TRIGGER renew_city_version AFTER INSERT OR UPDATE OR DELETE "
        f"ON {TABLE} DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW EXECUTE FUNCTION renew_city_version()"
    )
    op.execute(
        f"CREATE TRIGGER renew_city_version_emptied AFTER TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION renew_city_version()"
    )


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))


def downgrade() -> None:
    op.drop_table(TABLE)
