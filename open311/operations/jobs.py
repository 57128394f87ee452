"""Failed jobs: run them again, or forget them after a while."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from open311.database import db
from open311.errors import NotFound
from open311.messages.jobs import JOB_NOT_FAILED
from open311.models.jobs import FAILED, job_events, jobs
from open311.operations.transaction import operation

FAILED_KEPT = timedelta(days=90)


@operation
def retry_jobs(ids: Sequence[int] | None = None) -> int:
    """Let failed jobs run again now, all of them for None; return their number.

    Raises NotFound if one of ids is no failed job.
    """
    failed = set(db.session.scalars(select(jobs.c.id).where(jobs.c.status == FAILED)))
    chosen = sorted(failed if ids is None else set(ids))
    for number in chosen:
        if number not in failed:
            raise NotFound(JOB_NOT_FAILED, id=number)
    retried = func.procrastinate_retry_job_v2(jobs.c.id, func.now(), None, None, None)
    db.session.execute(select(retried).where(jobs.c.id.in_(chosen), jobs.c.status == FAILED))
    return len(chosen)


@operation
def forget_failed_jobs() -> int:
    """Delete jobs that failed FAILED_KEPT ago, and return their number."""
    last = select(func.max(job_events.c.at)).where(job_events.c.job_id == jobs.c.id)
    old = last.scalar_subquery() <= datetime.now(UTC) - FAILED_KEPT
    statement = delete(jobs).where(jobs.c.status == FAILED, old)
    return db.session.connection().execute(statement).rowcount
