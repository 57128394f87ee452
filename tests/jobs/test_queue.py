"""Jobs: part of a transaction, in order under a lock, tried again, and then visibly failed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
import psycopg
import pytest
import sample_jobs
from applications import propagating
from flask import Flask
from sample_jobs import SECRET, add_jobs, noted, waiting
from sqlalchemy import text

from open311.database import db
from open311.job_queue import QUEUE, defer
from open311.jobs.engine import run_waiting
from open311.operations.transaction import operation, trial
from open311.statements import transaction_connection

COLUMNS = "queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at"


@pytest.fixture
def notes(empty_app: Flask) -> Flask:
    """The application on empty tables, and on the table of what jobs did."""
    sample_jobs.make_table()
    return empty_app


def run(app: Flask) -> None:
    run_waiting(app, with_periodic=False)


def test_a_job_runs_after_its_transaction_and_is_gone(notes: Flask) -> None:
    add_jobs("sample.note", [1, 2])
    assert [job[:2] for job in waiting()] == [("sample.note", "todo")] * 2
    run(notes)
    assert (noted(), waiting()) == ([1, 2], [])


def test_a_job_of_a_rollback_or_a_trial_never_runs(notes: Flask) -> None:
    @operation
    def fail_late() -> None:
        defer("sample.note", number=1)
        raise LookupError

    @trial
    def preview() -> None:
        defer("sample.note", number=2)

    with pytest.raises(LookupError):
        fail_late()
    preview()
    assert waiting() == []


def test_an_operation_that_runs_again_adds_its_job_once(notes: Flask) -> None:
    """PostgreSQL aborts the first attempt after its job was added."""
    attempts = []

    @operation
    def change() -> None:
        attempts.append(1)
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        db.session.execute(text("SELECT 1 FROM revisions_of_test"))
        defer("sample.note", number=1)
        if len(attempts) == 1:
            with psycopg.connect(url, autocommit=True) as other:
                other.execute("UPDATE revisions_of_test SET number = number + 1")
        db.session.execute(text("UPDATE revisions_of_test SET number = number + 10"))

    url = notes.config["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE revisions_of_test AS SELECT 1 AS number")
    change()
    assert len(attempts) == 2
    assert db.session.scalar(text("SELECT number FROM revisions_of_test")) == 12
    assert [job[0] for job in waiting()] == ["sample.note"]
    run(notes)
    assert noted() == [1]


def row() -> Any:
    """Give the only job and what is recorded of it, without its id, and delete it."""
    read = text(
        f"SELECT {COLUMNS}, attempts, abort_requested, worker_id, array_agg(ARRAY[type::text, "
        "CASE WHEN type = 'scheduled' THEN at::text END] ORDER BY type) "
        "FROM procrastinate_jobs jobs JOIN procrastinate_events events ON job_id = jobs.id "
        "GROUP BY jobs.id"
    )
    [stored] = db.session.execute(read).all()
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    db.session.commit()
    return stored


@pytest.mark.parametrize("lock", [None, "hook:7"])
@pytest.mark.parametrize("at", [None, datetime(2031, 2, 3, 4, 5, 6, 789, UTC)])
def test_defer_writes_what_procrastinate_writes(
    notes: Flask, lock: str | None, at: datetime | None
) -> None:
    ids: dict[str, int | str] = {"number": 7, "kind": 'it\'s \\ "é"'}
    queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    connection = transaction_connection()
    theirs = queue.configure_task(
        "sample.note", queue=QUEUE, lock=lock, schedule_at=at, connection=connection
    )
    theirs.defer(**ids)
    expected = row()
    defer("sample.note", lock=lock, at=at, **ids)
    assert row() == expected


def test_jobs_of_a_lock_keep_their_order_while_others_pass(notes: Flask) -> None:
    """One that is to be tried again later holds back those after it."""
    add_jobs("sample.fail", [1], lock="street")
    add_jobs("sample.note", [2], lock="street")
    add_jobs("sample.note", [3], lock="square")
    db.session.execute(
        text("UPDATE procrastinate_jobs SET scheduled_at = now() + '1 hour' WHERE id = :first"),
        {"first": db.session.scalar(text("SELECT min(id) FROM procrastinate_jobs"))},
    )
    db.session.commit()
    run(notes)
    assert noted() == [3]
    assert [job[1] for job in waiting()] == ["todo", "todo"]
    db.session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
    db.session.commit()
    run(notes)
    assert noted() == [3, 2]
    assert waiting() == [("sample.fail", "failed", 3)]


def test_a_job_waits_for_its_time(notes: Flask) -> None:
    now = datetime.now(UTC)
    for number, at in ((1, now + timedelta(hours=1)), (2, now - timedelta(hours=1))):
        defer("sample.note", at=at, number=number)
    db.session.commit()
    run(notes)
    assert noted() == [2]
    assert len(waiting()) == 1


def test_a_failing_job_is_tried_again_and_then_stays_as_failed(
    notes: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """What it wrote is rolled back each time; the log has references, and no text of the error."""
    add_jobs("sample.fail", [41])
    with propagating("open311"), propagating("procrastinate"):
        run(notes)
    assert waiting() == [("sample.fail", "failed", 3)]
    assert noted() == []
    lines = {one for one in caplog.messages if one.startswith("Job sample.fail {'number': 41} fa")}
    assert len(lines) == 3
    assert all("builtins.ValueError" in line for line in lines)
    assert SECRET not in caplog.text
    run(notes)
    assert waiting() == [("sample.fail", "failed", 3)]


def test_a_job_that_fails_once_runs_in_the_end(notes: Flask) -> None:
    add_jobs("sample.fail_once", [5])
    run(notes)
    assert (noted(), waiting()) == ([-5, 5], [])


def test_a_job_may_set_the_time_of_its_next_run_as_often_as_it_likes(notes: Flask) -> None:
    add_jobs("sample.later", [6])
    run(notes)
    assert (noted(), waiting()) == ([-6, -6, 6], [])


def test_jobs_may_add_jobs(notes: Flask) -> None:
    add_jobs("sample.chain", [3])
    run(notes)
    assert (noted(), waiting()) == ([3, 2, 1], [])


def test_a_job_of_an_unknown_task_stays_as_failed(notes: Flask) -> None:
    """A newer version may have added it before all workers were replaced."""
    add_jobs("sample.of_tomorrow", [1])
    run(notes)
    assert [job[:2] for job in waiting()] == [("sample.of_tomorrow", "failed")]
