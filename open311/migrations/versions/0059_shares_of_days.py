"""Add up shares by day, and let indexes answer for times.

Figures are made again from the beginning: until the job that folds changes has read nearly all
requests, pages of figures ask their readers to come again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

FACTS = "request_facts"
PARTS = (
    *("requests", "duplicates", "canceled", "work", "no_promise", "at_entry"),
    *("transferred", "transferred_twice", "returned"),
    *("ended", "done", "no_further_action", "not_ours", "referred"),
    *("reopened_soon", "kept", "late"),
)
REQUESTED = ["jurisdiction_id", "requested_at"]
TIMED = [
    *("service_request_pk", "public", "service_id", "department_id", "channel", "outcome"),
    *("closed_at", "first_action_at", "seen_at"),
]


def upgrade() -> None:
    op.execute("TRUNCATE request_facts, figure_days, figure_states")
    for name in PARTS:
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("figure_days", column)
    op.drop_index("ix_request_facts_requested", FACTS)
    op.create_index("ix_request_facts_requested", FACTS, REQUESTED, postgresql_include=TIMED)
    op.create_index(
        "ix_request_facts_open",
        FACTS,
        REQUESTED,
        postgresql_include=[*TIMED, "due_at", "waits_since", "boundaries"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_request_facts_acted", FACTS, ["jurisdiction_id", "first_action_at"])
    op.create_index(
        "ix_request_facts_unacted",
        FACTS,
        REQUESTED,
        postgresql_include=[*TIMED, "boundaries"],
        postgresql_where=sa.text("first_action_at IS NULL"),
    )


def downgrade() -> None:
    op.execute("TRUNCATE request_facts, figure_days, figure_states")
    for name in ("unacted", "acted", "open", "requested"):
        op.drop_index(f"ix_request_facts_{name}", FACTS)
    op.create_index("ix_request_facts_requested", FACTS, REQUESTED)
    for name in reversed(PARTS):
        op.drop_column("figure_days", name)
