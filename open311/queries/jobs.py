"""The queue of jobs: what waits, runs, and has failed. Jobs hold ids, and never texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from open311.database import db
from open311.models.jobs import FAILED, RUNNING, WAITING, job_events, jobs


class JobInfo(NamedTuple):
    """A job with its task and ids; not_before is the time of its next attempt, if it has one."""

    id: int
    task: str
    ids: Mapping[str, int | str]
    lock: str | None
    status: str
    attempts: int
    not_before: datetime | None


def list_jobs(statuses: Sequence[str] = (WAITING, RUNNING, FAILED)) -> list[JobInfo]:
    """List the jobs with one of these statuses, oldest first."""
    columns = (
        *(jobs.c.id, jobs.c.task_name, jobs.c.args, jobs.c.lock, jobs.c.status),
        *(jobs.c.attempts, jobs.c.scheduled_at),
    )
    statement = select(*columns).where(jobs.c.status.in_(statuses)).order_by(jobs.c.id)
    return [JobInfo(*row) for row in db.session.execute(statement)]


class QueueState(NamedTuple):
    """Numbers of jobs, and the seconds for which the oldest one could have run already."""

    waiting: int
    running: int
    failed: int
    age: float


def queue_state() -> QueueState:
    """Return the state of the queue.

    The age is 0 if nothing is due. A job does not count that waits for an earlier one with the same
    lock.
    """
    by_status = select(jobs.c.status, func.count()).group_by(jobs.c.status)
    number: Counter[str] = Counter()
    for status, count in db.session.execute(by_status):
        number[status] = count
    return QueueState(number[WAITING], number[RUNNING], number[FAILED], _age())


def _age() -> float:
    earlier = jobs.alias()
    held_back = select(earlier.c.id).where(
        earlier.c.lock == jobs.c.lock,
        or_(
            earlier.c.status == RUNNING,
            and_(earlier.c.status == WAITING, earlier.c.id < jobs.c.id),
        ),
    )
    added = select(func.min(job_events.c.at)).where(
        job_events.c.job_id == jobs.c.id, job_events.c.type == "deferred"
    )
    due = func.coalesce(jobs.c.scheduled_at, added.scalar_subquery())
    statement = select(func.extract("epoch", func.now() - func.min(due))).where(
        jobs.c.status == WAITING, due <= func.now(), ~held_back.exists()
    )
    return float(db.session.scalar(statement) or 0)
