"""Give routing rules effective dates, and record the rules that a boundary set ends and begins."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

CASE = (
    *("jurisdiction_id", "service_id", "service_group", "layer_id", "boundary_code", "question"),
    *("answer", "hours", "weekdays", "time_from", "time_until", "season_from", "season_until"),
)

ONE_CASE = """
ALTER TABLE routing_rules ADD CONSTRAINT ex_routing_rules_one_case EXCLUDE USING gist (
    jurisdiction_id WITH =,
    (coalesce(service_id, 0)) WITH =,
    (coalesce(service_group, '')) WITH =,
    (coalesce(layer_id, 0)) WITH =,
    (coalesce(boundary_code, '')) WITH =,
    (coalesce(question, '')) WITH =,
    (coalesce(answer, '')) WITH =,
    (coalesce(hours, '')) WITH =,
    (coalesce(weekdays[1], 0) + 10 * coalesce(weekdays[2], 0) + 100 * coalesce(weekdays[3], 0)
        + 1000 * coalesce(weekdays[4], 0) + 10000 * coalesce(weekdays[5], 0)
        + 100000 * coalesce(weekdays[6], 0) + 1000000 * coalesce(weekdays[7], 0)) WITH =,
    (coalesce(time_from, '24:00'::time)) WITH =,
    (coalesce(time_until, '24:00'::time)) WITH =,
    (coalesce(season_from, '')) WITH =,
    (coalesce(season_until, '')) WITH =,
    daterange(effective_from, effective_until) WITH &&
) WHERE (active)
"""

SHOWN = (
    *("code", "service_id", "service_group", "layer_id", "boundary_code", "question", "answer"),
    *("hours", "weekdays", "time_from", "time_until", "season_from", "season_until"),
    *("department_id", "note", "public_reason", "active"),
)
"""Columns of rules in the audit before this migration."""


def upgrade() -> None:
    op.add_column("routing_rules", sa.Column("effective_from", sa.Date(), nullable=True))
    op.add_column("routing_rules", sa.Column("effective_until", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_routing_rules_effective_dates_in_order"),
        "routing_rules",
        "effective_until > effective_from",
    )
    op.drop_index("uq_routing_rules_case", table_name="routing_rules")
    op.execute(ONE_CASE)
    op.create_table(
        "carried_rules",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until_before", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('ended', 'begun')", name=op.f("ck_carried_rules_kind_known")),
        sa.CheckConstraint(
            "kind = 'ended' OR until_before IS NULL", name=op.f("ck_carried_rules_ended_before")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["boundary_sets.id"], name=op.f("fk_carried_rules_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["routing_rules.id"], name=op.f("fk_carried_rules_rule_id")
        ),
        sa.PrimaryKeyConstraint("set_id", "rule_id", name=op.f("pk_carried_rules")),
    )
    op.create_index("ix_carried_rules_rule", "carried_rules", ["rule_id"])
    _audit((*SHOWN, "effective_from", "effective_until"))


def _audit(shown: tuple[str, ...]) -> None:
    op.execute("DROP TRIGGER audit ON routing_rules")
    columns = ", ".join(shown)
    op.execute(
        f"CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE OF {columns} ON routing_rules "
        f"FOR EACH ROW EXECUTE FUNCTION audit('{','.join(shown)}', '')"
    )


def downgrade() -> None:
    _audit(SHOWN)
    op.drop_table("carried_rules")
    op.execute("ALTER TABLE routing_rules DROP CONSTRAINT ex_routing_rules_one_case")
    # Without days, rules that are not in effect today would route requests.
    op.execute(
        "UPDATE routing_rules SET active = false WHERE effective_from > current_date "
        "OR effective_until <= current_date"
    )
    op.create_index(
        "uq_routing_rules_case",
        "routing_rules",
        list(CASE),
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("active"),
    )
    op.drop_constraint(op.f("ck_routing_rules_effective_dates_in_order"), "routing_rules")
    op.drop_column("routing_rules", "effective_until")
    op.drop_column("routing_rules", "effective_from")
