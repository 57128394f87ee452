"""Number changes without a lock on the city, and order history by its own numbers.

A transaction that changes service requests holds a shared lock, named after the last number given
before it. So pg_locks shows which numbers may still appear, and no transaction waits for another.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The lock comes first: all numbers of the transaction are above its name, and all times after it.
NUMBER_CHANGE = """
CREATE OR REPLACE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest bigint;
BEGIN
    IF coalesce(current_setting('open311.is_changing', true), '') = '' THEN
        SELECT last_value - (NOT is_called)::integer INTO latest FROM change_numbers;
        PERFORM pg_advisory_xact_lock_shared(
            (latest >> 31)::integer, (latest & 2147483647)::integer);
        PERFORM set_config('open311.is_changing', 'yes', true);
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

# All advisory locks with two keys (objsubid 2) in this database are those of number_change.
OLDEST_OPEN_CHANGE = """
CREATE FUNCTION oldest_open_change() RETURNS bigint LANGUAGE sql AS $$
    SELECT min((classid::bigint << 31) + objid::bigint) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$
"""

# In this order: a number given after the first statement is above the result anyway.
SETTLED_CHANGE = """
CREATE FUNCTION settled_change() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    latest bigint;
BEGIN
    SELECT last_value - (NOT is_called)::integer INTO latest FROM change_numbers;
    RETURN least(latest, oldest_open_change());
END
$$
"""

STATUS_FOLLOWS_HISTORY = """
CREATE OR REPLACE FUNCTION status_follows_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest status_changes;
BEGIN
    SELECT * INTO latest FROM status_changes
    WHERE service_request_pk = NEW.service_request_pk
    ORDER BY id DESC LIMIT 1;
    UPDATE service_requests
    SET status = latest.status,
        detailed_status = latest.detailed_status,
        status_notes = latest.status_notes,
        updated_datetime = greatest(latest.changed_at, requested_datetime)
    WHERE pk = NEW.service_request_pk
      AND (status, detailed_status, status_notes, updated_datetime) IS DISTINCT FROM
          (latest.status, latest.detailed_status, latest.status_notes,
           greatest(latest.changed_at, requested_datetime));
    RETURN NULL;
END
$$
"""

FORMER_NUMBER_CHANGE = """
CREATE OR REPLACE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.jurisdiction_id, 311));
    NEW.change_number := nextval('change_numbers');
    NEW.changed_at := clock_timestamp();
    IF NEW.public AND NEW.listed_number IS NULL THEN
        NEW.listed_number := NEW.change_number;
    END IF;
    RETURN NEW;
END
$$
"""

FORMER_STATUS_FOLLOWS_HISTORY = """
CREATE OR REPLACE FUNCTION status_follows_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest status_changes;
BEGIN
    SELECT * INTO latest FROM status_changes
    WHERE service_request_pk = NEW.service_request_pk
    ORDER BY changed_at DESC, id DESC LIMIT 1;
    UPDATE service_requests
    SET status = latest.status,
        detailed_status = latest.detailed_status,
        status_notes = latest.status_notes,
        updated_datetime = latest.changed_at
    WHERE pk = NEW.service_request_pk
      AND (status, detailed_status, status_notes, updated_datetime) IS DISTINCT FROM
          (latest.status, latest.detailed_status, latest.status_notes, latest.changed_at);
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    # While an old number_change is at work, its transaction holds no shared lock.
    op.execute("LOCK TABLE service_requests IN SHARE ROW EXCLUSIVE MODE")
    op.execute(NUMBER_CHANGE)
    op.execute(OLDEST_OPEN_CHANGE)
    op.execute(SETTLED_CHANGE)
    op.execute(STATUS_FOLLOWS_HISTORY)
    _replace_latest(["service_request_pk", "id"])


def downgrade() -> None:
    op.execute("LOCK TABLE service_requests IN SHARE ROW EXCLUSIVE MODE")
    op.execute(FORMER_NUMBER_CHANGE)
    op.execute("DROP FUNCTION settled_change")
    op.execute("DROP FUNCTION oldest_open_change")
    op.execute(FORMER_STATUS_FOLLOWS_HISTORY)
    _replace_latest(["service_request_pk", "changed_at", "id"])


def _replace_latest(columns: list[str]) -> None:
    op.drop_index("ix_status_changes_latest", "status_changes")
    op.create_index("ix_status_changes_latest", "status_changes", columns)
