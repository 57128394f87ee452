"""The nightly maintenance, which one process does."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from applications import propagating
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from flask import Flask
from georeport_client import Sandbox
from servers import running_server, wait_until
from settings import settings_for
from sqlalchemy import text

from open311.app import create_app
from open311.database import Base, db
from open311.nightly import Job, JobResult, run_maintenance, start_nightly
from open311.operations.grid import check_grid, fold_grid
from open311.operations.maintenance import empty_sandbox, forget_receipts

Fresh = Callable[[str], str]

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


def test_a_job_may_take_longer_than_a_statement_of_a_view(app: Flask) -> None:
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

    def job() -> int:
        begun.set()
        assert refused.wait(10)
        return 3

    def first() -> None:
        with app.app_context():
            outcomes.append(run_maintenance([Job(job, "Removed: {}.")]))

    outcomes: list[list[JobResult] | None] = []
    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)
    assert run_maintenance() is None
    refused.set()
    thread.join()
    assert outcomes == [[JobResult("Removed: 3.")]]
    assert run_maintenance() is not None


def test_a_job_that_fails_does_not_keep_the_others_from_theirs(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        db.session.execute(text("SELECT CAST(:email AS int)"), REPORT)
        return 0

    report(app)
    with propagating("open311"):
        failed, done = (
            run_maintenance([Job(fail, "Never."), Job(empty_sandbox, "Removed: {}.")]) or []
        )
    assert done == JobResult("Removed: 1.")
    assert failed.failed
    reference = failed.sentence.rpartition(" ")[2].rstrip(".")
    assert f"Nightly job fail failed, reference {reference}" in caplog.text
    assert "kim@" not in caplog.text


def sandboxed(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM service_requests WHERE sandbox").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def url(app: Flask) -> str:
    """The URL of the database of the test's own application, with a report in its sandbox."""
    report(app)
    return app.config["DATABASE_URL"].replace("+psycopg", "")


def is_done(scheduler: BackgroundScheduler) -> bool:
    """Return whether the job that runs once is gone: only after that the scheduler may end."""
    return len(scheduler.get_jobs()) == 2


def test_the_scheduler_tidies_when_it_is_time(app: Flask, url: str) -> None:
    scheduler = start_nightly(app, DateTrigger(datetime.now(UTC) + timedelta(seconds=0.2)))
    assert scheduler is not None
    try:
        assert wait_until(lambda: sandboxed(url) == 0)
        assert wait_until(lambda: is_done(scheduler))
    finally:
        scheduler.shutdown()


def test_a_failure_is_logged_with_a_reference_and_the_scheduler_lives_on(
    app: Flask, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    lost = create_app(settings_for(f"{url}&port=1"))
    with propagating("open311"):
        scheduler = start_nightly(lost, DateTrigger(datetime.now(UTC)))
        assert scheduler is not None
        try:
            assert wait_until(lambda: "Nightly maintenance failed, reference " in caplog.text)
            assert scheduler.running
            assert wait_until(lambda: is_done(scheduler))
        finally:
            scheduler.shutdown()


def test_the_scheduler_folds_changes_into_the_grid_of_the_map(app: Flask, url: str) -> None:
    scheduler = start_nightly(app)
    assert scheduler is not None
    try:
        [job] = [one for one in scheduler.get_jobs() if one.func.__name__ == "_scheduled_folding"]
        job.modify(next_run_time=datetime.now(UTC))
        with psycopg.connect(url, autocommit=True) as connection:
            log = "SELECT count(*) FROM request_grid_log"
            assert wait_until(lambda: connection.execute(log).fetchone() == (0,))
    finally:
        scheduler.shutdown()


def test_never_is_never(fresh_database: Fresh, empty: str) -> None:
    app = create_app(settings_for(fresh_database(empty), OPEN311_MAINTENANCE_AT="never"))
    assert start_nightly(app) is None


def test_the_next_time_is_the_hour_that_was_set_in_utc(app: Flask) -> None:
    scheduler = start_nightly(app)
    assert scheduler is not None
    try:
        jobs = {job.func.__name__: job.next_run_time for job in scheduler.get_jobs()}
        assert jobs.keys() == {
            *("_scheduled_maintenance", "_scheduled_rerouting", "_scheduled_folding")
        }
        due = jobs["_scheduled_maintenance"]
        assert (due.hour, due.minute, due.utcoffset()) == (3, 30, timedelta(0))
        assert due - datetime.now(UTC) <= timedelta(days=1)
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize("format", ["json"], indirect=True)
def test_a_running_server_tidies_by_itself(
    fresh_database: Fresh, gridtown: str, tmp_path: Path, format: str
) -> None:
    database = fresh_database(gridtown)
    due = datetime.now(UTC) + timedelta(seconds=8)
    settings = {"OPEN311_MAINTENANCE_AT": f"{due:%H:%M:%S}"}
    log = tmp_path / "log"
    with running_server(database, log, settings) as address:
        sandbox = Sandbox(address, format, "sandbox")
        id_ = sandbox.report()
        assert sandbox.get("v2/requests").ids() == [id_]
        assert wait_until(lambda: sandboxed(database) == 0)
        assert sandbox.get("v2/requests").ids() == []
        assert sandbox.report() > id_
    assert "Service requests deleted from the sandbox: 1." in log.read_text()
