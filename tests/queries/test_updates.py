"""The list of updates, as the database sees it."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from open311.database import db
from open311.operations.requests.status import change_status
from open311.operations.requests.updates import SentUpdate, receive_update
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.updates import get_update_token, list_updates
from schemas.requests.extension_documents import UpdateSchema

EVERYTHING = {
    "service_request_id": [],
    "start_date": datetime(2000, 1, 1, tzinfo=UTC),
    "end_date": datetime(2100, 1, 1, tzinfo=UTC),
}


@pytest.fixture
def town(app: Flask) -> Scope:
    return get_jurisdiction("gridtown.example")


def send(town: Scope, service_request_id: str, **told: object) -> dict[str, str]:
    fields = {
        "update_id": "u-1",
        "status": "closed",
        "sent_at": datetime.now(UTC),
        "rights": ["status"],
        **told,
    }
    sent = SentUpdate(
        jurisdiction=town, api_key_id=None, service_request_id=service_request_id, **fields
    )
    return receive_update(sent).receipt


def test_rows_are_the_documents_that_the_schema_declares(town: Scope) -> None:
    rows = list_updates(town, EVERYTHING)
    assert len(rows) == 3
    for row in rows:
        assert list(row) == [name for name in UpdateSchema().fields if name != "extras"]
        assert UpdateSchema().load(UpdateSchema().dump(row)) == row


def test_a_step_shows_the_first_link_of_its_own_update(town: Scope) -> None:
    for number in (1, 2):
        links = [f"https://photos.example/{number}-{letter}" for letter in "ba"]
        send(town, "26-0000003", update_id=f"u-{number}", media=links)
    change_status(town, "26-0000003", "open", "Reopened.")
    rows = list_updates(town, {**EVERYTHING, "service_request_id": ["26-0000003"]})
    shown = [row["media_url"] for row in rows]
    assert shown == ["https://photos.example/1-b", "https://photos.example/2-b", ""]


def test_steps_of_one_second_keep_the_order_in_which_they_were_made(town: Scope) -> None:
    for number in range(12):
        change_status(town, "26-0000003", "open", f"Step {number}")
    rows = list_updates(town, {**EVERYTHING, "service_request_id": ["26-0000003"]})
    assert [row["description"] for row in rows] == [f"Step {number}" for number in range(12)]


def test_no_statement_of_the_public_reads_who_sent_an_update(town: Scope) -> None:
    """And a list takes one statement, however long it is."""
    token = send(town, "26-0000006", reporter={"email": "kim@mail.example"})["token"]
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    list_updates(town, EVERYTHING, detailed=True)
    assert len(seen) == 1
    get_update_token(town, token)
    assert len(seen) == 2
    assert not any("reporters" in statement for statement in seen)
