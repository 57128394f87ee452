"""Keep the figures of each week as they were published, and send them to staff who choose it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

REPORTS = "published_reports"

OTHER_KINDS = (
    "'received', 'confirm', 'question', 'approved', 'status', 'closed', 'reopened', 'merged', "
    "'forwarded', 'followed', 'confirm_alert', 'alert', 'new', 'assigned', 'handed_over', "
    "'answered', 'not_solved', 'due', 'overdue', 'day', 'invitation', 'password_reset', "
    "'webhook_paused', 'email_change', 'email_changed', 'test'"
)

OTHER_EVENTS = ("assigned", "answered", "not_solved", "due", "overdue")


def upgrade() -> None:
    op.create_table(
        REPORTS,
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True, precision=0), nullable=False),
        sa.Column("definitions_version", sa.String(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("staff_document", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "extract(isodow FROM week) = 1", name=op.f("ck_published_reports_begins_on_monday")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_published_reports_jurisdiction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", "week", name=op.f("pk_published_reports")),
    )
    op.execute(
        f"CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON {REPORTS} "
        "FOR EACH ROW EXECUTE FUNCTION history_stays()"
    )
    _replace("messages", "kind_known", f"kind IN ({OTHER_KINDS}, 'weekly')")
    _replace(
        "messages", "day_of_its_kind", "(day IS NOT NULL) = (kind IN ('day', 'due', 'weekly'))"
    )
    _replace("users", "notices_known", _notices(*OTHER_EVENTS, "weekly"))


def downgrade() -> None:
    op.execute("DELETE FROM messages WHERE kind = 'weekly'")
    op.execute("UPDATE users SET notices = notices - 'weekly'")
    _replace("users", "notices_known", _notices(*OTHER_EVENTS))
    _replace("messages", "day_of_its_kind", "(day IS NOT NULL) = (kind IN ('day', 'due'))")
    _replace("messages", "kind_known", f"kind IN ({OTHER_KINDS})")
    op.drop_table(REPORTS)


def _notices(*events: str) -> str:
    return (
        f"jsonb_typeof(notices) = 'object' AND notices - ARRAY{list(events)}::text[] = '{{}}' "
        'AND jsonb_path_query_array(notices, \'$.*\') <@ \'["at_once", "digest", "off"]\''
    )


def _replace(table: str, name: str, condition: str) -> None:
    """Replace a constraint without reading the table while it is locked."""
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table)
    op.create_check_constraint(constraint, table, condition, postgresql_not_valid=True)
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}")
