"""How messages are delivered: order, retries, replay, rotation, and servers that are away."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError
from webhook_receiver import Received

from open311.database import db
from open311.errors import Conflict, InvalidParameters
from open311.operations.people.api_keys import change_rights, create_api_key
from open311.operations.webhooks.endpoints import (
    begin_ping,
    delete_endpoint,
    replay,
    resume_endpoint,
    retry_dead,
    rotate_secret,
    store_ping,
)
from open311.operations.webhooks.runs import (
    begin_run,
    call_endpoints,
    end_run,
    next_message,
    read_changes,
    store_answer,
)
from open311.queries.troubles import count_troubles
from open311.queries.webhooks.endpoints import list_paused_hosts
from open311.queries.webhooks.log import list_attempts, list_dead
from open311.steps.values.webhooks import Answer
from open311.steps.webhooks.pauses import (
    DOWN_AFTER,
    LONGEST_WISH,
    PAUSES,
    end_of_hold,
    next_attempt,
)
from open311.web.webhooks import deliver, ping
from tests.webhooks.hooks import GRIDTOWN, SECRET_KEY, Hook, Hooks, last_numbers

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def deliver_all(hook: Hook, rounds: int = 100) -> None:
    for _round in range(rounds):
        hook.make_due()
        hook.deliver()
        if set(hook.states().values()) <= {"delivered", "skipped"}:
            return
    raise AssertionError(hook.states())


def test_each_request_is_told_in_order_by_a_server_that_fails_at_random(hooks: Hooks) -> None:
    hook, chance = hooks.add(), random.Random(311)
    hook.inbox.answer = lambda _message: 500 if chance.random() < 0.3 else 204
    ids = [hooks.report() for _number in range(12)]
    for status in ("in_progress", "investigating", "in_progress", "fixed"):
        for id_ in ids:
            hooks.change(id_, status, "A note")
        hook.deliver()
        hook.make_due()
    deliver_all(hook)
    numbers = hooks.numbers()
    assert last_numbers(hook.inbox.received) == {id_: numbers[id_] for id_ in ids}
    assert len(hook.inbox.received) > 12
    closed = [one.about for one in hook.inbox.received if one.event == "closed"]
    assert set(closed) == set(ids)


def test_while_one_request_fails_the_others_are_told(hooks: Hooks) -> None:
    hook = hooks.add()
    bad, good = hooks.report(), hooks.report()
    hook.inbox.answer = lambda message: 422 if message.about == bad else 200
    hook.deliver()
    assert hook.states() == {bad: "waiting", good: "delivered"}
    [failed] = [one for one in list_attempts(hook.id) if one.failure]
    assert (failed.failure, failed.http_status, failed.service_request_id) == ("status", 422, bad)
    assert hook.deliver() == 0


def test_a_message_is_dead_after_its_last_attempt_and_can_be_sent_again(hooks: Hooks) -> None:
    hook = hooks.add()
    bad, good = hooks.report(), hooks.report()
    hook.inbox.answer = lambda message: 500 if message.about == bad else 200
    for _attempt in range(len(PAUSES) + 1):
        hook.deliver()
        hook.make_due()
    assert hook.states() == {bad: "dead", good: "delivered"}
    assert hook.deliver() == 0
    [dead] = list_dead(hook.id)
    assert (dead.service_request_id, dead.attempts) == (bad, len(PAUSES) + 1)
    hook.inbox.answer = lambda _message: 200
    assert retry_dead(GRIDTOWN, hook.id, service_request_pk=dead.service_request_pk + 1) == 0
    assert retry_dead(GRIDTOWN, hook.id) == 1
    hook.deliver()
    assert hook.states() == {bad: "delivered", good: "delivered"}
    ids = {one.headers["webhook-id"] for one in hook.inbox.received if one.about == bad}
    assert len(ids) == 1


def test_a_later_change_takes_the_place_of_a_dead_message(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report()
    hook.inbox.answer = lambda _message: 500
    for _attempt in range(len(PAUSES) + 1):
        hook.deliver()
        hook.make_due()
    hooks.change(id_, "in_progress", "Looking")
    hook.inbox.answer = lambda _message: 200
    hook.deliver()
    assert hook.inbox.received[-1].event == "created"
    assert hook.states() == {id_: "delivered"}
    assert list_dead(hook.id) == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(hooks: Hooks, status: int) -> None:
    hook, target = hooks.add(), hooks.receiver.inbox()
    hook.inbox.answer = lambda _message: (status, {"Location": target.url})
    hooks.report()
    hook.deliver()
    assert target.received == []
    assert list_attempts(hook.id)[0].failure == "redirect"


def test_status_410_turns_an_endpoint_off(hooks: Hooks) -> None:
    hook = hooks.add()
    hook.inbox.answer = lambda _message: 410
    ids = [hooks.report(), hooks.report()]
    assert hook.deliver() == 1
    assert (hook.info.state, hook.info.reason) == ("off", "gone")
    assert hook.deliver() == 0
    hook.inbox.answer = lambda _message: 200
    resume_endpoint(GRIDTOWN, hook.id)
    assert hook.deliver() == 2
    assert set(hook.states()) == set(ids)


def test_three_days_without_a_success_pause_an_endpoint(hooks: Hooks) -> None:
    hook = hooks.add()
    hook.inbox.answer = lambda _message: 500
    hooks.report()
    hook.deliver()
    assert hook.info.state == "on"
    since = "UPDATE webhook_endpoints SET failing_since = failing_since - interval '3 days'"
    db.session.execute(text(f"{since} WHERE id = :id"), {"id": hook.id})
    db.session.commit()
    hook.make_due()
    hook.deliver()
    assert (hook.info.state, hook.info.reason) == ("paused", "failing")
    now = datetime.now(UTC)
    assert count_troubles(now, 60).paused == 1
    behind = count_troubles(now + timedelta(hours=1), 50).behind
    assert list_paused_hosts(GRIDTOWN) == ["127.0.0.1"]
    resume_endpoint(GRIDTOWN, hook.id)
    assert (hook.info.state, hook.info.failing_since) == ("on", None)
    assert count_troubles(now, 60).paused == 0
    assert count_troubles(now + timedelta(hours=1), 50).behind == behind + 1
    assert list_paused_hosts(GRIDTOWN) == []


def test_a_server_that_is_down_is_asked_seldom(hooks: Hooks) -> None:
    hook = hooks.add()
    hook.inbox.answer = lambda _message: 500
    for _number in range(DOWN_AFTER + 5):
        hooks.report()
    assert hook.deliver() == DOWN_AFTER
    assert hook.info.held_until is not None
    assert hook.deliver() == 0
    hook.inbox.answer = lambda _message: 200
    held = "UPDATE webhook_endpoints SET held_until = NULL WHERE id = :id"
    db.session.execute(text(held), {"id": hook.id})
    db.session.commit()
    assert hook.deliver() == DOWN_AFTER + 5
    assert set(hook.states().values()) == {"delivered"}


def test_a_busy_server_says_when_to_come_back(hooks: Hooks) -> None:
    hook = hooks.add()
    hook.inbox.answer = lambda _message: (429, {"Retry-After": "3600"})
    hooks.report()
    hooks.report()
    assert hook.deliver() == 1
    held = hook.info.held_until
    assert held is not None
    assert timedelta(minutes=59) < held - datetime.now(UTC) <= timedelta(hours=1)


def test_pauses_grow_and_vary_a_little() -> None:
    for attempts, pause in enumerate(PAUSES, 1):
        waits = {
            (at - NOW).total_seconds() / pause
            for _try in range(50)
            if (at := next_attempt(attempts, Answer(), NOW)) is not None
        }
        assert len(waits) > 1
        assert min(waits) >= 0.9 - 1e-6
        assert max(waits) <= 1.1 + 1e-6
    assert next_attempt(len(PAUSES) + 1, Answer(retry_after="5"), NOW) is None


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        ("Sun, 01 Nov 2026 12:02:00 GMT", 120),
        ("Sun, 01 Nov 2026 11:00:00 GMT", 0),
        ("999999", LONGEST_WISH.total_seconds()),
        ("9" * 9, LONGEST_WISH.total_seconds()),
    ],
)
def test_retry_after_is_kept_up_to_a_day(retry_after: str, seconds: float) -> None:
    answer = Answer(status=503, milliseconds=1, retry_after=retry_after)
    at = NOW + timedelta(seconds=seconds)
    assert end_of_hold(1, answer, NOW) == at
    if seconds:
        assert next_attempt(1, answer, NOW) == at


def test_retry_after_never_makes_a_pause_shorter() -> None:
    answer = Answer(status=503, milliseconds=1, retry_after="1")
    at, hold = next_attempt(3, answer, NOW), end_of_hold(DOWN_AFTER + 3, answer, NOW)
    assert at is not None
    assert hold is not None
    assert (at - NOW).total_seconds() >= PAUSES[2] * 0.9 - 1e-6
    assert (hold - NOW).total_seconds() == PAUSES[0] * 8


@pytest.mark.parametrize(
    "nonsense",
    [
        *("soon", "-5", "1e9", "٣", "9" * 40, "", "Mon, 99 Xyz"),
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999999",
    ],
)
def test_another_retry_after_is_ignored(nonsense: str) -> None:
    answer = Answer(status=503, milliseconds=1, retry_after=nonsense)
    at = next_attempt(1, answer, NOW)
    assert at is not None
    assert 4 < (at - NOW).total_seconds() < 6
    assert end_of_hold(1, answer, NOW) is None


def test_a_replay_sends_all_that_changed_since_once_more(hooks: Hooks) -> None:
    hook = hooks.add()
    before, after = hooks.report(), hooks.report()
    hook.deliver()
    number = hooks.numbers()[before]
    hooks.change(after, "in_progress", "Looking")
    hook.deliver()
    first_time = list(hook.inbox.received)
    hook.inbox.received.clear()
    assert replay(GRIDTOWN, hook.id, after=number) == number
    hook.deliver()
    mine = [one for one in hook.inbox.received if one.about in (before, after)]
    assert [(one.about, one.event) for one in mine] == [(after, "created")]
    [one] = mine
    assert one.number == first_time[-1].number
    assert one.headers["webhook-id"] == first_time[-1].headers["webhook-id"] + "_1"
    assert [update["description"] for update in one.message["data"]["updates"]] == ["Looking"]
    replay(GRIDTOWN, hook.id, after=0)
    hook.inbox.received.clear()
    deliver_all(hook)
    assert last_numbers(hook.inbox.received) == hooks.numbers()


def test_a_replay_begins_at_a_time(hooks: Hooks) -> None:
    hook = hooks.add()
    id_ = hooks.report()
    hook.deliver()
    hook.inbox.received.clear()
    replay(GRIDTOWN, hook.id, since=datetime.now(UTC) + timedelta(minutes=5))
    assert hook.deliver() == 0
    replay(GRIDTOWN, hook.id, since=datetime.now(UTC) - timedelta(days=1))
    deliver_all(hook)
    assert (id_, "created") in hook.inbox.events


@pytest.mark.parametrize("after", [-1, 10**12, None])
def test_a_replay_begins_at_a_number_that_exists(hooks: Hooks, after: int | None) -> None:
    hook = hooks.add()
    with pytest.raises(InvalidParameters):
        replay(GRIDTOWN, hook.id, after=after)


def test_both_secrets_sign_until_the_former_one_has_expired(hooks: Hooks) -> None:
    hook = hooks.add()
    [former] = hook.inbox.secrets
    new = rotate_secret(GRIDTOWN, hook.id, secret_key=SECRET_KEY)
    hook.inbox.secrets = [former, new]  # the inbox verifies each message with all
    ping(GRIDTOWN, hook.id)
    [one] = hook.inbox.received
    assert len(one.headers["webhook-signature"].split(" ")) == 2
    late = "UPDATE webhook_endpoints SET previous_until = now() - interval '9 s' WHERE id = :id"
    db.session.execute(text(late), {"id": hook.id})
    db.session.commit()
    hook.inbox.secrets = [new]
    ping(GRIDTOWN, hook.id)
    [_first, second] = hook.inbox.received
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(second.body, dict(second.headers))


def test_without_the_key_of_the_server_nothing_is_sent_until_the_secret_is_new(
    hooks: Hooks,
) -> None:
    hook = hooks.add()
    hooks.report()
    other = "another secret key of this server!"
    assert begin_run(hook.id, other, "", datetime.now(UTC)) is None
    assert (hook.info.state, hook.info.reason) == ("paused", "unreadable")
    with pytest.raises(Conflict):
        begin_ping(GRIDTOWN, hook.id, secret_key=other)
    with pytest.raises(Conflict):
        rotate_secret(GRIDTOWN, hook.id, secret_key="")
    secret = rotate_secret(GRIDTOWN, hook.id, secret_key=SECRET_KEY)
    hook.inbox.secrets = [secret]
    assert hook.deliver() == 1


def test_secrets_are_encrypted(hooks: Hooks) -> None:
    hook = hooks.add()
    stored = db.session.scalars(
        text("SELECT secret FROM webhook_endpoints WHERE id = :id"), {"id": hook.id}
    ).one()
    assert hook.inbox.secrets[0].encode() not in bytes(stored)
    assert hook.inbox.secrets[0].removeprefix("whsec_").encode() not in bytes(stored)


def test_one_run_at_a_time_sends_to_an_endpoint(hooks: Hooks) -> None:
    hook = hooks.add()
    ids = [hooks.report() for _number in range(5)]
    inside, go_on = threading.Event(), threading.Event()

    def wait(_message: Received) -> int:
        inside.set()
        assert go_on.wait(60)
        return 200

    hook.inbox.answer = wait

    def run() -> int:
        with hooks.app.app_context():
            return deliver(hook.id)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(run)
        assert inside.wait(60)
        assert pool.submit(run).result(60) == 0
        assert hook.id not in call_endpoints(datetime.now(UTC).replace(microsecond=0))
        go_on.set()
        assert first.result(60) == 5
    assert [one.about for one in hook.inbox.received] == ids


def test_a_killed_run_blocks_its_endpoint_for_a_short_time_only(hooks: Hooks) -> None:
    hook = hooks.add()
    hooks.report()
    now = datetime.now(UTC).replace(microsecond=0)
    assert begin_run(hook.id, SECRET_KEY, "", now) is not None
    assert hook.deliver() == 0
    later = begin_run(hook.id, SECRET_KEY, "", now + timedelta(seconds=31))
    assert later is not None
    end_run(later)
    assert hook.deliver() == 1


def test_an_endpoint_is_called_once_while_it_has_work(hooks: Hooks) -> None:
    hook = hooks.add()
    now = datetime.now(UTC).replace(microsecond=0)
    hook.deliver()
    call_endpoints(now)
    hook.deliver()
    assert hook.id not in call_endpoints(now)
    hooks.report()
    assert hook.id in call_endpoints(now)
    assert hook.id not in call_endpoints(now + timedelta(seconds=30))
    assert hook.id in call_endpoints(now + timedelta(seconds=61))
    hook.deliver()
    assert hook.id not in call_endpoints(now + timedelta(seconds=200))


def test_of_a_deleted_endpoint_nothing_is_stored(hooks: Hooks) -> None:
    """It may be deleted while a message is on its way."""
    hook = hooks.add()
    hooks.report()
    now = datetime.now(UTC).replace(microsecond=0)
    run = begin_run(hook.id, SECRET_KEY, "", now)
    assert run is not None
    read_changes(run, now)
    message = next_message(run, now)
    assert message is not None
    delete_endpoint(GRIDTOWN, hook.id)
    answer = Answer(status=204, milliseconds=1)
    assert store_answer(run, message, answer, now) is None
    store_ping(hook.id, "msg_1", answer)
    assert list_attempts(hook.id) == []


def test_a_key_without_the_right_gets_nothing(hooks: Hooks) -> None:
    name = f"key-{uuid4().hex}"
    create_api_key(GRIDTOWN, name, rights=["webhooks"])
    key = db.session.execute(text("SELECT id FROM api_keys WHERE name = :name"), {"name": name})
    hook = hooks.add(api_key_id=key.scalar_one())
    db.session.rollback()
    id_ = hooks.report()
    change_rights(GRIDTOWN, name, ["report"])
    assert hook.deliver() == 0
    change_rights(GRIDTOWN, name, ["webhooks"])
    hook.deliver()
    assert id_ in last_numbers(hook.inbox.received)
