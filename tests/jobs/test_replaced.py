"""The process of jobs gives way to a new one after a while, but not while a job runs."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
import sample_jobs
from applications import in_context
from flask import Flask
from sample_jobs import GATE, add_jobs, noted
from servers import PATIENCE, wait_until

from open311.jobs import engine
from open311.jobs.engine import Engine


@pytest.fixture
def app(fresh_database: Callable[[str], str], empty: str) -> Iterator[Flask]:
    for one in in_context(fresh_database(empty)):
        sample_jobs.make_table()
        yield one


async def _run(app: Flask) -> None:
    running = Engine(app)
    watch = asyncio.create_task(engine._watch(lambda: True, running, running.stop))
    await running.run()
    watch.cancel()


def test_it_ends_once_no_job_runs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    thread = threading.Thread(target=lambda: asyncio.run(_run(app)))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [GATE])
        thread.start()
        add_jobs("sample.wait", [1])
        assert wait_until(lambda: noted() == [-1])
        monkeypatch.setattr(engine, "LONGEST_RUN", 0)
        add_jobs("sample.note", [2])  # it takes jobs as usual
        assert wait_until(lambda: noted() == [-1, 2])
        assert thread.is_alive()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert noted() == [-1, 2, 1]
