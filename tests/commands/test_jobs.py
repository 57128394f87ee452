"""open311 jobs: run, list, retry, and status."""

import os
import signal

import psycopg
import pytest
import sample_jobs
from flask import Flask
from programs import run_program, started_program
from sample_jobs import GATE, SECRET, add_jobs, noted, waiting
from servers import wait_until
from settings import settings_for
from sqlalchemy import text

from open311.database import db
from open311.operations.jobs import forget_failed_jobs
from tests.commands.conftest import CommandLine


@pytest.fixture(autouse=True)
def app(empty_app: Flask) -> Flask:
    """The application on empty tables, and on the table of what jobs did."""
    sample_jobs.make_table()
    return empty_app


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    return {**os.environ, **settings_for(url, OPEN311_JOBS="separate")}


def add(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def test_failed_jobs_are_listed_with_their_ids_alone_and_run_again(open311: CommandLine) -> None:
    assert open311.lines("jobs", "list") == ["No jobs."]
    add_jobs("sample.fail", [41], lock="street")
    assert open311.lines("jobs", "list") == ["1: sample.fail number=41, waiting"]
    assert open311.lines("jobs", "list", "--failed") == ["No failed jobs."]
    open311.lines("jobs", "run", "--once")
    [line] = open311.lines("jobs", "list", "--failed")
    assert line == "1: sample.fail number=41, failed after 3 attempts"
    assert open311.lines("jobs", "list") == [line]
    assert open311.refusal("jobs", "retry", 2) == (
        "There is no failed job 2. To list them, run open311 jobs list --failed."
    )
    assert open311.lines("jobs", "retry", 1) == ["Jobs to run again: 1."]
    assert waiting() == [("sample.fail", "todo", 4)]
    add("UPDATE procrastinate_jobs SET task_name = 'sample.note'")
    open311.lines("jobs", "run", "--once")
    assert (noted(), waiting()) == ([41], [])


def test_retry_needs_ids_or_all(open311: CommandLine) -> None:
    assert open311.lines("jobs", "retry", "--all") == ["Jobs to run again: 0."]
    for arguments in ([], ["--all", "1"]):
        refusal = open311.refusal("jobs", "retry", *arguments, status=2)
        assert refusal == "Name failed jobs, or add --all."


def test_a_job_that_waits_for_its_next_attempt_is_listed_with_the_time(
    open311: CommandLine,
) -> None:
    add_jobs("sample.note", [1])
    add("UPDATE procrastinate_jobs SET attempts = 2, scheduled_at = '2100-01-02 03:04:05.6Z'")
    assert open311.lines("jobs", "list") == [
        "1: sample.note number=1, waiting until 2100-01-02 03:04:05 UTC after 2 attempts"
    ]
    assert open311.lines("jobs", "status")[0] == "Waiting: 1."


QUIET = [
    "Webhooks more than 60 minutes behind: 0.",
    "Webhooks paused by failures: 0.",
    "Forwardings that need a decision: 0.",
    "Emails that failed in the past 24 hours: 0.",
]


def status(open311: CommandLine, *arguments: object) -> tuple[int, list[str]]:
    result = open311._run(("jobs", "status", *arguments))
    return result.exit_code, result.stdout.splitlines()


def test_status_exits_1_above_its_thresholds(open311: CommandLine) -> None:
    assert status(open311) == (0, ["Waiting: 0.", "Running: 0.", "Failed: 0.", *QUIET])
    add_jobs("sample.note", [1])
    add("UPDATE procrastinate_events SET at = now() - interval '400 seconds'")
    code, lines = status(open311)
    assert (code, lines[0][:33]) == (1, "Waiting: 1, the oldest for 0:06:4")
    assert status(open311, "--age", 500)[0] == 0
    open311.lines("jobs", "run", "--once")
    add_jobs("sample.fail", [2])
    open311.lines("jobs", "run", "--once")
    assert status(open311) == (1, ["Waiting: 0.", "Running: 0.", "Failed: 1.", *QUIET])
    assert status(open311, "--failed", 1)[0] == 0


def test_a_job_that_another_holds_back_is_not_late(open311: CommandLine) -> None:
    add_jobs("sample.note", [1, 2], lock="street")
    add("UPDATE procrastinate_events SET at = now() - interval '1 day'")
    add("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE id = 1")
    assert status(open311) == (0, ["Waiting: 2.", "Running: 0.", "Failed: 0.", *QUIET])
    add("DELETE FROM procrastinate_jobs WHERE id = 1")
    assert status(open311)[0] == 1


def test_failed_jobs_are_forgotten_after_90_days(open311: CommandLine) -> None:
    add_jobs("sample.fail", [1, 2])
    open311.lines("jobs", "run", "--once")
    add("UPDATE procrastinate_events SET at = now() - interval '91 days' WHERE job_id = 1")
    add("UPDATE procrastinate_events SET at = now() - interval '89 days' WHERE job_id = 2")
    assert forget_failed_jobs() == 1
    [line] = open311.lines("jobs", "list")
    assert line.startswith("2: ")
    assert db.session.scalar(text("SELECT count(DISTINCT job_id) FROM procrastinate_events")) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_at_a_signal_after_the_running_job(
    environment: dict[str, str], number: signal.Signals
) -> None:
    url = environment["DATABASE_URL"]
    with started_program(["jobs", "run"], environment) as program:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [GATE])
            add_jobs("sample.wait", [2])
            assert wait_until(lambda: noted() == [-2])
            assert program.process.pid is not None
            os.kill(program.process.pid, number)
        program.process.join()
        assert program.process.exitcode == 0
        assert "Traceback" not in program.error.read_text()
    # Jobs of the clock may have become due since.
    left = [one for one in waiting() if str(one[0]).startswith("sample.")]
    assert (noted(), left) == ([-2, 2], [])


def test_the_log_of_a_failed_job_has_no_text_of_the_error(environment: dict[str, str]) -> None:
    add_jobs("sample.fail", [7])
    done = run_program(["jobs", "run", "--once"], environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Job sample.fail {'number': 7} failed, reference") == 3
    assert "Job sample.fail[1](number=7) ended with status: Error" in done.stderr
    assert SECRET not in done.stderr
