"""Keep when requests were first viewed, and what users have seen in the work queue, and its scope.

A first view is no change of the request: it has no number, and no copy reads the request again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

NUMBER_CHANGE = """
CREATE OR REPLACE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest bigint;
BEGIN
    {unless_viewed}IF coalesce(current_setting('open311.is_changing', true), '') = '' THEN
        SELECT last_value - (NOT is_called)::integer INTO latest FROM change_numbers;
        PERFORM pg_advisory_xact_lock_shared(
            (latest >> 31)::integer, (latest & 2147483647)::integer);
        PERFORM pg_current_xact_id();
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

UNLESS_VIEWED = """\
IF TG_OP = 'UPDATE' AND NEW.first_viewed_at IS DISTINCT FROM OLD.first_viewed_at
    THEN
        RETURN NEW;
    END IF;
    """

# Who did something with a request has seen it.
ALREADY_VIEWED = """
UPDATE service_requests SET first_viewed_at = coalesce(steps.made_at, service_requests.accepted_at)
FROM (
    SELECT service_request_pk, min(made_at) AS made_at FROM (
        SELECT service_request_pk, made_at FROM work_steps WHERE kind <> 'answered'
        UNION ALL
        SELECT service_request_pk, changed_at FROM status_changes WHERE made_by IS NOT NULL
        UNION ALL
        SELECT service_request_pk, made_at FROM routing_steps WHERE kind IN (
            'accepted', 'handed_over', 'moved', 'service_changed', 'pinned', 'unpinned'
        )
    ) AS made GROUP BY service_request_pk
) AS steps
WHERE steps.service_request_pk = service_requests.pk
"""

OPEN = ("status", "service_id", "department_id", "sandbox", "withdrawn_at")
BEFORE = (*OPEN, "accepted_at", "waits_since")
AFTER = (*BEFORE, "assigned_user_id", "first_viewed_at")

INDEXES = (
    ("work_steps", "news", "made_at", "kind IN ('assigned', 'answered')"),
    ("received_updates", "news", "received_at", None),
    ("feedback", "news", "answered_at", None),
)


def upgrade() -> None:
    for table, name in (("service_requests", "first_viewed_at"), ("users", "queue_seen_at")):
        op.add_column(table, sa.Column(name, TIMESTAMP(timezone=True, precision=0), nullable=True))
    op.add_column(
        "users", sa.Column("whole_city", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(NUMBER_CHANGE.format(unless_viewed=UNLESS_VIEWED))
    op.execute(ALREADY_VIEWED)
    _replace_open(AFTER)
    for table, name, column, condition in INDEXES:
        where = None if condition is None else sa.text(condition)
        op.create_index(f"ix_{table}_{name}", table, [column], postgresql_where=where)


def downgrade() -> None:
    for table, name, _column, _condition in INDEXES:
        op.drop_index(f"ix_{table}_{name}", table)
    _replace_open(BEFORE)
    op.execute(NUMBER_CHANGE.format(unless_viewed=""))
    for name in ("whole_city", "queue_seen_at"):
        op.drop_column("users", name)
    op.drop_column("service_requests", "first_viewed_at")


def _replace_open(include: tuple[str, ...]) -> None:
    op.drop_index("ix_service_requests_open", "service_requests")
    op.create_index(
        "ix_service_requests_open",
        "service_requests",
        ["jurisdiction_id", "requested_datetime", "pk"],
        postgresql_where=sa.text("status = 'open'"),
        postgresql_include=[*include],
    )
