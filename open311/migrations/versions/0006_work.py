"""Work: who does what about a service request, notes of staff, duplicates, waiting, saved views."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)


def upgrade() -> None:
    _change_users()
    _change_service_requests()
    _change_media()
    _create_work_steps()
    _create_saved("saved_views", sa.Column("query", sa.String(), nullable=False))
    area = Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    _create_saved("saved_areas", sa.Column("area", area, nullable=False))
    op.create_check_constraint(
        op.f("ck_saved_areas_area_not_empty"), "saved_areas", "NOT ST_IsEmpty(area)"
    )
    op.add_column("jurisdictions", sa.Column("public_holidays", sa.String()))
    op.execute("UPDATE jurisdictions SET public_holidays = ''")
    op.alter_column("jurisdictions", "public_holidays", nullable=False)


def _change_users() -> None:
    op.create_unique_constraint(
        op.f("uq_users_jurisdiction_id_id"), "users", ["jurisdiction_id", "id"]
    )
    op.alter_column("users", "password_hash", nullable=True)
    op.add_column("users", sa.Column("openid_subject", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_users_openid_subject"), "users", ["openid_subject"])


def _change_service_requests() -> None:
    op.add_column("status_changes", sa.Column("made_by", sa.String(), nullable=True))
    for column in (
        sa.Column("assigned_user_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_of_pk", sa.BigInteger(), nullable=True),
        sa.Column("waits_since", MOMENT, nullable=True),
    ):
        op.add_column("service_requests", column)
    op.create_foreign_key(
        op.f("fk_service_requests_jurisdiction_id_assigned_user_id"),
        "service_requests",
        "users",
        ["jurisdiction_id", "assigned_user_id"],
        ["jurisdiction_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_service_requests_duplicate_of_pk"),
        "service_requests",
        "service_requests",
        ["duplicate_of_pk"],
        ["pk"],
    )
    op.create_check_constraint(
        op.f("ck_service_requests_duplicate_of_another"),
        "service_requests",
        "duplicate_of_pk <> pk",
    )
    for name, column_name in (("assigned", "assigned_user_id"), ("duplicates", "duplicate_of_pk")):
        op.create_index(
            f"ix_service_requests_{name}",
            "service_requests",
            [column_name],
            postgresql_where=sa.text(f"{column_name} IS NOT NULL"),
        )


def _change_media() -> None:
    op.add_column("media", sa.Column("status_change_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_media_status_change_id"),
        "media",
        "status_changes",
        ["status_change_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_media_of_update_or_status_change"),
        "media",
        "received_update_id IS NULL OR status_change_id IS NULL",
    )
    op.create_index("ix_media_status_change", "media", ["status_change_id"])


def _create_work_steps() -> None:
    op.create_table(
        "work_steps",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('noted', 'assigned', 'released', 'linked', 'unlinked', 'waits', 'resumed')",
            name=op.f("ck_work_steps_kind_known"),
        ),
        sa.CheckConstraint(
            "text <> '' OR kind NOT IN ('noted', 'assigned', 'linked')",
            name=op.f("ck_work_steps_says_what"),
        ),
        sa.CheckConstraint("made_by <> ''", name=op.f("ck_work_steps_made_by_someone")),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_work_steps_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_steps")),
    )
    op.create_index("ix_work_steps_service_request", "work_steps", ["service_request_pk", "id"])
    op.execute(
        "CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON work_steps "
        "FOR EACH ROW EXECUTE FUNCTION history_stays()"
    )


def _create_saved(table: str, column: sa.Column[str]) -> None:
    """Create a table of what someone keeps under a name, for themselves or a department."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        column,
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f(f"ck_{table}_named")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "user_id"],
            ["users.jurisdiction_id", "users.id"],
            name=op.f(f"fk_{table}_jurisdiction_id_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id", "department_id"],
            ["departments.jurisdiction_id", "departments.id"],
            name=op.f(f"fk_{table}_jurisdiction_id_department_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("user_id", "name", name=op.f(f"uq_{table}_user_id_name")),
    )


def downgrade() -> None:
    op.drop_column("jurisdictions", "public_holidays")
    for table in ("saved_areas", "saved_views", "work_steps"):
        op.drop_table(table)
    op.drop_column("media", "status_change_id")
    for column in ("assigned_user_id", "duplicate_of_pk", "waits_since"):
        op.drop_column("service_requests", column)
    op.drop_column("status_changes", "made_by")
    op.drop_column("users", "openid_subject")
    op.execute("DELETE FROM users WHERE password_hash IS NULL")
    op.alter_column("users", "password_hash", nullable=False)
    op.drop_constraint(op.f("uq_users_jurisdiction_id_id"), "users")
