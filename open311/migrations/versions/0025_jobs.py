"""Keep jobs in the database, in the tables of Procrastinate."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    op.execute(sa.text(SCHEMA.read_text(encoding="utf-8")))


def downgrade() -> None:
    """Drop all of it, with the jobs that wait."""
    op.execute(
        sa.text(
            """
            DO $$
            DECLARE
                one regprocedure;
            BEGIN
                FOR one IN SELECT oid FROM pg_proc
                    WHERE pronamespace = current_schema()::regnamespace
                    AND starts_with(proname, 'procrastinate_')
                LOOP
                    EXECUTE 'DROP FUNCTION ' || one || ' CASCADE';  -- with its triggers
                END LOOP;
            END;
            $$;
            DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
                procrastinate_workers;
            DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_status,
                procrastinate_job_event_type;
            """
        )
    )
