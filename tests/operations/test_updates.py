"""Updates that others send: applied, kept until accepted, never twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from current_city import get_service_request
from flask import Flask
from sqlalchemy import select
from statements import statements

from open311.database import db
from open311.errors import Conflict, Gone, NotFound
from open311.models import Media, ReceivedUpdate, UpdateReporter
from open311.operations.people.api_keys import create_api_key
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.status import change_status
from open311.operations.requests.updates import SentUpdate, accept_update, receive_update
from open311.operations.requests.withdraw import withdraw_service_request
from open311.queries.people.api_keys import find_key
from open311.queries.requests.updates import get_update_token, list_pending_updates
from tests.operations.test_status import at_once, history, submit, town

REALTIME = "26-0000003"
BATCH = "26-0000006"


def sent(service_request_id: str = REALTIME, **told: object) -> SentUpdate:
    fields = {
        "update_id": "u-1",
        "status": "fixed",
        "sent_at": datetime.now(UTC),
        "description": "Done.",
        "rights": ["status"],
        **told,
    }
    return SentUpdate(
        jurisdiction=town(), api_key_id=None, service_request_id=service_request_id, **fields
    )


def detailed(service_request_id: str) -> str:
    row = get_service_request(town(), service_request_id, extensions=True)
    return str(row["extended_attributes"]["detailed_status"])


def test_two_senders_may_use_the_same_update_id(app: Flask) -> None:
    key = create_api_key("gridtown.example", "Another", "key-of-another")
    owner = find_key(key)
    assert owner is not None
    first = [receive_update(sent()), receive_update(replace(sent(), api_key_id=owner.id))]
    assert not any(one.repeated for one in first)
    assert first[0] != first[1]
    again = [receive_update(sent()), receive_update(replace(sent(), api_key_id=owner.id))]
    assert again == [replace(one, repeated=True) for one in first]
    for other in (sent(description="Another."), sent(status="open")):
        with pytest.raises(Conflict, match="'u-1'"):
            receive_update(other)
    assert history(REALTIME) == [("open", ""), ("closed", "Done.")]


def test_a_refused_duplicate_leaves_nothing_to_commit(app: Flask) -> None:
    receive_update(sent())
    with pytest.raises(Conflict):
        receive_update(sent(status="open", description="Once more."))
    db.session.commit()
    assert history(REALTIME) == [("open", ""), ("closed", "Done.")]


def test_an_update_that_waits_changes_nothing_until_it_is_accepted(app: Flask) -> None:
    before = history(BATCH)
    links = ["https://photos.example/1"]
    token = receive_update(sent(BATCH, media=links, reporter={"email": "a@b.example"})).receipt[
        "token"
    ]
    assert history(BATCH) == before
    assert get_update_token(town(), token) == {"token": token}
    [waiting] = list_pending_updates(town())
    assert waiting[:3] == (token, BATCH, "fixed")
    update_id = accept_update(town(), token)
    assert get_update_token(town(), token) == {"update_id": update_id, "token": token}
    assert history(BATCH) == [*before, ("closed", "Done.")]
    assert detailed(BATCH) == "fixed"
    assert list_pending_updates(town()) == []
    assert db.session.scalars(select(Media.url)).all() == links
    assert db.session.scalars(select(UpdateReporter.email)).all() == ["a@b.example"]


def test_an_accepted_update_that_leaves_the_status_takes_that_of_its_acceptance(app: Flask) -> None:
    token = receive_update(sent(BATCH, status=None)).receipt["token"]
    change_status(town(), BATCH, "planned", "In May.")
    accept_update(town(), token)
    assert detailed(BATCH) == "planned"


def test_a_comment_needs_no_statements_for_the_history_or_its_number(app: Flask) -> None:
    with statements(db.engine) as sql:
        receive_update(sent(status=None))
    assert any(one.startswith("INSERT INTO received_updates") for one in sql)
    assert not any("lag(" in one or one.startswith("SELECT nextval") for one in sql)


def test_an_update_is_accepted_once(app: Flask) -> None:
    token = receive_update(sent(BATCH)).receipt["token"]
    jurisdiction = town()
    db.session.remove()
    outcomes = at_once(app, lambda: accept_update(jurisdiction, token))
    [update_id] = [outcome for outcome in outcomes if isinstance(outcome, str)]
    with pytest.raises(Conflict, match=update_id):
        accept_update(town(), token)


def test_an_unknown_token_is_not_accepted(shared_app: Flask) -> None:
    token = receive_update(sent(BATCH)).receipt["token"]
    for jurisdiction, unknown in [
        (town(), "nothing"),
        (town("nowhere.example"), token),
        (replace(town(), sandbox=True), token),
    ]:
        with pytest.raises(NotFound):
            accept_update(jurisdiction, unknown)
        with pytest.raises(NotFound):
            get_update_token(jurisdiction, unknown)


def test_links_stand_behind_the_media_there_is_already(app: Flask) -> None:
    for number in (1, 2):
        links = [f"https://photos.example/{number}{letter}" for letter in "ab"]
        receive_update(sent(update_id=f"u-{number}", media=links))
    rows = db.session.execute(select(Media.position, Media.url).order_by(Media.position)).all()
    assert [url.rpartition("/")[2] for _position, url in rows] == ["1a", "1b", "2a", "2b"]
    assert len({position for position, _url in rows}) == 4


def test_what_the_sender_said_of_the_time_is_kept(app: Flask) -> None:
    receive_update(sent(sent_at=datetime(2026, 3, 9, 14, 5, tzinfo=UTC)))
    [(sent_at, received_at)] = db.session.execute(
        select(ReceivedUpdate.sent_at, ReceivedUpdate.received_at)
    ).all()
    assert sent_at == datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
    assert timedelta() <= datetime.now(UTC) - received_at < timedelta(minutes=1)


def test_nothing_can_be_done_with_what_was_withdrawn(app: Flask) -> None:
    report_token = submit("LAMP")
    id_ = accept_service_request(town(), report_token)
    token = receive_update(sent(id_)).receipt["token"]
    withdraw_service_request(town(), id_, "tests")
    for attempt in (
        lambda: accept_update(town(), token),
        lambda: accept_service_request(town(), report_token),
        lambda: change_status(town(), id_, "open", "Not yet."),
        lambda: receive_update(sent(id_, update_id="u-2")),
        lambda: withdraw_service_request(town(), id_, "tests"),
        lambda: get_service_request(town(), id_),
    ):
        with pytest.raises(Gone, match=id_):
            attempt()
        db.session.rollback()


def test_of_several_who_withdraw_at_once_one_does(app: Flask) -> None:
    jurisdiction = town()
    db.session.remove()

    def withdraw() -> object:
        try:
            return withdraw_service_request(jurisdiction, REALTIME, "tests")
        except Gone as error:
            return error

    assert at_once(app, withdraw).count([]) == 1
    assert history(REALTIME) == [("open", ""), ("closed", "")]
