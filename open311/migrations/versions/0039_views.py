"""Keep the columns of users' lists, and read-only links to searches."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)


def upgrade() -> None:
    columns = sa.ARRAY(sa.Text())
    op.add_column("users", sa.Column("list_columns", columns, server_default="{}", nullable=False))
    op.add_column(
        "users",
        sa.Column("list_density", sa.String(), server_default="comfortable", nullable=False),
    )
    known, limited = op.f("ck_users_list_density_known"), op.f("ck_users_list_columns_limited")
    op.create_check_constraint(known, "users", "list_density IN ('comfortable', 'compact')")
    op.create_check_constraint(limited, "users", "cardinality(list_columns) <= 8")
    _create_links()


def _create_links() -> None:
    area = geoalchemy2.Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    op.create_table(
        "view_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("area", area, nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        _check("named", "name ~ '[^\\s]' AND length(name) <= 100"),
        _check("hashed", "length(token_hash) = 32"),
        _check("area_not_empty", "NOT ST_IsEmpty(area)"),
        _check(
            "expires_within_a_year",
            "expires_at > created_at AND expires_at <= created_at + interval '366 days'",
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "user_id"],
            ["users.jurisdiction_id", "users.id"],
            name=op.f("fk_view_links_jurisdiction_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_view_links_token_hash")),
    )
    op.create_index("ix_view_links_newest", "view_links", ["jurisdiction_id", "id"])


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_view_links_{name}"))


def downgrade() -> None:
    op.drop_table("view_links")
    op.drop_constraint(op.f("ck_users_list_columns_limited"), "users")
    op.drop_constraint(op.f("ck_users_list_density_known"), "users")
    op.drop_column("users", "list_density")
    op.drop_column("users", "list_columns")
