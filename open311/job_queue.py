"""Jobs that run once a transaction has committed (open311/jobs).

Procrastinate's own defer costs as much as a whole small transaction; this calls the function in the
database that it calls. tests/jobs compares the rows of both.
"""

import json
from datetime import datetime

from sqlalchemy import text

from open311.statements import Call, Statement

QUEUE = "default"

_DEFER = Statement(
    text(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, "
        "CAST(:ids AS jsonb), CAST(:at AS timestamptz))]::procrastinate_job_to_defer_v1[])"
    ),
    prepared=True,
)


class RetryLater(Exception):
    """Raised by a job that is to run again after some seconds, however often it has run."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def defer(
    task: str, *, lock: str | None = None, at: datetime | None = None, **ids: int | str
) -> None:
    """Add a job to the transaction of the session; it runs once that commits.

    task is the name of a task in open311/jobs, which gets the ids. Of jobs with the same lock, one
    runs at a time, in the order in which they were added; one that is tried again holds back those
    after it. at is an aware time before which the job does not run. Jobs are listed and logged:
    never pass texts.
    """
    values = {"queue": QUEUE, "task": task, "lock": lock, "ids": json.dumps(ids), "at": at}
    Call(_DEFER, values).run()
