"""Jobs in a worker of gunicorn: they run, outlive what ends it, and end with the server."""

import contextlib
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests
import sample_jobs
from applications import application, close, in_context
from flask import Flask
from sample_jobs import GATE, add_jobs, noted, waiting
from servers import PATIENCE, PROCESSES, _serve, running_server, wait_until
from settings import settings_for
from sqlalchemy import text

from open311.database import db

INSIDE = {"OPEN311_JOBS": "inside"}


@dataclass(frozen=True)
class Server:
    """A running server with its log; its database is that of the application in context."""

    address: str
    log: Path


@pytest.fixture(scope="module")
def url(fresh_database: Callable[[str], str], empty: str) -> str:
    """The URL of a database that the tests of this file share."""
    url = fresh_database(empty)
    for _app in in_context(url):
        sample_jobs.make_table()
    return url


@pytest.fixture(scope="module")
def server(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("inside") / "log"
    with running_server(url, log, INSIDE) as address:
        yield Server(address, log)


@pytest.fixture(scope="module")
def idle_database(fresh_database: Callable[[str], str], empty: str) -> str:
    """The URL of a database without jobs, for servers of a test's own."""
    return fresh_database(empty)


@pytest.fixture(autouse=True)
def app(url: str) -> Iterator[Flask]:
    """The application in which a test adds jobs and reads what they did."""
    app = application(url)
    with app.app_context():
        db.session.execute(text("TRUNCATE job_notes"))
        db.session.commit()
        yield app
        db.session.remove()
    close(app)


@contextlib.contextmanager
def closed_gate(url: str) -> Iterator[None]:
    """Keep jobs of the task "sample.wait" from ending within the block."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [GATE])
        yield


def processes() -> list[int]:
    """Give the process of each note, in order."""
    found = list(db.session.scalars(text("SELECT process FROM job_notes ORDER BY at, ctid")))
    db.session.remove()
    return found


def begin(number: int) -> int:
    """Add a job that waits for the gate, and give the process that has begun it."""
    add_jobs("sample.wait", [number])
    assert wait_until(lambda: noted() == [-number])
    return processes()[0]


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def children(process: int) -> list[int]:
    return [
        int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def idle() -> bool:
    return waiting() == []


def test_a_worker_runs_what_others_add(server: Server) -> None:
    add_jobs("sample.note", range(20))
    assert wait_until(lambda: sorted(noted()) == list(range(20)) and idle())
    assert os.getpid() not in processes()


def test_jobs_go_on_while_one_waits(server: Server, url: str) -> None:
    with closed_gate(url):
        begin(1)
        add_jobs("sample.note", [2])
        assert wait_until(lambda: noted() == [-1, 2])
    assert wait_until(lambda: noted() == [-1, 2, 1] and idle())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_a_worker_that_is_asked_to_stop_ends_its_job_first(
    server: Server, url: str, number: signal.Signals
) -> None:
    with closed_gate(url):
        worker = begin(1)
        os.kill(worker, number)
    assert wait_until(lambda: noted() == [-1, 1] and idle())
    assert wait_until(lambda: not is_there(worker))
    add_jobs("sample.note", [2])
    assert wait_until(lambda: noted() == [-1, 1, 2])
    assert worker != processes()[2]


def test_a_worker_is_replaced_although_its_job_does_not_end(server: Server, url: str) -> None:
    """Another worker begins the job again when the silence of the first is long enough."""
    with closed_gate(url):
        worker = begin(1)
        os.kill(parent(worker), signal.SIGHUP)
        assert wait_until(lambda: not is_there(worker))
        assert requests.get(f"{server.address}/health", timeout=60).status_code == 200
        be_silent()
        assert wait_until(lambda: noted() == [-1, -1])
    assert wait_until(lambda: noted() == [-1, -1, 1] and idle())
    assert "A job was still running." in server.log.read_text()


def be_silent() -> None:
    """Let the last signs of life of all workers be an hour old; those who live give new ones."""
    db.session.execute(
        text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    )
    db.session.commit()


def test_the_job_of_a_killed_worker_is_rescued(server: Server, url: str) -> None:
    with closed_gate(url):
        worker = begin(1)
        os.kill(worker, signal.SIGKILL)
        assert wait_until(lambda: not is_there(worker))
        be_silent()
        assert wait_until(lambda: noted() == [-1, -1])
    assert wait_until(lambda: noted() == [-1, -1, 1] and idle())
    assert worker not in processes()[1:]
    assert "Jobs of a worker that has gone were put back: 1." in server.log.read_text()


def test_what_answers_runs_no_jobs_and_is_replaced_apart_from_them(
    server: Server, url: str
) -> None:
    """Signals that change the number of workers leave the one of the jobs alone."""
    with closed_gate(url):
        worker = begin(1)
        assert wait_until(lambda: len(children(parent(worker))) == 2)
        [answering] = set(children(parent(worker))) - {worker}
        os.kill(parent(worker), signal.SIGTTOU)
        os.kill(answering, signal.SIGKILL)
        assert wait_until(lambda: not is_there(answering))
        assert requests.get(f"{server.address}/health", timeout=PATIENCE).status_code == 200
        os.kill(parent(worker), signal.SIGTTIN)
        assert wait_until(lambda: len(children(parent(worker))) == 3)
        os.kill(parent(worker), signal.SIGTTOU)
        assert wait_until(lambda: len(children(parent(worker))) == 2)
        assert worker in children(parent(worker))
    assert wait_until(lambda: noted() == [-1, 1] and idle())
    assert set(processes()) == {worker}


def test_a_server_is_not_started_with_one_worker_for_answers_and_jobs(
    url: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    settings = settings_for(url, **INSIDE, GUNICORN_CMD_ARGS="--workers=1")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = PROCESSES.Process(target=_serve, args=(listener, log, settings), daemon=True)
        server.start()
        server.join()
    assert "Set OPEN311_WORKERS instead of gunicorn's number of workers." in log.read_text()


def test_without_jobs_inside_gunicorn_has_no_worker_for_them(
    idle_database: str, tmp_path: Path
) -> None:
    for value in ("none", "separate"):
        with running_server(idle_database, tmp_path / value, {"OPEN311_JOBS": value}):
            assert registered(idle_database) == 0
    with running_server(idle_database, tmp_path / "inside", INSIDE):
        assert wait_until(lambda: registered(idle_database) == 1)
    assert registered(idle_database) == 0


def test_the_worker_of_jobs_ends_when_its_server_is_killed(
    idle_database: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with running_server(idle_database, log, INSIDE):
        assert wait_until(lambda: registered(idle_database) == 1)
        [worker] = map(int, re.findall(r"Worker (\d+) runs jobs\.", log.read_text()))
        os.kill(parent(worker), signal.SIGKILL)
        assert wait_until(lambda: registered(idle_database) == 0)


def registered(database: str) -> int:
    with psycopg.connect(database) as connection:
        [(number,)] = connection.execute("SELECT count(*) FROM procrastinate_workers")
    return int(number)
