"""Workers and posters killed at random: nothing is lost, and nothing runs for a rollback."""

import contextlib
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import flask_migrate
import pytest
import sample_jobs
from applications import in_context
from programs import started_program
from servers import PROCESSES, wait_until
from settings import settings_for
from sqlalchemy import text

from local.cluster import throwaway_cluster
from open311.app import create_app
from open311.database import db
from open311.job_queue import defer
from open311.operations.transaction import operation

KILLS_OF_WORKER, KILLS_OF_POSTER = 10, 3
ROLLED_BACK = 5
"""Each fifth order is rolled back after its job was added."""


@operation
def order(number: int) -> None:
    db.session.execute(text("INSERT INTO orders VALUES (:number)"), {"number": number})
    defer("sample.note", number=number)
    if number % ROLLED_BACK == 0:
        raise LookupError


def post(url: str) -> None:
    """Post orders until this process is killed."""
    with create_app(settings_for(url)).app_context():
        while True:
            number = db.session.scalar(text("SELECT nextval('order_numbers')"))
            db.session.commit()
            with contextlib.suppress(LookupError):
                order(number)


@contextlib.contextmanager
def poster(url: str) -> Iterator[None]:
    process = PROCESSES.Process(target=post, args=(url,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def number(statement: str) -> Any:
    value = db.session.scalar(text(statement))
    db.session.remove()
    return value


def await_more(table: str) -> None:
    """Wait until a table has some more rows: a moment that no one has chosen."""
    rows = number(f"SELECT count(*) FROM {table}") + random.randrange(1, 60)
    assert wait_until(lambda: number(f"SELECT count(*) FROM {table}") >= rows)


def kill_both(url: str) -> None:
    """Let two workers run what a poster adds; kill one of the workers, and sometimes the poster."""
    run = ["jobs", "run"]
    environment = {**os.environ, **settings_for(url)}
    posters_to_kill = set(random.sample(range(KILLS_OF_WORKER), KILLS_OF_POSTER))
    with contextlib.ExitStack() as posting:
        posting.enter_context(poster(url))
        for kill in range(KILLS_OF_WORKER):
            with started_program(run, environment):  # which is killed at the end of the block
                await_more("job_notes")
                if kill in posters_to_kill:
                    await_more("orders")
                    posting.close()
                    posting.enter_context(poster(url))
    with started_program(run, environment):
        assert wait_until(lambda: number("SELECT count(*) FROM procrastinate_jobs") == 0)


@pytest.mark.long
def test_kills_lose_nothing_and_run_nothing_of_a_rollback(
    figure: Callable[[str, object], None],
) -> None:
    with throwaway_cluster(("synchronous_commit=on",)) as cluster:
        url = cluster.create_database("open311")
        for _app in in_context(url):
            flask_migrate.upgrade()
            sample_jobs.make_table()
            db.session.execute(text("CREATE TABLE orders (number int)"))
            db.session.execute(text("CREATE SEQUENCE order_numbers"))
            db.session.commit()
            kill_both(url)
            committed = number("SELECT count(*) FROM orders")
            lost = number(
                "SELECT count(*) FROM orders WHERE number NOT IN (SELECT number FROM job_notes)"
            )
            unfounded = number(
                "SELECT count(*) FROM job_notes WHERE number NOT IN (SELECT number FROM orders)"
            )
            twice = number("SELECT count(*) - count(DISTINCT number) FROM job_notes")
    figure(
        f"jobs under {KILLS_OF_WORKER} kills of the worker and {KILLS_OF_POSTER} of the poster",
        f"{committed} committed, {lost} lost, {unfounded} of a rollback, {twice} twice",
    )
    assert (lost, unfounded) == (0, 0)
    assert committed > 100
    assert twice <= KILLS_OF_WORKER * 3, "more than what can have been running"
