"""What runs by the clock: the nightly maintenance, rerouting, and the totals for maps."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import requests
from applications import propagating
from flask import Flask
from servers import running_server, wait_until
from settings import settings_for
from sqlalchemy import text

from open311.app import create_app
from open311.database import Base, db
from open311.job_queue import defer
from open311.jobs import maintenance
from open311.jobs.engine import run_waiting
from open311.jobs.maintenance import Cleanup, CleanupResult, run_maintenance
from open311.jobs.tasks import opened_queue
from open311.operations.grid import check_grid, fold_grid
from open311.operations.maintenance import empty_sandbox, forget_receipts

REPORT = {
    "api_key": "sandbox",
    "service_code": "POTHOLE",
    "lat": "0.5",
    "long": "0.5",
    "email": "kim@mail.example",
}
FILL = """
    INSERT INTO received_updates (service_request_pk, update_id, description, sent_at, received_at,
        status_change_id, by_city, claims)
    SELECT service_request_pk, '1', '', now(), now(), id, true, false FROM status_changes
    WHERE service_request_pk = :pk;
    INSERT INTO update_reporters
    SELECT id, '', 'Kim', '', '', '', '' FROM received_updates WHERE service_request_pk = :pk;
    INSERT INTO media (service_request_pk, received_update_id, position, url)
    SELECT :pk, id, 1, 'https://photos.example/1.jpg' FROM received_updates
    WHERE service_request_pk = :pk;
    INSERT INTO former_ids VALUES ('gridtown.example', 'elsewhere', '1', :pk);
"""


def report(app: Flask, endpoint: str = "test/v2", **fields: str) -> None:
    """Post a report; through an application of its own, as each HTTP request has its own g."""
    server = create_app(settings_for(app.config["DATABASE_URL"]))
    client = server.test_client()
    answer = client.post(f"/open311/{endpoint}/requests.json", data={**REPORT, **fields})
    assert answer.status_code == 200, answer.text
    with server.app_context():
        db.engine.dispose()


def counts() -> dict[str, int]:
    """Give the number of rows of each table, but not of the log that each change of a map adds to.

    Cells that have become empty are deleted by the check.
    """
    fold_grid()
    check_grid()
    tables = Base.metadata.tables
    rows = {name: db.session.scalar(text(f"SELECT count(*) FROM {name}")) for name in tables}
    db.session.remove()
    return rows


def test_the_sandbox_is_emptied_and_nothing_else(app: Flask) -> None:
    """Deleting a service request deletes all its rows, also of its append-only history."""
    report(app, "v2", api_key="key-of-gridtown")
    before = counts()
    report(app)
    report(app, service_code="LAMP")
    pk = db.session.scalar(text("SELECT max(pk) FROM service_requests WHERE sandbox"))
    for statement in FILL.strip().split(";")[:-1]:
        db.session.execute(text(statement), {"pk": pk})
    db.session.commit()
    full = counts()
    grown = {name for name in full if full[name] > before[name]}
    assert grown == {
        *("service_requests", "service_request_boundaries", "status_changes", "reporters"),
        *("receipts", "received_updates", "update_reporters", "media", "former_ids"),
        "request_grid",
    }
    assert empty_sandbox() == 2
    assert counts() == before
    assert empty_sandbox() == 0


def test_receipts_go_when_their_day_is_over(app: Flask) -> None:
    report(app)
    report(app, description="A younger one")
    assert forget_receipts() == 0
    statement = "UPDATE receipts SET received_at = now() - interval '25 hours' WHERE ctid = '(0,1)'"
    db.session.execute(text(statement))
    db.session.commit()
    assert forget_receipts() == 1
    assert counts()["receipts"] == 1


def test_a_cleanup_may_take_longer_than_a_statement_of_a_view(app: Flask) -> None:
    report(app)
    db.session.execute(
        text(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(1.5); RETURN OLD; END';"
            "CREATE TRIGGER dawdle BEFORE DELETE ON service_requests "
            "FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
    )
    db.session.commit()
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    hurried = create_app(settings_for(url, OPEN311_STATEMENT_SECONDS="1"))
    with hurried.app_context():
        assert empty_sandbox() == 1
        assert db.session.scalar(text("SHOW statement_timeout")) == "1s"
        db.session.remove()
        db.engine.dispose()


def test_of_two_at_once_one_tidies(app: Flask) -> None:
    begun, refused = threading.Event(), threading.Event()

    def clean() -> int:
        begun.set()
        assert refused.wait(10)
        return 3

    def first() -> None:
        with app.app_context():
            outcomes.append(run_maintenance([Cleanup(clean, "Removed: {}.")]))

    outcomes: list[list[CleanupResult] | None] = []
    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)
    assert run_maintenance() is None
    refused.set()
    thread.join()
    assert outcomes == [[CleanupResult("Removed: 3.")]]
    assert run_maintenance() is not None


def test_a_cleanup_that_fails_does_not_keep_the_others_from_theirs(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        db.session.execute(text("SELECT CAST(:email AS int)"), REPORT)
        return 0

    report(app)
    with propagating("open311"):
        failed, done = (
            run_maintenance([Cleanup(fail, "Never."), Cleanup(empty_sandbox, "Removed: {}.")]) or []
        )
    assert done == CleanupResult("Removed: 1.")
    assert failed.failed
    reference = failed.sentence.rpartition(" ")[2].rstrip(".")
    assert f"Cleanup fail failed, reference {reference}" in caplog.text
    assert "kim@" not in caplog.text


def sandboxed(url: str) -> int:
    return number(url, "SELECT count(*) FROM service_requests WHERE sandbox")


def number(url: str, statement: str) -> int:
    with psycopg.connect(url) as connection:
        [(value,)] = connection.execute(statement.encode())
    return int(value)


@pytest.fixture
def url(app: Flask) -> str:
    """The URL of the database of the test's own application, with a report in its sandbox."""
    report(app)
    return app.config["DATABASE_URL"].replace("+psycopg", "")


@pytest.fixture
def run_after(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run what is due at a time after the maintenance should have been, or where it never is."""

    def run(**passed: float) -> None:
        due = (datetime.now(UTC) - timedelta(**passed)).time() if passed else None
        monkeypatch.setitem(app.config, "OPEN311_MAINTENANCE_AT", due)
        run_waiting(app)

    return run


def test_what_is_due_runs_once_however_many_workers_there_are(
    app: Flask, url: str, run_after: Callable[..., None]
) -> None:
    """The first worker to see that it is time adds the job; the database lets no other do it."""
    run_after(minutes=20)
    assert sandboxed(url) == 0
    report(app)
    run_waiting(app)
    assert sandboxed(url) == 1


def test_maintenance_starts_an_hour_late_at_most(
    app: Flask, url: str, run_after: Callable[..., None]
) -> None:
    run_after(minutes=70)
    assert sandboxed(url) == 1
    for hours in (2, 0.5):  # a machine slept after this job was added
        defer("maintain", timestamp=int(time.time() - hours * 3600))
        db.session.commit()
        run_waiting(app, with_periodic=False)
        assert sandboxed(url) == (hours == 2)


def test_a_failure_is_logged_with_a_reference_and_is_no_failed_job(
    url: str,
    run_after: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next night comes by itself."""

    def fail() -> None:
        raise LookupError(REPORT["email"])

    monkeypatch.setattr(maintenance, "run_maintenance", fail)
    with propagating("open311"):
        run_after(minutes=1)
    assert "Task maintain failed, reference " in caplog.text
    assert REPORT["email"] not in caplog.text
    assert number(url, "SELECT count(*) FROM procrastinate_jobs") == 0


def test_changes_are_folded_into_the_grid_of_the_map(
    url: str, run_after: Callable[..., None]
) -> None:
    run_after()
    assert number(url, "SELECT count(*) FROM request_grid_log") == 0
    assert sandboxed(url) == 1


def next_times(app: Flask, now: datetime) -> dict[str, datetime]:
    """Give the next time of each periodic task after an aware time, in UTC."""

    async def read() -> dict[str, datetime]:
        async with opened_queue(app, with_periodic=True) as queue:
            return {
                name: datetime.fromtimestamp(
                    task.croniter.get_next(float, start_time=now.timestamp()), UTC
                )
                for (name, _id), task in queue.periodic_registry.periodic_tasks.items()
            }

    with ThreadPoolExecutor(1) as thread:  # a browser of another test may use this one
        return thread.submit(asyncio.run, read()).result()


def test_the_next_time_is_the_hour_that_was_set_in_utc(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the clock of the machine shows."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        now = datetime(2026, 11, 1, 5, 40, 31, tzinfo=UTC)  # where that clock is about to change
        assert next_times(app, now) == {
            "maintain": datetime(2026, 11, 2, 3, 30, tzinfo=UTC),
            "reroute": datetime(2026, 11, 1, 6, 1, tzinfo=UTC),
            "fold": datetime(2026, 11, 1, 5, 41, 30, tzinfo=UTC),
            "keep_figures": datetime(2026, 11, 1, 5, 40, 45, tzinfo=UTC),
            "find_places": datetime(2026, 11, 2, 3, 50, tzinfo=UTC),
            "publish_reports": datetime(2026, 11, 1, 5, 45, 25, tzinfo=UTC),
            "write_open_data": datetime(2026, 11, 2, 4, 30, tzinfo=UTC),
        }
    finally:
        monkeypatch.undo()
        time.tzset()


def test_never_is_never(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "OPEN311_MAINTENANCE_AT", None)
    monkeypatch.setitem(app.config, "OPEN311_OPEN_DATA_AT", None)
    assert set(next_times(app, datetime.now(UTC))) == {
        *("reroute", "find_places", "fold", "keep_figures", "publish_reports"),
    }


def test_a_server_tidies_once_by_itself(url: str, tmp_path: Path) -> None:
    due = datetime.now(UTC) + timedelta(seconds=4)
    settings = {
        "OPEN311_JOBS": "inside",
        "OPEN311_MAINTENANCE_AT": f"{due:%H:%M:%S}",
    }
    log = tmp_path / "log"
    with running_server(url, log, settings) as address:
        workers = "SELECT count(*) FROM procrastinate_workers"
        assert wait_until(lambda: number(url, workers) == 1 and sandboxed(url) == 0)
        done = requests.post(f"{address}/open311/test/v2/requests.json", data=REPORT, timeout=60)
        assert done.status_code == 200
        assert wait_until(lambda: number(url, "SELECT count(*) FROM procrastinate_jobs") == 0)
        assert sandboxed(url) == 1
    assert log.read_text().count("Service requests deleted from the sandbox: ") == 1
