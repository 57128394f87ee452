"""Tables of Procrastinate that are read here. Its own schema creates them (migration 0025)."""

from sqlalchemy import BigInteger, DateTime, Enum, Integer, String, column, table
from sqlalchemy.dialects.postgresql import JSONB

WAITING, RUNNING, FAILED = "todo", "doing", "failed"

_STATUSES = (WAITING, RUNNING, "succeeded", FAILED, "cancelled", "aborting", "aborted")
_EVENTS = ("deferred", "started", "deferred_for_retry", "failed", "retried")

jobs = table(
    "procrastinate_jobs",
    column("id", BigInteger),
    column("task_name", String),
    column("lock", String),
    column("args", JSONB),
    column("status", Enum(*_STATUSES, name="procrastinate_job_status")),
    column("scheduled_at", DateTime(timezone=True)),
    column("attempts", Integer),
)

job_events = table(
    "procrastinate_events",
    column("id", BigInteger),
    column("job_id", BigInteger),
    column("type", Enum(*_EVENTS, name="procrastinate_job_event_type")),
    column("at", DateTime(timezone=True)),
)
