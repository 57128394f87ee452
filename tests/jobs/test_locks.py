"""Jobs with the same lock, of which one runs at a time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from sample_jobs import add_jobs, make_table, noted
from servers import wait_until

from open311.jobs import engine
from open311.jobs.engine import Engine


def test_the_next_job_of_a_lock_begins_when_the_one_before_it_ends(
    empty_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bulk action of thousands of requests is a chain of such jobs."""
    monkeypatch.setattr(engine, "POLL", 3600)
    numbers = [*range(12)]
    with empty_app.app_context():
        make_table()
        add_jobs("sample.note", numbers, lock="one at a time")
    with running_engine(empty_app), empty_app.app_context():
        assert wait_until(lambda: noted() == numbers)


def test_a_lock_that_becomes_free_during_a_look_is_noticed(
    empty_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another look has begun, and the job that ends is still in its way."""
    monkeypatch.setattr(engine, "POLL", 3600)
    fetch_job = JobManager.fetch_job

    async def fetch_slowly(self: JobManager, **options: Any) -> Job | None:
        """Find nothing, and hear of it only after all jobs that began have ended."""
        found = await fetch_job(self, **options)
        while found is None and await number_of_running(self):
            await asyncio.sleep(0.01)
        return found

    monkeypatch.setattr(JobManager, "fetch_job", fetch_slowly)
    with empty_app.app_context():
        make_table()
        add_jobs("sample.note", [1, 2, 3], lock="one at a time")
    with running_engine(empty_app), empty_app.app_context():
        assert wait_until(lambda: noted() == [1, 2, 3])


async def number_of_running(manager: JobManager) -> int:
    row = await manager.connector.execute_query_one_async(
        "SELECT count(*) AS number FROM procrastinate_jobs WHERE status = 'doing'"
    )
    return int(row["number"])


@contextmanager
def running_engine(app: Flask) -> Iterator[None]:
    running = Engine(app)
    thread = threading.Thread(target=lambda: asyncio.run(running.run()))
    thread.start()
    try:
        yield
    finally:
        running.stop()
        thread.join()
