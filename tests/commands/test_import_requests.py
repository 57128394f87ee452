"""open311 import-requests, from servers that tests make up."""

import csv
import os
import re
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psycopg
import pytest
from current_boundaries import boundaries_today
from flask import Flask
from foreign_server import NOT_FOUND, Reply, foreign_server
from programs import started_program
from servers import PATIENCE
from sqlalchemy import text
from statements import statements
from werkzeug.test import TestResponse

from open311.database import TELLS, db
from open311.jobs.insights import check_figures, fold_figures
from open311.operations.maps.sets import import_boundaries
from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.status import change_status, wait_for_reporter
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.stored import get_routed
from open311.steps.values.boundary_sets import NewBoundarySet
from tests.commands.conftest import CommandLine

NOW = datetime.now(UTC).replace(microsecond=0)
Contents = Callable[[], dict[str, list[str]]]


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def row(id_: object, days: float, **changes: Any) -> dict[str, Any]:
    standard = {
        "service_request_id": id_,
        "service_code": "POTHOLE",
        "status": "open",
        "requested_datetime": ago(days),
        "updated_datetime": ago(days),
        "lat": 0.5,
        "long": 0.5,
        "description": f"Number {id_}",
    }
    return {**standard, **changes}


class Town:
    """A server of the standard's, whose rows a test may change; broken says when it fails."""

    def __init__(self, *rows: Any, services: list[dict[str, Any]] | None = None) -> None:
        self.rows = list(rows)
        self.services = services or []
        self.definitions: dict[str, Any] = {}
        self.broken: Callable[[datetime], bool] = lambda _start: False

    def __call__(self, path: str, parameters: dict[str, str]) -> Reply:
        if path == "/v2/services.json":
            return Reply(self.services)
        if path in self.definitions:
            return Reply(self.definitions[path])
        if path != "/v2/requests.json":
            return NOT_FOUND
        start, end = (
            datetime.fromisoformat(parameters[f"{edge}_date"]) for edge in ("start", "end")
        )
        if self.broken(start):
            return Reply(b"<html>Maintenance</html>", 500)
        if parameters.get("page"):
            return Reply([])
        return Reply([row for row in self.rows if _is_between(row, start, end)])


def _is_between(row: dict[str, Any], start: datetime, end: datetime) -> bool:
    try:
        return start <= datetime.fromisoformat(row["requested_datetime"]) <= end
    except (KeyError, ValueError, TypeError):
        return True


def import_from(town: Town, open311: CommandLine, *options: object) -> list[str]:
    with foreign_server(town) as server:
        url = f"{server.address}/v2"
        return open311.lines("import-requests", url, "--allow-private", *options)


def get(app: Flask, path: str, **parameters: str) -> TestResponse:
    """Send an HTTP request as the public does, in a context of its own."""
    with app.app_context():
        return app.test_client().get(f"/open311/{path}", query_string=parameters)


def seen(app: Flask, id_: object) -> dict[str, Any]:
    """Give a service request as the public sees it under an id."""
    answer = get(app, f"v2/requests/{id_}.json", extensions="true")
    assert answer.status_code == 200, answer.text
    [found] = answer.json or []
    return dict(found)


def test_service_requests_arrive_and_are_routed_by_the_rules_here(
    app: Flask, open311: CommandLine
) -> None:
    photo = "https://old.example/1.jpg"
    town = Town(
        row(1, 20, long="-0.5", media_url=[photo]),
        row(2, 10, status="Closed", status_notes="Filled.", updated_datetime=ago(9)),
        row("x 3/4", 5, lat=None, long=None, address="1 Street", service_code="0042"),
    )
    lines = import_from(town, open311, "--from", f"{NOW - timedelta(days=24):%F}")
    assert lines == [
        "Services: 0 added.",
        "Service requests: 3 imported, 0 changed, 0 skipped, in 4 queries.",
    ]
    first, second, third = (seen(app, id_) for id_ in (1, 2, "x%203%2F4"))
    assert (first["agency_responsible"], second["agency_responsible"]) == ("West Yard", "East Yard")
    assert first["extended_attributes"]["boundaries"] == {"ward": "2"}
    assert first["service_request_id"].startswith(f"{NOW - timedelta(days=20):%y}-")
    assert (first["media_url"], first["description"]) == (photo, "Number 1")
    assert (second["status"], second["status_notes"]) == ("closed", "Filled.")
    for name, days in (("requested_datetime", 10), ("updated_datetime", 9)):
        assert datetime.fromisoformat(second[name]) == NOW - timedelta(days=days)
    assert (third["address"], third["lat"]) == ("1 Street", None)


def test_the_boundaries_are_those_of_the_day(app: Flask, open311: CommandLine) -> None:
    """The wards are given other names from 15 days ago."""
    wards = boundaries_today("gridtown.example", "ward")
    renamed = [type(ward)(f"NEW-{ward.code}", ward.name, ward.geometry) for ward in wards]
    day = (NOW - timedelta(days=15)).date()
    import_boundaries(
        NewBoundarySet(
            jurisdiction_id="gridtown.example",
            layer="ward",
            boundaries=renamed,
            source="new",
            in_force_from=day,
            in_force_until=None,
        ),
        {"pothole-east", "pothole-west"},
    )
    import_from(Town(row(1, 20), row(2, 10)), open311)
    assert seen(app, 1)["extended_attributes"]["boundaries"] == {"ward": "10"}
    assert seen(app, 2)["extended_attributes"]["boundaries"] == {"ward": "NEW-10"}


def test_services_that_are_new_are_added_and_others_left_as_they_are(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    changeset = get_jurisdiction("gridtown.example").changed_at
    db.session.remove()
    tree = {"service_code": "TREE", "service_name": "Tree", "group": "Parks", "metadata": "true"}
    town = Town(
        row(1, 2, service_code="TREE"),
        services=[
            {**tree, "type": "batch", "keywords": "wood", "description": "A fallen tree."},
            {"service_code": "POTHOLE", "service_name": "Another name"},
            {"service_name": "Without a code"},
            {"service_code": "\ud800" + "x" * 300},
        ],
    )
    values = [{"key": "B", "name": "Big"}, {"key": "S", "name": "Small"}]
    question = {"code": "SIZE", "datatype": "singlevaluelist", "required": "true", "values": values}
    town.definitions["/v2/services/TREE.json"] = {"service_code": "TREE", "attributes": [question]}
    lines = import_from(town, open311, "--report", tmp_path / "skipped.csv")
    assert lines[:2] == ["Services: 1 added: TREE.", "  Skipped: 2 with unusable service"]
    services = {row["service_code"]: row for row in get(app, "v2/services.json").json or []}
    assert services["POTHOLE"]["service_name"] == "Pothole"
    assert services["TREE"] == {
        "service_code": "TREE",
        "service_name": "Tree",
        "description": "A fallen tree.",
        "metadata": True,
        "type": "realtime",
        "keywords": "wood",
        "group": "Parks",
    }
    definition = get(app, "v2/services/TREE.json").json or {}
    assert definition["attributes"][0]["values"] == values
    assert definition["attributes"][0]["order"] == 1
    assert seen(app, 1)["service_name"] == "Tree"
    moved = get_jurisdiction("gridtown.example").changed_at
    assert moved > changeset
    import_from(town, open311)
    assert get_jurisdiction("gridtown.example").changed_at == moved


BAD_ROWS = {
    "no service_request_id": row(None, 3),
    "no place": row("P", 3, lat=None, long=None),
    "unusable lat or long": row("L", 3, lat="north"),
    "unusable requested_datetime": row("D", 3, requested_datetime="yesterday"),
    "unknown service": row("U", 3, service_code="NOTHING"),
    "outside the service area": row("O", 3, lat=50.0),
    "no named values": "\ud800",
}


def test_a_bad_row_is_skipped_and_reported_and_the_others_arrive(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    report = tmp_path / "skipped.csv"
    days = (NOW - timedelta(days=5)).date()
    town = Town(*BAD_ROWS.values(), row("good", 3))
    lines = import_from(town, open311, "--from", days, "--report", report)
    counted = {line for line in lines if line.startswith("  Skipped: 1 with ")}
    assert counted == {f"  Skipped: 1 with {reason}" for reason in BAD_ROWS}
    assert lines[1].startswith(f"Service requests: 1 imported, 0 changed, {len(BAD_ROWS)} skipped")
    with report.open(newline="") as file:
        written = list(csv.DictReader(file))
    assert {line["reason"]: line["id"] for line in written} == {
        reason: str(bad.get("service_request_id") or "") if isinstance(bad, dict) else ""
        for reason, bad in BAD_ROWS.items()
    }
    assert all(line["detail"].endswith(".") for line in written)
    assert seen(app, "good")["description"] == "Number good"


def test_odd_rows_are_imported_rather_than_skipped(app: Flask, open311: CommandLine) -> None:
    """An unknown status is open, a long text is cut, and 0/0 is no place beside an address."""
    town = Town(
        row(1, 3, status="Gone fishing"),
        row(2, 3, status="Work Order Created"),
        row(3, 3, status="On ice"),
        row(4, 3, description="x" * 5000, lat=0, long=0, address="111 S Broad St"),
    )
    days = (NOW - timedelta(days=5)).date()
    lines = import_from(town, open311, "--from", days, "--status", "on  ICE=planned")
    assert lines[1].startswith("Service requests: 4 imported, 0 changed, 0 skipped")
    taken = 'Taken as open: 1 with status "Gone fishing". To choose another, add --status.'
    assert taken in lines
    found = [seen(app, number)["extended_attributes"]["detailed_status"] for number in (1, 2, 3)]
    assert [one.lower() for one in found] == ["open", "action_scheduled", "planned"]
    assert seen(app, 4)["description"] == "x" * 3994 + " [cut]"


@pytest.mark.parametrize("option", ["On hold", "=open", "On hold=frozen"])
def test_a_status_that_cannot_be_used_is_refused(
    app: Flask, open311: CommandLine, option: str
) -> None:
    url = "http://127.0.0.1:1/v2"
    refusal = open311.refusal("import-requests", url, "--status", option, status=2)
    assert "is not THEIRS=OURS" in refusal


def test_a_second_run_brings_what_is_new_or_has_changed_and_nothing_twice(
    app: Flask, open311: CommandLine, contents: Contents
) -> None:
    town = Town(row(1, 20), row(2, 10))
    with foreign_server(town) as server:
        arguments = ("import-requests", f"{server.address}/v2/", "--allow-private")
        open311.lines(*arguments)
        fold_figures()
        db.session.execute(text("UPDATE former_ids SET seen_at = NULL"))
        db.session.execute(text("UPDATE request_facts SET seen_at = NULL"))
        db.session.commit()
        before = contents()
        assert "0 imported, 0 changed" in open311.lines(*arguments)[1]
        assert contents() == before
        known = "SELECT count(*) FROM {} WHERE seen_at > now() - interval '1 day'"
        for table in ("former_ids", "request_facts"):
            assert db.session.scalar(text(known.format(table))) == 2
        assert check_figures() == 0
        town.rows[0] |= {"status": "closed", "status_notes": "Done.", "updated_datetime": ago(1)}
        town.rows.append(row(3, 0.5))
        assert "1 imported, 1 changed" in open311.lines(*arguments)[1]
        before = contents()
        assert "0 imported, 0 changed" in open311.lines(*arguments)[1]
    assert contents() == before
    changed = seen(app, 1)
    assert (changed["status"], changed["status_notes"]) == ("closed", "Done.")
    assert datetime.fromisoformat(changed["updated_datetime"]) == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "status", "notes"),
    [
        (
            {"status": "open", "status_notes": "Reopened.", "updated_datetime": ago(9)},
            "closed",
            "Here.",
        ),
        ({"status": "open", "updated_datetime": None}, "closed", "Here."),
        (
            {"status": "closed", "status_notes": "There.", "updated_datetime": None},
            "closed",
            "Here.",
        ),
        (
            {"status": "open", "status_notes": "Later.", "updated_datetime": ago(-1)},
            *("open", "Later."),
        ),
    ],
)
def test_what_was_done_here_later_than_there_stays(
    app: Flask, open311: CommandLine, changes: dict[str, Any], status: str, notes: str
) -> None:
    town = Town(row(1, 10))
    with foreign_server(town) as server:
        arguments = ("import-requests", f"{server.address}/v2", "--allow-private")
        open311.lines(*arguments)
        id_ = seen(app, 1)["service_request_id"]
        change_status(get_jurisdiction("gridtown.example"), id_, "closed", "Here.")
        db.session.remove()
        town.rows[0] |= changes
        open311.lines(*arguments)
    now = seen(app, 1)
    assert (now["status"], now["status_notes"]) == (status, notes)
    assert datetime.fromisoformat(now["updated_datetime"]) <= datetime.now(UTC)


def test_what_was_erased_here_does_not_return(app: Flask, open311: CommandLine) -> None:
    town = Town(row(1, 10, status="closed", status_notes="Ms. Planted was called."))
    with foreign_server(town) as server:
        arguments = ("import-requests", f"{server.address}/v2", "--allow-private")
        open311.lines(*arguments)
        id_ = seen(app, 1)["service_request_id"]
        open311.lines("people", "erase", "--request", id_, "--texts", "--yes")
        open311.lines(*arguments)
        assert "Planted" not in str(seen(app, 1))
        assert seen(app, 1)["status_notes"] == "[erased]"
        town.rows[0] |= {"status_notes": "Filled.", "updated_datetime": ago(1)}
        open311.lines(*arguments)
    assert seen(app, 1)["status_notes"] == "Filled."


def test_a_server_that_does_not_say_when_can_close(app: Flask, open311: CommandLine) -> None:
    town = Town(row(1, 10, updated_datetime=None))
    with foreign_server(town) as server:
        arguments = ("import-requests", f"{server.address}/v2", "--allow-private")
        open311.lines(*arguments)
        town.rows[0] |= {"status": "closed"}
        open311.lines(*arguments)
    assert seen(app, 1)["status"] == "closed"


def test_what_is_closed_there_closes_what_repeats_it_here_and_nobody_gets_an_email(
    app: Flask, open311: CommandLine
) -> None:
    db.engine.update_execution_options(**{TELLS: True})
    tellings = text("SELECT count(*) FROM tellings")
    town = Town(row(1, 10))
    with foreign_server(town) as server:
        arguments = ("import-requests", f"{server.address}/v2", "--allow-private")
        open311.lines(*arguments)
        main = seen(app, 1)["service_request_id"]
        gridtown = get_jurisdiction("gridtown.example")
        link_duplicate(gridtown, "26-0000003", main, "clerk")
        wait_for_reporter(gridtown, "26-0000003", "Is it the same?", "clerk")
        told = db.session.scalar(tellings)
        assert told == 2
        db.session.remove()
        changes = {"status": "closed", "status_notes": "Done.", "updated_datetime": ago(1)}
        town.rows[0] |= changes
        open311.lines(*arguments)
    repeated = get_routed(gridtown, "26-0000003")
    assert (repeated.status, repeated.waits_since) == ("closed", None)
    assert repeated.status_notes == f"Done. Closed together with {main}."
    assert db.session.scalar(tellings) == told


def test_an_import_that_fails_in_the_middle_goes_on_there(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    report = tmp_path / "skipped.csv"
    town = Town(*(row(days, days) for days in range(1, 60)), row("bad", 50, lat="?"))
    town.broken = lambda start: start > NOW - timedelta(days=30)
    with foreign_server(town) as server:
        url = f"{server.address}/v2"
        arguments = ("import-requests", url, "--allow-private", "--report", report)
        refusal = open311.refusal(*arguments)
        assert refusal == (
            f"The response of {url}/requests.json has status 500. "
            f"The response of {url}/requests.xml has status 404."
        )
        stored = [seen(app, days)["service_request_id"] for days in range(31, 60)]
        town.broken = lambda _start: False
        server.asked.clear()
        lines = open311.lines(*arguments)
        asked = [datetime.fromisoformat(sent["start_date"]) for sent in server.asked_for_rows]
        assert "Continuing" not in open311.lines(*arguments)[0]
    assert lines[0].startswith("Continuing at ")
    assert min(asked) > NOW - timedelta(days=38)
    assert [seen(app, days)["service_request_id"] for days in range(31, 60)] == stored
    assert len({seen(app, days)["service_request_id"] for days in range(1, 60)}) == 59
    with report.open(newline="") as file:
        assert [line["id"] for line in csv.DictReader(file)] == ["bad"]


def test_another_beginning_is_not_skipped_because_a_later_one_was_not_finished(
    app: Flask, open311: CommandLine
) -> None:
    town = Town(row("old", 100), row("new", 50))
    town.broken = lambda start: start > NOW - timedelta(days=30)
    with foreign_server(town) as server:
        arguments = ("import-requests", f"{server.address}/v2", "--allow-private")
        open311.refusal(*arguments)
        town.broken = lambda _start: False
        open311.lines(*arguments, "--from", (NOW - timedelta(days=120)).date())
    assert seen(app, "old")["description"] == "Number old"


def stop(process: BaseProcess, how: signal.Signals) -> None:
    """Send a signal, again after some seconds: one just before a system call may be missed."""
    for _ in range(PATIENCE // 10):
        assert process.pid is not None
        os.kill(process.pid, how)
        process.join(10)
        if process.exitcode is not None:
            return
    raise AssertionError("It does not stop.")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_stopped_loses_nothing_and_goes_on(
    app: Flask, open311: CommandLine, how: signal.Signals
) -> None:
    """It is stopped while the server lets it wait for the last window but two."""
    town = Town(*(row(days, days) for days in range(1, 40)))
    waiting, go_on = threading.Event(), threading.Event()

    def let_wait(start: datetime) -> bool:
        if start > NOW - timedelta(days=20):
            waiting.set()
            go_on.wait(PATIENCE)
        return False

    town.broken = let_wait
    with foreign_server(town) as server:
        arguments = ["import-requests", f"{server.address}/v2", "--allow-private"]
        environment = {"DATABASE_URL": app.config["DATABASE_URL"]}
        with started_program(arguments, environment) as program:
            assert waiting.wait(PATIENCE)
            stop(program.process, how)
            output, error = program.output.read_text(), program.error.read_text()
        go_on.set()
        assert program.process.exitcode != 0
        assert "Traceback" not in error
        if how == signal.SIGINT:
            assert "imported" in output
        lines = open311.lines(*arguments)
    assert lines[0].startswith("Continuing at ")
    assert len({seen(app, days)["service_request_id"] for days in range(1, 40)}) == 39


def test_live_reports_do_not_wait_for_a_whole_window(
    app: Flask, open311: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window with many rows is stored in pieces, each of which moves the progress."""
    monkeypatch.setattr("open311.commands.imports.MOST_ROWS_AT_ONCE", 2)
    town = Town(*(row(number, 3 + number / 100) for number in range(7)))
    with foreign_server(town) as server:
        arguments = ("import-requests", f"{server.address}/v2", "--allow-private")
        assert "7 imported" in open311.lines(*arguments)[1]
        assert "0 imported" in open311.lines(*arguments)[1]


@pytest.mark.parametrize("format", ["json", "xml"])
def test_an_old_id_is_found_unless_it_is_one_of_ours(
    app: Flask, open311: CommandLine, format: str
) -> None:
    import_from(Town(row("A 7/8", 10), row("26-0000003", 9)), open311)

    def ids(path: str, **parameters: str) -> list[str]:
        answer = get(app, f"v2/{path}.{format}", **parameters)
        assert answer.status_code == 200, answer.text
        if format == "json":
            return [found["service_request_id"] for found in answer.json or []]
        return re.findall("<service_request_id>(.*?)</", answer.text)

    [current] = ids("requests/A%207%2F8")
    assert current != "A 7/8"
    assert ids("requests/26-0000003") == ["26-0000003"]
    listed = ids("requests", service_request_id="A 7/8,26-0000003,nothing")
    assert listed == [current, "26-0000003"]
    assert ids("requests", service_request_id=f"{current},A 7/8") == [current]
    assert get(app, f"v2/requests/nothing.{format}").status_code == 404
    assert get(app, f"test/v2/requests/A%207%2F8.{format}").status_code == 404


def test_a_service_request_that_is_not_published_here_is_not_found_by_its_old_id(
    app: Flask, open311: CommandLine
) -> None:
    assert "1 imported" in import_from(Town(row("secret", 10, service_code="TIP")), open311)[1]
    assert get(app, "v2/requests/secret.json").status_code == 404


def test_only_the_days_asked_for_are_taken(app: Flask, open311: CommandLine) -> None:
    town = Town(*(row(days, days) for days in range(1, 60)))
    day = (NOW - timedelta(days=10)).date()
    lines = import_from(town, open311, "--from", day, "--until", day, "--window-days", 1)
    assert lines[1] == "Service requests: 1 imported, 0 changed, 0 skipped, in 1 queries."


def test_a_log_has_a_line_for_each_query(app: Flask, open311: CommandLine) -> None:
    first, last = ((NOW - timedelta(days=days)).date() for days in (11, 10))
    with foreign_server(Town(row(10, 10), row(11, 11))) as server:
        options = ("--allow-private", "--from", first, "--until", last, "--window-days", 1)
        told = open311.result("import-requests", f"{server.address}/v2", *options)
    assert told.exit_code == 0, told.output
    lines = told.stderr.splitlines()
    assert len(lines) >= 2
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d: \d+ imported, 0 skipped\.", one) for one in lines)
    assert lines[-1].endswith(": 2 imported, 0 skipped.")


def test_rows_of_other_days_are_left_out_and_told(app: Flask, open311: CommandLine) -> None:
    with foreign_server(
        lambda path, _parameters: Reply([row(1, 200)] if "requests" in path else [])
    ) as server:
        url = f"{server.address}/v2"
        lines = open311.lines("import-requests", url, "--allow-private", "--window-days", 90)
    assert "Skipped: 1 outside the requested dates." in lines
    assert "0 imported" in lines[1]


def test_the_jurisdictions_of_both_sides_can_be_chosen(
    two_towns_app: Flask, open311: CommandLine
) -> None:
    options = ("--jurisdiction", "hilltown.example", "--source-jurisdiction", "old.example")
    town = Town(services=[{"service_code": "FOUNTAIN"}])
    with foreign_server(town) as server:
        url = f"{server.address}/v2"
        lines = open311.lines("import-requests", url, "--allow-private", *options)
        assert {sent["jurisdiction_id"] for _path, sent in server.asked} == {"old.example"}
    assert lines[0] == "Services: 1 added: FOUNTAIN."
    services = get(two_towns_app, "v2/services.json", jurisdiction_id="gridtown.example")
    assert "FOUNTAIN" not in services.text


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        (["ftp://a.example"], 1, "URL must be the HTTP or HTTPS address"),
        (["http://127.0.0.1:9/v2"], 1, "127.0.0.1:9 is not an address on the public internet."),
        (["http://127.0.0.1:9", "--allow-private"], 1, "127.0.0.1:9 cannot be reached."),
        (["http://127.0.0.1:9", "--from", "2026-01-02", "--until", "2026-01-01"], 2, "--from must"),
        (["http://127.0.0.1:9", "--from", "2100-01-01"], 2, "--from must"),
        (["http://127.0.0.1:9", "--window-days", "91"], 2, "1<=x<=90"),
        (["http://127.0.0.1:9", "--jurisdiction", "x"], 1, "There is no jurisdiction x."),
        (
            ["http://127.0.0.1:9", "--report", "/nowhere/x.csv"],
            1,
            "/nowhere/x.csv cannot be written",
        ),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_stored(
    shared_app: Flask,
    open311: CommandLine,
    contents: Contents,
    arguments: list[str],
    status: int,
    error: str,
) -> None:
    before = contents()
    assert error in open311.refusal("import-requests", *arguments, status=status)
    assert contents() == before


def test_a_private_address_is_refused(shared_app: Flask, open311: CommandLine) -> None:
    with foreign_server(Town()) as server:
        refusal = open311.refusal("import-requests", f"{server.address}/v2")
    assert "Add --allow-private" in refusal
    assert server.asked == []


def test_the_tables_are_analyzed_after_an_import(app: Flask, open311: CommandLine) -> None:
    """PostgreSQL would plan by what was there before, until autovacuum comes around."""
    known = "SELECT reltuples FROM pg_class WHERE relname = 'service_requests'"
    stored = "SELECT count(*) FROM service_requests"
    import_from(Town(*(row(number, 2) for number in range(300, 340))), open311)
    assert db.session.scalar(text(known)) == db.session.scalar(text(stored))
    with statements(db.engine) as sent:
        import_from(Town(), open311)
    assert not any("ANALYZE" in one for one in sent)


def test_a_batch_takes_as_many_statements_as_a_row(app: Flask, open311: CommandLine) -> None:
    """Rows are routed in memory, with their statuses, and stored together; others are refused."""

    def sent_for(start: int, count: int) -> int:
        closed = {"status": "closed", "status_notes": "Done.", "updated_datetime": ago(1)}
        rows = (row(start + number, 2, **closed) for number in range(count))
        town = Town(*rows, *(row(f"away {start + number}", 2, lat=50.0) for number in range(count)))
        with statements(db.engine) as sent:
            assert f"{count} imported" in import_from(town, open311)[1]
        return len(sent)

    assert sent_for(100, 1) == sent_for(200, 40)


def test_a_change_of_the_city_during_an_import_counts(
    app: Flask, open311: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule is changed after the first batch, which the others must notice."""
    monkeypatch.setattr("open311.commands.imports.MOST_ROWS_AT_ONCE", 1)
    town = Town(row(1, 20), row(2, 10))
    change = threading.Event()

    def change_rule(start: datetime) -> bool:
        if start > NOW - timedelta(days=18) and not change.is_set():
            url = app.config["DATABASE_URL"].replace("+psycopg", "")
            with psycopg.connect(url) as connection:
                connection.execute(
                    "UPDATE routing_rules SET department_id = "
                    "(SELECT id FROM departments WHERE code = 'HALL') WHERE code = 'pothole-east'"
                )
            change.set()
        return False

    town.broken = change_rule
    import_from(town, open311)
    assert change.is_set()
    assert seen(app, 1)["agency_responsible"] == "East Yard"
    assert seen(app, 2)["agency_responsible"] == "Town Hall"
