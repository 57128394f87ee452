"""Endpoints whose servers were away for a while."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from webhook_receiver import webhook_receiver

from open311.database import db
from open311.steps.webhooks.pauses import DOWN_AFTER
from tests.webhooks.hooks import GRIDTOWN, Hooks, last_numbers


@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_server_that_was_away_catches_up(hooks: Hooks, number: int, figure: object) -> None:
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
    db.session.execute(
        text(
            "INSERT INTO service_requests SELECT (jsonb_populate_record(NULL::service_requests,"
            " to_jsonb(one) || jsonb_build_object('pk', nextval('service_requests_pk_seq'),"
            " 'service_request_id', :name || '-' || n))).* FROM (SELECT * FROM service_requests"
            " WHERE service_request_id = '26-0000003' AND jurisdiction_id = :here) one,"
            " generate_series(1, :number) n"
        ),
        {"name": name, "number": number, "here": GRIDTOWN},
    )
    db.session.commit()
