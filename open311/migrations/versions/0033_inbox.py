"""Remember the mails that were read, and the messages that bounced."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

OUTCOMES = (
    *("replied", "held", "bounced", "automatic", "empty", "unknown", "refused"),
    *("broken", "too_large"),
)
STATES = ("waiting", "sending", "sent", "dropped", "failed")
NEW_STATE = "bounced"
REASONS = (
    *("near_border", "no_place", "address_mismatch", "odd_place", "handed_over_often"),
    *("answered", "said_fixed", "said_open", "reopened_often", "flagged"),
    *("not_forwarded", "foreign_status"),
)
NEW_REASON = "replied"

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)


def upgrade() -> None:
    op.create_table(
        "incoming_mails",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_incoming_mails_hashed")),
        sa.CheckConstraint(f"outcome IN {OUTCOMES}", name=op.f("ck_incoming_mails_outcome_known")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_incoming_mails")),
    )
    op.create_index("ix_incoming_mails_received_at", "incoming_mails", ["received_at"])
    _replace_check("messages", "state_known", f"state IN {(*STATES, NEW_STATE)}")
    _replace_check(
        *("messages", "sent_has_time"),
        f"(state IN ('sent', '{NEW_STATE}')) = (sent_at IS NOT NULL)",
    )
    _replace_check(
        *("messages", "failed_says_why"),
        f"state NOT IN ('failed', '{NEW_STATE}') OR failure <> ''",
    )
    _replace_check("triage_entries", "reason_known", f"reason IN {(*REASONS, NEW_REASON)}")


def _replace_check(table: str, name: str, condition: str) -> None:
    whole = op.f(f"ck_{table}_{name}")
    op.drop_constraint(whole, table, type_="check")
    op.create_check_constraint(whole, table, condition)


def downgrade() -> None:
    op.execute("DELETE FROM triage_entries WHERE reason = 'replied'")
    op.execute("UPDATE messages SET state = 'failed', sent_at = NULL WHERE state = 'bounced'")
    _replace_check("triage_entries", "reason_known", f"reason IN {REASONS}")
    _replace_check("messages", "failed_says_why", "state <> 'failed' OR failure <> ''")
    _replace_check("messages", "sent_has_time", "(state = 'sent') = (sent_at IS NOT NULL)")
    _replace_check("messages", "state_known", f"state IN {STATES}")
    op.drop_table("incoming_mails")
