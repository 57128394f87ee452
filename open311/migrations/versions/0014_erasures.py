"""Records of erased personal data, and the one way to erase it from the history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)

# The arguments of a trigger are the columns that an erasure may change, and only so that they
# contain the mark of erased data.
HISTORY_STAYS = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earlier jsonb;
    later jsonb;
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND current_setting('open311.erasing', true) = 'on' THEN
        earlier := to_jsonb(OLD);
        later := to_jsonb(NEW);
        IF later - TG_ARGV = earlier - TG_ARGV AND NOT EXISTS (
            SELECT FROM unnest(TG_ARGV) AS erased
            WHERE later -> erased <> earlier -> erased
              AND strpos(later ->> erased, '[erased]') = 0
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""

HISTORY_STAYED = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""

TEXTS = {
    "status_changes": ("status_notes",),
    "work_steps": ("text",),
    "routing_steps": ("reason", "before"),
}
"""Columns of the history that can hold personal data."""


def upgrade() -> None:
    op.add_column("jurisdictions", sa.Column("anonymize_after_days", sa.Integer()))
    op.create_check_constraint(
        op.f("ck_jurisdictions_anonymized_later"), "jurisdictions", "anonymize_after_days > 0"
    )
    _create_erasures()
    op.execute(HISTORY_STAYS)
    for table, columns in {**TEXTS, "erasures": ("reason",)}.items():
        _replace_trigger(table, columns)


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("service_request_pk", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("erased_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('email', 'phone', 'request', 'withdrawal', 'retention')",
            name=op.f("ck_erasures_basis_known"),
        ),
        sa.CheckConstraint("erased_by <> ''", name=op.f("ck_erasures_erased_by_someone")),
        sa.CheckConstraint(
            "jsonb_typeof(counts) = 'object'", name=op.f("ck_erasures_counts_are_object")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdictions.id"], name=op.f("fk_erasures_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_request_pk"],
            ["service_requests.pk"],
            name=op.f("fk_erasures_service_request_pk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_service_request", "erasures", ["service_request_pk", "id"])
    op.create_index("ix_erasures_newest", "erasures", ["jurisdiction_id", "id"])


def _replace_trigger(table: str, columns: tuple[str, ...]) -> None:
    arguments = ", ".join(f"'{column}'" for column in columns)
    op.execute(f"DROP TRIGGER IF EXISTS history_stays ON {table}")
    op.execute(
        f"CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION history_stays({arguments})"
    )


def downgrade() -> None:
    for table in TEXTS:
        _replace_trigger(table, ())
    op.drop_table("erasures")
    op.execute(HISTORY_STAYED)
    op.drop_column("jurisdictions", "anonymize_after_days")
