"""Let layers overlap on purpose, keep all boundaries of a request, and accept pins just outside.

The trigger of boundary layers names its columns, so it is made again with the new one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

REASONS = (
    *("near_border", "no_place", "address_mismatch", "odd_place", "handed_over_often"),
    *("answered", "said_fixed", "said_open", "reopened_often", "flagged"),
    *("not_forwarded", "foreign_status", "replied"),
)
NEW_REASONS = ("in_overlap", "near_outside")


def upgrade() -> None:
    op.add_column(
        "boundary_layers",
        sa.Column("overlapping", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _audit_layers("code", "name", "position", "exception", "overlapping", "reach_meters")
    op.create_index(
        "ix_boundaries_of_set", "boundaries", ["set_id", "geometry"], postgresql_using="gist"
    )
    places = "service_request_boundaries"
    op.add_column(
        places,
        sa.Column("others", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
    )
    op.create_check_constraint(
        op.f(f"ck_{places}_others_of_a_boundary"),
        places,
        "others = '{}' OR boundary_id IS NOT NULL",
    )
    op.create_index(
        f"ix_{places}_others",
        places,
        ["others"],
        postgresql_using="gin",
        postgresql_where=sa.text("others <> '{}'"),
    )
    op.add_column("service_requests", sa.Column("outside_meters", sa.Float()))
    op.create_check_constraint(
        op.f("ck_service_requests_outside_not_negative"), "service_requests", "outside_meters >= 0"
    )
    _replace_reasons((*REASONS, *NEW_REASONS))


def _audit_layers(*columns: str) -> None:
    op.execute("DROP TRIGGER audit ON boundary_layers")
    op.execute(
        f"CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE OF {', '.join(columns)} "
        f"ON boundary_layers FOR EACH ROW EXECUTE FUNCTION audit('{','.join(columns)}', '')"
    )


def _replace_reasons(reasons: tuple[str, ...]) -> None:
    name = op.f("ck_triage_entries_reason_known")
    op.drop_constraint(name, "triage_entries", type_="check")
    op.create_check_constraint(name, "triage_entries", f"reason IN {reasons}")


def downgrade() -> None:
    op.execute("DELETE FROM triage_entries WHERE reason IN ('in_overlap', 'near_outside')")
    _replace_reasons(REASONS)
    op.drop_column("service_requests", "outside_meters")
    op.drop_column("service_request_boundaries", "others")
    op.drop_index("ix_boundaries_of_set", "boundaries")
    _audit_layers("code", "name", "position", "exception", "reach_meters")
    op.drop_column("boundary_layers", "overlapping")
