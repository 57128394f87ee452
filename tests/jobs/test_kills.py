"""Workers, posters, and PostgreSQL killed at random: no job is lost, none of a rollback runs."""

import contextlib
import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sample_jobs
from applications import in_context
from crashed import DURABLE, crash, started_again
from programs import started_program
from servers import PROCESSES, running_server, wait_until
from settings import settings_for
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from local.cluster import Cluster, throwaway_cluster
from open311.app import create_app
from open311.database import db
from open311.job_queue import defer
from open311.operations.transaction import operation

KILLS = 20
"""Of the worker, and of the poster or of PostgreSQL."""
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
            with contextlib.suppress(LookupError, DBAPIError):
                number = db.session.scalar(text("SELECT nextval('order_numbers')"))
                db.session.commit()
                order(number)
            db.session.remove()


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
    """Read a number, once PostgreSQL is there."""
    found: list[Any] = []

    def read() -> bool:
        with contextlib.suppress(DBAPIError):
            found.append(db.session.scalar(text(statement)))
        db.session.remove()
        return bool(found)

    assert wait_until(read)
    return found[0]


def await_more(table: str) -> None:
    """Wait until a table has some more rows: a moment that no one has chosen."""
    rows = number(f"SELECT count(*) FROM {table}") + random.randrange(1, 60)
    assert wait_until(lambda: number(f"SELECT count(*) FROM {table}") >= rows)


@dataclass(frozen=True)
class Scene:
    """A database whose orders add jobs. servers are those of PostgreSQL that were started again."""

    cluster: Cluster
    url: str
    log: Path
    servers: contextlib.ExitStack


def run_and_kill(scene: Scene) -> None:
    """Let one program after the other run what a poster adds, and kill each; the last may end."""
    run = ["jobs", "run"]
    environment = {**os.environ, **settings_for(scene.url)}
    with contextlib.ExitStack() as posting:
        for _kill in kills(scene.url, posting):
            with started_program(run, environment):  # which is killed at the end of the block
                await_more("job_notes")
    with started_program(run, environment):
        await_end()


def serve_and_kill(scene: Scene) -> None:
    """Kill the worker of gunicorn that runs jobs, which gunicorn replaces."""
    latest = "SELECT process FROM job_notes ORDER BY at DESC LIMIT 1"
    with running_server(scene.url, scene.log, {"OPEN311_JOBS": "inside"}):
        with contextlib.ExitStack() as posting:
            for _kill in kills(scene.url, posting):
                await_more("job_notes")
                with contextlib.suppress(ProcessLookupError):  # it is the one before
                    os.kill(number(latest), signal.SIGKILL)
        await_end()


def serve_and_crash_the_database(scene: Scene) -> None:
    """Let PostgreSQL crash below a server that runs jobs and a poster, which both go on."""
    with running_server(scene.url, scene.log, {"OPEN311_JOBS": "inside"}):
        with poster(scene.url):
            for _crash in range(KILLS):
                await_more("job_notes")
                crash(scene.cluster)
                scene.servers.close()
                scene.servers.enter_context(started_again(scene.cluster))
            await_more("job_notes")
        await_end()


def kills(url: str, posting: contextlib.ExitStack) -> Iterator[int]:
    """Yield the number of each kill, and kill the poster before each."""
    posting.enter_context(poster(url))
    for kill in range(KILLS):
        await_more("orders")
        posting.close()
        posting.enter_context(poster(url))
        yield kill


def await_end() -> None:
    assert wait_until(lambda: number("SELECT count(*) FROM procrastinate_jobs") == 0)


@pytest.mark.long
@pytest.mark.parametrize("run", [run_and_kill, serve_and_kill, serve_and_crash_the_database])
def test_kills_lose_nothing_and_run_nothing_of_a_rollback(
    run: Callable[[Scene], None], tmp_path: Path, figure: Callable[[str, object], None]
) -> None:
    with throwaway_cluster(DURABLE) as cluster, contextlib.ExitStack() as servers:
        url = cluster.create_database("open311")
        for _app in in_context(url):
            flask_migrate.upgrade()
            sample_jobs.make_table()
            db.session.execute(text("CREATE TABLE orders (number int)"))
            db.session.execute(text("CREATE SEQUENCE order_numbers"))
            db.session.commit()
            run(Scene(cluster, url, tmp_path / "log", servers))
            committed = number("SELECT count(*) FROM orders")
            lost = number(
                "SELECT count(*) FROM orders WHERE number NOT IN (SELECT number FROM job_notes)"
            )
            unfounded = number(
                "SELECT count(*) FROM job_notes WHERE number NOT IN (SELECT number FROM orders)"
            )
            twice = number("SELECT count(*) - count(DISTINCT number) FROM job_notes")
    figure(
        f"{run.__name__}: jobs under {KILLS} kills",
        f"{committed} committed, {lost} lost, {unfounded} of a rollback, {twice} twice",
    )
    assert (lost, unfounded) == (0, 0)
    assert committed > 100
    assert twice <= KILLS * 3, "more than what can have been running"
