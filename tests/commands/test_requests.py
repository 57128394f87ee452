"""open311 requests: accepting, closing and reopening."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from images import from_a_phone
from sqlalchemy import func, select

from open311.database import db
from open311.media.store import files_of
from open311.models import TriageEntry
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.steps.requests.handles import new_handles
from open311.web.sent_media import media_store
from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]
API = "/open311/v2"
LAMP = {"api_key": "key-of-gridtown", "service_code": "LAMP", "lat": "0.5", "long": "0.5"}


def report_lamp(client: FlaskClient) -> str:
    answer = client.post(f"{API}/requests.json", data=LAMP)
    db.session.remove()
    assert answer.status_code == 200, answer.text
    return answer.json[0]["token"]


def seen(client: FlaskClient, id_: str) -> dict[str, str] | None:
    """Give a service request as the public sees it."""
    answer = client.get(f"{API}/requests/{id_}.json")
    db.session.remove()
    return answer.json[0] if answer.status_code == 200 else None


def test_reports_that_wait_are_listed_oldest_first(app: Flask, open311: CommandLine) -> None:
    token = report_lamp(app.test_client())
    first, second = open311.lines("requests", "approve")
    assert first.split()[1] == "LAMP"
    assert second == f"{token} LAMP {datetime.now(UTC):%F}"


def test_an_accepted_report_gets_an_id_and_is_published(app: Flask, open311: CommandLine) -> None:
    client = app.test_client()
    token = report_lamp(client)
    [line] = open311.lines("requests", "approve", token)
    told, id_ = line.split()
    assert told == token
    row = seen(client, id_)
    assert row is not None
    assert row["service_code"] == "LAMP"
    answer = client.get(f"{API}/tokens/{token}.json")
    assert answer.json == [{"service_request_id": id_, "token": token}]


def test_all_that_wait_can_be_accepted_at_once(app: Flask, open311: CommandLine) -> None:
    tokens = [line.split()[0] for line in open311.lines("requests", "approve")]
    tokens.append(report_lamp(app.test_client()))
    accepted = [line.split() for line in open311.lines("requests", "approve", "--all")]
    assert [token for token, _id in accepted] == tokens
    assert len({id_ for _token, id_ in accepted}) == 2
    assert open311.lines("requests", "approve") == []
    assert open311.lines("requests", "approve", "--all") == []


def test_a_token_is_accepted_once(app: Flask, open311: CommandLine, contents: Contents) -> None:
    token = report_lamp(app.test_client())
    [line] = open311.lines("requests", "approve", token)
    before = contents()
    assert f"already approved. Its number is {line.split()[1]}" in open311.refusal(
        "requests", "approve", token
    )
    assert contents() == before


def test_a_report_that_waits_can_be_worked_on_by_its_token(
    app: Flask, open311: CommandLine
) -> None:
    client = app.test_client()
    token = report_lamp(client)
    line = open311.lines("requests", "move", token, "0.5", "0.00005")[0]
    assert line.startswith(f"{token} moved, Light Works")
    # The department is the same on both sides of the boundary: nobody needs to look.
    assert not any(token in line for line in open311.lines("triage", "list"))
    assert open311.lines("routing", "explain-request", token)[0] == "Department: Light Works"
    assert open311.lines("requests", "withdraw", token) == [f"{token} is withdrawn."]
    assert client.get(f"{API}/tokens/{token}.json").status_code == 410
    assert not any(token in line for line in open311.lines("requests", "approve"))
    assert f"The submission with token {token} was withdrawn." in open311.refusal(
        "requests", "approve", token
    )


def test_what_is_withdrawn_leaves_the_queue_with_all_that_was_said_there(
    app: Flask, open311: CommandLine
) -> None:
    form = {**LAMP, "service_code": "POTHOLE", "address_string": "7 Elm St", "lat": "", "long": ""}
    [receipt] = app.test_client().post(f"{API}/requests.json", data=form).json or []
    id_ = receipt["service_request_id"]
    assert any(id_ in line for line in open311.lines("triage", "list"))
    open311.lines("requests", "withdraw", id_)
    assert not any(id_ in line for line in open311.lines("triage", "list"))
    assert db.session.scalar(select(func.count(TriageEntry.id))) == 0


def test_an_unknown_token_is_refused(shared_app: Flask, open311: CommandLine) -> None:
    assert "'nothing' does not exist" in open311.refusal("requests", "approve", "nothing")


def test_no_token_looks_like_an_option(shared_app: Flask) -> None:
    jurisdiction = get_jurisdiction("gridtown.example")
    lamp = get_service("gridtown.example", "LAMP")
    now = datetime.now(UTC)
    tokens = [new_handles(jurisdiction, lamp, now).token or "-" for _number in range(1_000)]
    assert [token for token in tokens if token.startswith("-")] == []


def test_a_request_is_closed_and_reopened_with_a_note_for_all(
    app: Flask, open311: CommandLine
) -> None:
    client = app.test_client()
    steps = [
        ("close", "closed", "Repaired."),
        ("close", "closed", "Repaired, and painted."),
        ("reopen", "open", "It did not hold."),
        ("close", "closed", "Repaired."),
    ]
    for command, status, notes in steps:
        line = f"26-0000003 is {status}."
        assert open311.lines("requests", command, "26-0000003", notes) == [line]
        row = seen(client, "26-0000003")
        assert row is not None
        assert (row["status"], row["status_notes"]) == (status, notes)
        age = datetime.now(UTC) - datetime.fromisoformat(row["updated_datetime"])
        assert age.total_seconds() < 60


def test_a_change_that_changes_nothing_is_refused(
    app: Flask, open311: CommandLine, contents: Contents
) -> None:
    open311.lines("requests", "close", "26-0000003", "Done.")
    before = contents()
    assert "already" in open311.refusal("requests", "close", "26-0000003", "Done.")
    assert contents() == before


@pytest.mark.parametrize("id_", ["26-9999999", "0000003", ""])
def test_an_unknown_id_is_refused(
    shared_app: Flask, open311: CommandLine, contents: Contents, id_: str
) -> None:
    before = contents()
    for command in ("close", "reopen"):
        assert f"'{id_}' does not exist" in open311.refusal("requests", command, id_, "A note.")
    assert f"'{id_}' does not exist" in open311.refusal("requests", "withdraw", id_)
    assert contents() == before


def test_a_request_of_another_city_is_not_known(two_towns_app: Flask, open311: CommandLine) -> None:
    arguments = ("requests", "close", "26-0000003", "Done.", "--jurisdiction")
    assert "does not exist" in open311.refusal(*arguments, "hilltown.example")
    assert open311.lines(*arguments, "gridtown.example") == ["26-0000003 is closed."]


def test_a_status_can_be_told_more_exactly(app: Flask, open311: CommandLine) -> None:
    client = app.test_client()
    for word, status, expected in [
        ("In_Progress", "in_progress", "open"),
        ("no_further_action", "no_further_action", "closed"),
        ("duplicate", "duplicate", "closed"),
    ]:
        line = f"26-0000003 is {status}."
        assert open311.lines("requests", "status", "26-0000003", word, "A note.") == [line]
        row = seen(client, "26-0000003")
        assert row is not None
        assert (row["status"], row["status_notes"]) == (expected, "A note.")
    assert "already" in open311.refusal("requests", "status", "26-0000003", "duplicate", "A note.")


def test_an_unknown_status_is_refused_with_those_there_are(
    shared_app: Flask, open311: CommandLine
) -> None:
    arguments = ("requests", "status", "26-0000003", "done", "A note.")
    assert "not_councils_responsibility" in open311.refusal(*arguments, status=2)


def test_a_request_is_withdrawn_for_good(app: Flask, open311: CommandLine) -> None:
    assert open311.lines("requests", "withdraw", "26-0000003") == ["26-0000003 is withdrawn."]
    assert seen(app.test_client(), "26-0000003") is None
    for command in (["withdraw"], ["close"], ["reopen"]):
        notes = [] if command == ["withdraw"] else ["A note."]
        told = open311.refusal("requests", *command, "26-0000003", *notes)
        assert "was withdrawn" in told


@pytest.mark.parametrize("arguments", [["close"], ["close", "26-0000003"], ["reopen"]])
def test_a_missing_argument_is_a_mistake_of_usage(
    shared_app: Flask, open311: CommandLine, arguments: list[str]
) -> None:
    assert "Missing argument" in open311.refusal("requests", *arguments, status=2)


@pytest.mark.parametrize("format", ["xml", "json"])
def test_a_note_with_control_characters_does_not_break_the_list(
    app: Flask, open311: CommandLine, format: str
) -> None:
    open311.lines("requests", "close", "26-0000003", "Filled,\x0b and \x1bpainted.")
    answer = app.test_client().get(f"{API}/requests.{format}")
    assert answer.status_code == 200
    assert "Filled, and painted." in answer.text


def test_a_note_in_an_unknown_encoding_does_not_end_in_a_traceback(
    app: Flask, open311: CommandLine
) -> None:
    stray = b"Caf\xe9 repaired.".decode("utf-8", "surrogateescape")
    assert open311.lines("requests", "close", "26-0000003", stray) == ["26-0000003 is closed."]


def test_the_photos_of_what_is_withdrawn_are_removed(app: Flask, open311: CommandLine) -> None:
    client = app.test_client()
    form = {**LAMP, "service_code": "POTHOLE", "media": (BytesIO(from_a_phone()), "photo.jpg")}
    posted = client.post(f"{API}/requests.json", data=form)
    id_ = posted.json[0]["service_request_id"]
    row = seen(client, id_)
    assert row
    name = row["media_url"].rpartition("/")[2]
    assert set(files_of([name])) <= set(media_store().list_files())
    assert open311.lines("requests", "withdraw", id_) == [f"{id_} is withdrawn."]
    assert not set(files_of([name])) & set(media_store().list_files())
    assert client.get(f"/open311/media/{name}").status_code == 404
