"""Keep the first due date of a service request, and queue what residents say on the website."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

REASONS = (
    *("near_border", "no_place", "address_mismatch", "odd_place", "handed_over_often"),
    *("answered", "said_fixed", "said_open"),
)
NEW_REASONS = ("reopened_often", "flagged")

KEEP_FIRST = """
CREATE FUNCTION keep_first_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.first_expected_datetime := OLD.expected_datetime;
    RETURN NEW;
END $$
"""

ON_FIRST_MOVE = """
CREATE TRIGGER keep_first_due BEFORE UPDATE OF expected_datetime ON service_requests
FOR EACH ROW WHEN (
    OLD.first_expected_datetime IS NULL
    AND OLD.expected_datetime IS NOT NULL
    AND OLD.expected_datetime IS DISTINCT FROM NEW.expected_datetime
) EXECUTE FUNCTION keep_first_due()
"""


def upgrade() -> None:
    moment = postgresql.TIMESTAMP(timezone=True, precision=0)
    op.add_column("service_requests", sa.Column("first_expected_datetime", moment, nullable=True))
    op.execute(KEEP_FIRST)
    op.execute(ON_FIRST_MOVE)
    _replace_reasons((*REASONS, *NEW_REASONS))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM triage_entries WHERE reason IN ('reopened_often', 'flagged')"))
    _replace_reasons(REASONS)
    op.execute("DROP TRIGGER keep_first_due ON service_requests")
    op.execute("DROP FUNCTION keep_first_due()")
    op.drop_column("service_requests", "first_expected_datetime")


def _replace_reasons(reasons: tuple[str, ...]) -> None:
    name = op.f("ck_triage_entries_reason_known")
    op.drop_constraint(name, "triage_entries")
    op.create_check_constraint(name, "triage_entries", f"reason IN {reasons}")
