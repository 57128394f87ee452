"""Tasks of jobs for tests: they note in a table that they ran, wait for a lock, or fail."""

import os
from collections.abc import Sequence

from sqlalchemy import text

from open311.database import db, lift_time_limit
from open311.job_queue import RetryLater, defer
from open311.jobs.registry import task
from open311.operations.transaction import operation

NOTES = "CREATE TABLE job_notes (number int, process int, at timestamptz DEFAULT clock_timestamp())"
GATE = 311_0999
"""The advisory lock for which the task "sample.wait" waits."""

SECRET = "Kim Lee, 740-555-0100"


@operation
def make_table() -> None:
    db.session.execute(text(NOTES))


@operation
def add_jobs(task: str, numbers: Sequence[int], lock: str | None = None) -> None:
    """Defer jobs in one transaction."""
    for number in numbers:
        defer(task, lock=lock, number=number)


def noted() -> list[int]:
    """Give the numbers of the jobs that ran, in order."""
    numbers = list(db.session.scalars(text("SELECT number FROM job_notes ORDER BY at, ctid")))
    db.session.remove()
    return numbers


def waiting() -> list[tuple[str, str, int]]:
    """Give task, status, and attempts of each job, in order."""
    rows = db.session.execute(
        text("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")
    )
    jobs = [tuple(row) for row in rows]
    db.session.remove()
    return jobs


@task("sample.note")
def note(number: int) -> None:
    _note(number)


@operation
def _note(number: int) -> None:
    db.session.execute(
        text("INSERT INTO job_notes (number, process) VALUES (:number, :process)"),
        {"number": number, "process": os.getpid()},
    )


@task("sample.wait", retry=(0, 0))
def wait(number: int) -> None:
    """Note the beginning as a negative number, and the end once nobody holds the lock."""
    _note(-number)
    _pass_gate()
    _note(number)


@operation
def _pass_gate() -> None:
    lift_time_limit()
    db.session.execute(text("SET LOCAL lock_timeout = 0"))
    db.session.execute(text("SELECT pg_advisory_xact_lock_shared(:gate)"), {"gate": GATE})


@task("sample.fail", retry=(0, 0))
def fail(number: int) -> None:
    """Fail each time, after a note that is rolled back, with an error that quotes a person."""
    _fail(number)


@operation
def _fail(number: int) -> None:
    _insert_and_raise(number)


def _insert_and_raise(number: int) -> None:
    db.session.execute(text("INSERT INTO job_notes VALUES (:number)"), {"number": number})
    raise ValueError(SECRET)


@task("sample.fail_once", retry=(0,))
def fail_once(number: int) -> None:
    """Fail at the first run, and note the second."""
    if -number not in noted():
        _note(-number)
        raise ValueError(SECRET)
    _note(number)


@task("sample.later", retry=())
def later(number: int) -> None:
    """Ask twice to run again at once; it has no retries of its own."""
    if noted().count(-number) < 2:
        _note(-number)
        raise RetryLater(0)
    _note(number)


@task("sample.chain")
def chain(number: int) -> None:
    """Defer the next job, down to 1."""
    _note(number)
    if number > 1:
        add_jobs("sample.chain", [number - 1])
