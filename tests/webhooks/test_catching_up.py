"""Endpoints whose servers were away for a while, and processes that are killed."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from applications import in_context
from servers import PROCESSES, wait_until
from sqlalchemy import text
from webhook_receiver import webhook_receiver

from open311.database import db, table
from open311.models import ServiceRequest
from open311.steps.webhooks.pauses import DOWN_AFTER
from open311.web.webhooks import deliver
from tests.webhooks.hooks import GRIDTOWN, SETTINGS, Hook, Hooks, last_numbers


@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_server_that_was_away_catches_up(
    hooks: Hooks, number: int, figure: Callable[[str, object], None]
) -> None:
    """All changes of the time in which it was stopped, each once."""
    with webhook_receiver() as stopped:
        port = int(stopped.address.rsplit(":", 1)[1])
        url = stopped.inbox().url
    hook = hooks.add(url=url)
    add_requests(number, f"away-{number}")
    for _attempt in range(DOWN_AFTER):
        hook.make_due()
        hook.deliver()
    assert hook.info.failures >= DOWN_AFTER
    with webhook_receiver(port) as started:
        inbox = started.inbox()
        assert inbox.url == url
        inbox.secrets = hook.inbox.secrets
        hook.make_due()
        begin = datetime.now(UTC)
        while hook.deliver():
            pass
        seconds = (datetime.now(UTC) - begin).total_seconds()
        assert len(inbox.received) == number
        numbers = hooks.numbers()
        mine = {id_: one for id_, one in numbers.items() if id_.startswith(f"away-{number}-")}
        assert last_numbers(inbox.received) == mine
    figure(f"webhooks, catching up {number:,} changes", f"{number / seconds:.0f} a second")
    assert hook.info.failures == 0


def add_requests(number: int, name: str) -> None:
    own = {"pk": "nextval('service_requests_pk_seq')", "service_request_id": ":name || '-' || n"}
    columns = [one.name for one in table(ServiceRequest).columns if one.computed is None]
    values = (own.get(name, f"one.{name}") for name in columns)
    db.session.execute(
        text(
            f"INSERT INTO service_requests ({', '.join(columns)}) SELECT {', '.join(values)}"
            " FROM service_requests one, generate_series(1, :number) n"
            " WHERE one.service_request_id = '26-0000003' AND one.jurisdiction_id = :here"
        ),
        {"name": name, "number": number, "here": GRIDTOWN},
    )
    db.session.commit()


def deliver_until_killed(database_url: str, endpoint_id: int) -> None:
    """Deliver again and again, in a process of its own."""
    for _app in in_context(database_url, SETTINGS):
        while True:
            deliver(endpoint_id)


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.long)])
def test_a_process_that_is_killed_loses_nothing_and_keeps_the_order(
    hooks: Hooks, kills: int
) -> None:
    """At most one message for each kill arrives twice: that on its way."""
    hook, url = hooks.add(), str(hooks.app.config["DATABASE_URL"])
    number, chance = 12 * kills, random.Random(311)
    add_requests(number, f"killed-{kills}")
    for _kill in range(kills):
        _kill_after(hook, url, min(len(hook.inbox.received) + chance.randint(1, 10), number))
    while hook.deliver():
        pass
    mine = {id_: one for id_, one in hooks.numbers().items() if id_.startswith(f"killed-{kills}-")}
    assert len(mine) == number
    assert last_numbers(hook.inbox.received) == mine
    assert len(hook.inbox.received) <= number + kills
    assert set(hook.states().values()) == {"delivered"}


def _kill_after(hook: Hook, url: str, messages: int) -> None:
    """Kill a process once so many messages have arrived, and let its lease end."""
    process = PROCESSES.Process(target=deliver_until_killed, args=(url, hook.id), daemon=True)
    process.start()
    assert wait_until(lambda: len(hook.inbox.received) >= messages)
    process.kill()
    process.join()
    ended = "UPDATE webhook_endpoints SET lease_until = now() - interval '9 s' WHERE id = :id"
    db.session.execute(text(f"{ended} AND lease IS NOT NULL"), {"id": hook.id})
    db.session.commit()
