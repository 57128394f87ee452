"""What endpoints are told, and when: events, contents, filters."""

import json
from datetime import UTC, datetime

import pytest
import requests
from current_city import get_service_request
from sqlalchemy import text

from open311.database import db
from open311.errors import Conflict, InvalidParameters, NotFound
from open311.operations.people.api_keys import create_api_key, revoke_api_key
from open311.operations.requests.change import change_service
from open311.operations.requests.updates import SentUpdate, receive_update
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.webhooks.endpoints import (
    delete_endpoint,
    pause_endpoint,
    replay,
    resume_endpoint,
)
from open311.queries.people.api_keys import find_key
from open311.queries.webhooks.endpoints import find_lag
from open311.queries.webhooks.log import list_attempts
from open311.web.formats import render_json
from open311.web.webhooks import ping
from schemas.vocabulary.webhooks import MOST_ENDPOINTS
from tests.webhooks.hooks import GRIDTOWN, Hooks


def comment(hooks: Hooks, id_: str, words: str, update_id: str) -> None:
    receive_update(
        SentUpdate(
            jurisdiction=hooks.town,
            api_key_id=None,
            service_request_id=id_,
            update_id=update_id,
            status=None,
            description=words,
            sent_at=datetime.now(UTC).replace(microsecond=0),
        )
    )


def test_the_life_of_a_request_is_told_in_events(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report()
    assert hook.deliver() == 1
    hooks.change(id_, "in_progress", "A crew is there.")
    hook.deliver()
    hooks.change(id_, "fixed", "Filled.")
    hook.deliver()
    hooks.change(id_, "open", "It is back.")
    hook.deliver()
    withdraw_service_request(hooks.town, id_, "sam")
    assert hook.deliver() == 1
    assert hook.deliver() == 0
    events = ["created", "changed", "closed", "changed", "withdrawn"]
    assert hook.inbox.events == [(id_, event) for event in events]
    numbers = [one.number for one in hook.inbox.received]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == hooks.numbers()[id_]


def test_a_message_contains_the_request_as_the_api_shows_it(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report(description="A deep hole")
    hook.deliver()
    [one] = hook.inbox.received
    shown = get_service_request(hooks.town.at("https://311.example.org"), id_, extensions=True)
    assert one.message["data"]["service_request"] == json.loads(render_json("", shown))
    assert one.message["data"]["updates"] == []
    assert one.headers["content-type"] == "application/json"
    assert one.headers["webhook-id"] == f"msg_{hook.id}_{one.number}"
    assert one.message["timestamp"].endswith("Z")


def test_updates_since_the_last_message_are_told(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report()
    hook.deliver()
    hooks.change(id_, "in_progress", "A crew is there.")
    comment(hooks, id_, "Thank you", "c1")
    hook.deliver()
    comment(hooks, id_, "Is it done?", "c2")
    hook.deliver()
    told = [
        [update["description"] for update in one.message["data"]["updates"]]
        for one in hook.inbox.received
    ]
    assert told == [[], ["A crew is there.", "Thank you"], ["Is it done?"]]


def test_a_body_is_no_longer_than_its_limit_and_keeps_the_newest_updates(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report()
    for number in range(12):
        comment(hooks, id_, f"{number} " + "ñ" * 3_000, f"long-{number}")
    hook.deliver()
    [one] = hook.inbox.received
    data = one.message["data"]
    assert len(one.body) <= 20_000
    notes = data["service_request"]["extended_attributes"]["notes"]
    assert data["left_out"]["updates"] + len(data["updates"]) == 12
    assert data["left_out"]["notes"] + len(notes) == 13
    assert data["updates"][-1]["description"].startswith("11 ")
    assert notes[-1]["description"].startswith("11 ")


def test_of_a_withdrawn_request_only_the_number_is_told(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report(description="Please call Ann")
    withdraw_service_request(hooks.town, id_, "sam")
    hook.deliver()
    [one] = hook.inbox.received
    assert one.event == "withdrawn"
    told = {"service_request_id": id_, "deleted": True}
    assert one.message["data"]["service_request"] == told
    assert one.message["data"]["updates"] == []


@pytest.mark.parametrize("service_code", ["LAMP", "TIP"])
def test_what_is_not_public_is_not_told(hooks: Hooks, service_code: str) -> None:
    hook = hooks.add()
    hooks.report(service_code)
    assert hook.deliver() == 0
    assert hook.states() == {}
    assert hook.info.cursor > 0


def test_of_many_changes_the_last_state_is_told_once(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report()
    hooks.change(id_, "in_progress")
    hooks.change(id_, "fixed", "Filled.")
    assert hook.deliver() == 1
    [one] = hook.inbox.received
    assert one.event == "created"
    assert one.message["data"]["service_request"]["status"] == "closed"
    assert len(one.message["data"]["updates"]) == 2


def test_an_endpoint_gets_the_events_that_it_chose(hooks: Hooks) -> None:
    closed, both = hooks.add(events=("closed",)), hooks.add(events=("created", "closed"))
    id_ = hooks.report()
    closed.deliver()
    both.deliver()
    assert closed.states() == {id_: "skipped"}
    hooks.change(id_, "fixed", "Filled.")
    at_once = hooks.report()
    hooks.change(at_once, "fixed", "Filled.")
    closed.deliver()
    both.deliver()
    assert closed.inbox.events == [(id_, "closed"), (at_once, "closed")]
    assert both.inbox.events == [(id_, "created"), (id_, "closed"), (at_once, "created")]


def test_a_request_that_was_closed_before_is_not_told_as_closed_again(hooks: Hooks) -> None:
    id_ = hooks.report()
    hooks.change(id_, "fixed", "Filled.")
    age = "UPDATE service_requests SET {0} WHERE service_request_id = :id"
    past = "requested_datetime = '2020-01-01Z', updated_datetime = '2020-01-02Z'"
    db.session.execute(text(age.format(past)), {"id": id_})
    db.session.commit()
    hook = hooks.add()
    comment(hooks, id_, "Thank you", "late")
    hook.deliver()
    assert hook.inbox.events == [(id_, "changed")]


def test_filters_choose_requests_and_tell_that_one_has_left(hooks: Hooks) -> None:
    holes = hooks.add(services=("POTHOLE", "SURVEY"))
    odd = hooks.add(services=("0042",))
    id_, other = hooks.report(), hooks.report("A/B c.d")
    for hook in (holes, odd):
        hook.deliver()
    assert holes.inbox.events == [(id_, "created")]
    change_service(hooks.town, id_, "0042", made_by="sam")
    for hook in (holes, odd):
        hook.deliver()
    hooks.change(id_, "in_progress", "Looking at it.")
    for hook in (holes, odd):
        hook.deliver()
    assert holes.inbox.events == [(id_, "created"), (id_, "changed")]
    left = holes.inbox.received[-1]
    assert left.message["data"]["service_request"]["service_code"] == "0042"
    for _twice in range(2):
        replay(GRIDTOWN, holes.id, after=left.number - 1)
    holes.deliver()
    assert holes.inbox.events[2:] == [(id_, "changed")]
    assert odd.inbox.events == [(id_, "created"), (id_, "changed")]
    assert other not in {one.about for one in (*holes.inbox.received, *odd.inbox.received)}


def test_filters_by_department_and_boundary(hooks: Hooks) -> None:
    id_ = hooks.report()
    row = get_service_request(hooks.town, id_, extensions=True)
    layer, code = next(iter(row["extended_attributes"]["boundaries"].items()))
    there = hooks.add(boundary_layer=layer, boundary_code=code)
    hall, lights = hooks.add(department="HALL"), hooks.add(department="LIGHTS")
    [(department,)] = db.session.execute(
        text("SELECT code FROM departments WHERE name = :name AND jurisdiction_id LIKE 'g%'"),
        {"name": row["agency_responsible"]},
    )
    mine = hooks.add(department=department)
    hooks.change(id_, "in_progress")
    for hook in (there, hall, lights, mine):
        hook.deliver()
    assert there.inbox.events == mine.inbox.events == [(id_, "changed")]
    assert lights.inbox.events == []
    assert hall.inbox.events == ([(id_, "changed")] if department == "HALL" else [])


@pytest.mark.parametrize(
    "filters",
    [
        {"services": ("NOTHING",)},
        {"department": "NOTHING"},
        {"boundary_layer": "nothing", "boundary_code": "1"},
        {"boundary_layer": "ward", "boundary_code": "nothing"},
    ],
)
def test_a_filter_names_what_exists(hooks: Hooks, filters: dict[str, object]) -> None:
    with pytest.raises(NotFound):
        hooks.add(**filters)  # type: ignore[arg-type]
    db.session.rollback()


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/hook", "https://example.org:8080/", "ftp://example.org/"),
        *("https://user:word@example.org/", "https://user@example.org/", "https:///hook", "x"),
        *("https://example.org/#part", "https://exa mple.org/", "https://example.org:99999/"),
        "https://example.org/" + "x" * 1_000,
    ],
)
def test_an_endpoint_is_an_https_address_of_the_internet(hooks: Hooks, url: str) -> None:
    with pytest.raises(InvalidParameters):
        hooks.add(url=url)


def test_a_key_has_some_endpoints_which_end_with_it(hooks: Hooks) -> None:
    key = find_key(create_api_key(GRIDTOWN, "Copy", rights=["webhooks"]))
    assert key is not None
    db.session.rollback()
    added = [hooks.add(api_key_id=key.id) for _number in range(MOST_ENDPOINTS)]
    with pytest.raises(Conflict):
        hooks.add(api_key_id=key.id)
    hooks.report()
    assert added[0].deliver() == 1
    revoke_api_key(GRIDTOWN, "Copy")
    hooks.report()
    assert added[0].deliver() == 0
    for one in added:
        delete_endpoint(GRIDTOWN, one.id)
    with pytest.raises(NotFound):
        _info = added[0].info


def test_nothing_is_sent_while_an_endpoint_is_paused(hooks: Hooks) -> None:
    hook = hooks.add()
    pause_endpoint(GRIDTOWN, hook.id)
    id_ = hooks.report()
    assert hook.deliver() == 0
    lag = find_lag(hook.info)
    assert (lag.changes, lag.dead) == (1, 0)
    assert lag.since is not None
    resume_endpoint(GRIDTOWN, hook.id)
    assert hook.deliver() == 1
    assert hook.inbox.events == [(id_, "created")]
    assert find_lag(hook.info).changes == 0


def test_other_cities_are_not_told(hooks: Hooks) -> None:
    hook = hooks.add()
    hooks.report()
    db.session.execute(text("UPDATE service_requests SET zipcode = '1' WHERE NOT sandbox"))
    db.session.commit()
    hook.deliver()
    numbers = hooks.numbers()
    assert {one.about for one in hook.inbox.received} <= set(numbers)
    assert {one.about: one.number for one in hook.inbox.received} == numbers
    with pytest.raises(NotFound):
        pause_endpoint("hilltown.example", hook.id)


def test_a_ping_is_sent_at_once_and_logged(hooks: Hooks) -> None:
    hook = hooks.add()
    assert ping(GRIDTOWN, hook.id).failure is None
    [one] = hook.inbox.received
    assert one.message["type"] == "ping"
    assert one.message["data"] == {"webhook": hook.id}
    [logged] = list_attempts(hook.id)
    assert (logged.event, logged.http_status, logged.failure) == ("ping", 204, None)


def test_a_receiver_can_tell_a_message_that_was_changed(hooks: Hooks) -> None:
    hook = hooks.add()
    ping(GRIDTOWN, hook.id)
    [one] = hook.inbox.received
    changed = one.body.replace(b"ping", b"pong")
    headers = {name: value for name, value in one.headers.items() if name != "content-length"}
    assert requests.post(hook.inbox.url, one.body, headers=headers, timeout=9).status_code == 204
    assert requests.post(hook.inbox.url, changed, headers=headers, timeout=9).status_code == 400
