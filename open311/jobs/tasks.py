"""The registered tasks as tasks of Procrastinate, and its connections to the database."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
from flask import Flask
from procrastinate.jobs import Job
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from open311.database import driver_arguments
from open311.job_queue import QUEUE, RetryLater
from open311.jobs.registry import PERIODIC, TASKS, Periodic, Task
from open311.logs import log_failure

LATEST = 3_600
"""Seconds that a periodic task may start late, as after a machine slept; later, it is left out."""

POOL_SIZE = 2
"""Most connections of a worker for its queue, beside the one that listens for new jobs."""

FIRST = 1
"""Priority of periodic tasks: they are short, and must not wait for a thousand messages."""

PATIENCE = 5
"""Seconds to wait for a connection before the worker begins again."""

log = logging.getLogger(__name__)


class JobFailed(Exception):
    """A job failed. The log has its type and place; the text may contain personal data."""


class _Retry(procrastinate.BaseRetryStrategy):
    def __init__(self, task: Task) -> None:
        self._waits = task.waits

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision | None:
        """Return when to run a job again after an exception; None if it has failed for good."""
        if isinstance(exception, RetryLater):
            seconds = exception.seconds
        elif job.attempts < len(self._waits):
            seconds = self._waits[job.attempts]
        else:
            return None
        return procrastinate.RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=seconds))


@asynccontextmanager
async def opened_queue(app: Flask, *, with_periodic: bool) -> AsyncIterator[procrastinate.App]:
    """Yield an application of Procrastinate with all tasks, connected to the database of app."""
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        kwargs=driver_arguments(app),
        configure=_commit_each_statement,
        check=AsyncConnectionPool.check_connection,
        min_size=1,
        max_size=POOL_SIZE,
        timeout=PATIENCE,
        reconnect_timeout=PATIENCE,
        num_workers=1,
        open=False,
    )
    queue = _queue(app, with_periodic=with_periodic)
    try:
        await pool.open(wait=True, timeout=PATIENCE)
        await queue.open_async(pool)
        yield queue
    finally:
        await pool.close()


async def _commit_each_statement(connection: AsyncConnection[Any]) -> None:
    """Save the round trips of transactions: each statement of Procrastinate is one."""
    await connection.set_autocommit(True)


def _queue(app: Flask, *, with_periodic: bool) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(configure=_commit_each_statement)
    queue = procrastinate.App(connector=connector, periodic_defaults={"max_delay": LATEST})
    for task in TASKS.values():
        queue.task(name=task.name, queue=QUEUE, retry=_Retry(task))(_in_context(app, task))
    if with_periodic:
        for one in PERIODIC.values():
            _add_periodic(queue, app, one)
    return queue


def _add_periodic(queue: procrastinate.App, app: Flask, one: Periodic) -> None:
    cron = one.cron(app)
    registered = queue.task(name=one.name, queue=QUEUE, lock=one.name, priority=FIRST)(
        _at_its_time(app, one)
    )
    if cron is not None:  # or its last job may still be there, and must be known
        queue.periodic(cron=cron)(registered)


def _in_context(app: Flask, task: Task) -> Callable[..., None]:
    def run(**ids: Any) -> None:
        try:
            with app.app_context():
                task.run(**ids)
        except RetryLater:
            raise
        except Exception as error:
            reference = log_failure(log, f"Job {task.name} {ids}", error)
            raise JobFailed(reference) from None

    return run


def _at_its_time(app: Flask, one: Periodic) -> Callable[..., None]:
    """Return a function that logs a failure: the next run comes by itself."""

    def run(timestamp: int) -> None:
        if time.time() - timestamp > LATEST:
            return
        try:
            with app.app_context():
                one.run()
        except Exception as error:
            log_failure(log, f"Task {one.name}", error)

    return run
