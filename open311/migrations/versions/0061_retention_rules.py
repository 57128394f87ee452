"""Keep a city's records schedule, legal holds, and what is needed to repeat erasures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)

ACTION_FITS = (
    "series = 'reporter' AND action IN ('anonymize') "
    "OR series = 'update_reporter' AND action IN ('anonymize') "
    "OR series = 'free_text' AND action IN ('anonymize', 'delete') "
    "OR series = 'staff_note' AND action IN ('anonymize', 'delete') "
    "OR series = 'photo' AND action IN ('delete') "
    "OR series = 'receipt' AND action IN ('delete') "
    "OR series = 'log' AND action IN ('delete')"
)

AUDITED = {
    "retention_rules": ("months,action,authority", ""),
    "legal_holds": ("until,lifted_at", "reason"),
}
"""Columns whose values the audit keeps, and those of which it only says that they changed."""

# Before a case that is there; the function is as long as there are tables.
KNOWN_CASE = "WHEN 'carry_overs' THEN"
NEW_CASES = """WHEN 'retention_rules' THEN title := entry ->> 'series';
    WHEN 'legal_holds' THEN
        SELECT held.jurisdiction_id, coalesce(held.service_request_id, held.token)
        INTO jurisdiction, title
        FROM service_requests AS held WHERE held.pk = (entry ->> 'service_request_pk')::bigint;
    WHEN 'carry_overs' THEN"""


def upgrade() -> None:
    _create_rules()
    _create_holds()
    _extend_erasures()
    _replace_cases(KNOWN_CASE, NEW_CASES)
    for table, (shown, secrets) in AUDITED.items():
        columns = ", ".join(filter(None, (shown, secrets)))
        op.execute(
            f"CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION audit('{shown}', '{secrets}')"
        )


def _create_rules() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.CheckConstraint(ACTION_FITS, name=op.f("ck_retention_rules_action_fits")),
        sa.CheckConstraint(
            "months BETWEEN 1 AND 1200", name=op.f("ck_retention_rules_months_counted")
        ),
        sa.CheckConstraint("btrim(authority) <> ''", name=op.f("ck_retention_rules_has_authority")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_retention_rules_jurisdiction_id"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "series", name=op.f("pk_retention_rules")),
    )


def _create_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_legal_holds_has_reason")),
        sa.CheckConstraint(
            "set_by <> '' AND lifted_by <> ''", name=op.f("ck_legal_holds_by_someone")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)",
            name=op.f("ck_legal_holds_lifted_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_legal_holds_service_request_pk"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index("ix_legal_holds_service_request", "legal_holds", ["service_request_pk", "id"])


def _extend_erasures() -> None:
    op.add_column("erasures", sa.Column("series", sa.String(), nullable=True))
    op.add_column("erasures", sa.Column("action", sa.String(), nullable=True))
    op.add_column("erasures", sa.Column("extent", postgresql.JSONB(), nullable=True))
    op.add_column("erasures", sa.Column("entry", sa.Uuid(), nullable=True))
    _check("action_fits", ACTION_FITS)
    _check(
        "series_of_a_rule",
        "(series IS NULL) = (action IS NULL) AND (series IS NULL OR basis = 'retention')",
    )
    op.create_table(
        "unlogged_erasures",
        sa.Column("erasure_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["erasures.id"],
            name=op.f("fk_unlogged_erasures_erasure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_unlogged_erasures")),
    )


def _check(name: str, condition: str) -> None:
    """Add a constraint without reading the table while it is locked."""
    constraint = op.f(f"ck_erasures_{name}")
    op.create_check_constraint(constraint, "erasures", condition, postgresql_not_valid=True)
    op.execute(f"ALTER TABLE erasures VALIDATE CONSTRAINT {constraint}")


def _replace_cases(found: str, by: str) -> None:
    """Replace a part of the function that names the rows of the audit."""
    connection = op.get_bind()
    read = "SELECT pg_get_functiondef('audited_row'::regproc)"
    definition: str = connection.exec_driver_sql(read).scalar_one()
    if found not in definition:
        raise ValueError("The function audited_row() has no such case.")
    connection.exec_driver_sql(definition.replace(found, by, 1))


def downgrade() -> None:
    for table in AUDITED:
        op.execute(f"DROP TRIGGER audit ON {table}")
    _replace_cases(NEW_CASES, KNOWN_CASE)
    op.drop_table("unlogged_erasures")
    for column in ("entry", "extent", "action", "series"):
        op.drop_column("erasures", column)
    op.drop_table("legal_holds")
    op.drop_table("retention_rules")
