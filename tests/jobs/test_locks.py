"""Jobs with the same lock, of which one runs at a time."""

import asyncio
import threading

import pytest
from flask import Flask
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
    running = Engine(empty_app)
    with empty_app.app_context():
        make_table()
        add_jobs("sample.note", numbers, lock="one at a time")
    thread = threading.Thread(target=lambda: asyncio.run(running.run()))
    thread.start()
    try:
        with empty_app.app_context():
            assert wait_until(lambda: noted() == numbers)
    finally:
        running.stop()
        thread.join()
