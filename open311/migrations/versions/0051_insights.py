"""Keep the facts and daily flows that figures are made from, and when imports last saw requests.

The tables begin empty. The job that folds changes into them fills them within minutes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

MOMENT = postgresql.TIMESTAMP(timezone=True, precision=0)
FACTS = "request_facts"
FLOWS = ("received", "closed", "reopened", "handed_in", "handed_out")


def upgrade() -> None:
    op.add_column("former_ids", sa.Column("seen_at", MOMENT, nullable=True))
    _create_facts()
    op.create_table(
        "figure_days",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("boundary_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in FLOWS),
        sa.PrimaryKeyConstraint(
            *("jurisdiction_id", "boundary_id", "day", "service_id", "department_id", "public"),
            name=op.f("pk_figure_days"),
        ),
    )
    op.create_table(
        "figure_states",
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdictions.id"],
            name=op.f("fk_figure_states_jurisdiction_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("jurisdiction_id", name=op.f("pk_figure_states")),
    )


def _create_facts() -> None:
    op.create_table(
        FACTS,
        sa.Column("service_request_pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("jurisdiction_id", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("first_action_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("transfers", sa.SmallInteger(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("first_due_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("waits_since", MOMENT, nullable=True),
        sa.Column("waited_seconds", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("boundaries", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("flow_times", postgresql.ARRAY(MOMENT), nullable=False),
        sa.Column("flow_kinds", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("flow_departments", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("service_request_pk", name=op.f("pk_request_facts")),
    )
    for name in ("requested", "closed", "due"):
        op.create_index(f"ix_request_facts_{name}", FACTS, ["jurisdiction_id", f"{name}_at"])


def downgrade() -> None:
    op.drop_table("figure_states")
    op.drop_table("figure_days")
    op.drop_table(FACTS)
    op.drop_column("former_ids", "seen_at")
