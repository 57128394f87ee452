"""Give a transaction its id before the times of its changes.

Then a snapshot tells whether changes with earlier times may still appear: while no transaction with
an id is open, none can (open311/queries/requests/last_change.py).
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# The lock comes before all numbers of the transaction (migration 0011), and the id before all
# times. Neither needs the other: one is for lists by number, the other for Last-Modified.
NUMBER_CHANGE = """
CREATE OR REPLACE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest bigint;
BEGIN
    IF coalesce(current_setting('open311.is_changing', true), '') = '' THEN
        SELECT last_value - (NOT is_called)::integer INTO latest FROM change_numbers;
        PERFORM pg_advisory_xact_lock_shared(
            (latest >> 31)::integer, (latest & 2147483647)::integer);
        {assign_id}PERFORM set_config('open311.is_changing', 'yes', true);
    END IF;
    NEW.changed_at := clock_timestamp();
    NEW.change_number := nextval('change_numbers');
    IF NEW.public AND NEW.listed_number IS NULL THEN
        NEW.listed_number := NEW.change_number;
    END IF;
    RETURN NEW;
END
$$
"""

ASSIGN_ID = "PERFORM pg_current_xact_id();\n        "


def upgrade() -> None:
    # While an old number_change is at work, its transaction may have times without an id.
    op.execute("LOCK TABLE service_requests IN SHARE ROW EXCLUSIVE MODE")
    op.execute(NUMBER_CHANGE.format(assign_id=ASSIGN_ID))


def downgrade() -> None:
    op.execute("LOCK TABLE service_requests IN SHARE ROW EXCLUSIVE MODE")
    op.execute(NUMBER_CHANGE.format(assign_id=""))
