"""Compare a change of status with its service request before the latest change is looked for.

A new service request has the status of its first change already: one read shows it, where the
trigger made an UPDATE that found nothing to change.
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

STATUS_FOLLOWS_HISTORY = """
CREATE OR REPLACE FUNCTION status_follows_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest status_changes;
BEGIN
    {unless_current}SELECT * INTO latest FROM status_changes
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

# If a later change is the latest, the request has the status of that one, by its own trigger.
UNLESS_CURRENT = """\
IF EXISTS (
        SELECT FROM service_requests
        WHERE pk = NEW.service_request_pk
            AND status = NEW.status
            AND detailed_status = NEW.detailed_status
            AND status_notes = NEW.status_notes
            AND updated_datetime = greatest(NEW.changed_at, requested_datetime)
    ) THEN
        RETURN NULL;
    END IF;
    """


def upgrade() -> None:
    op.execute(STATUS_FOLLOWS_HISTORY.format(unless_current=UNLESS_CURRENT))


def downgrade() -> None:
    op.execute(STATUS_FOLLOWS_HISTORY.format(unless_current=""))
