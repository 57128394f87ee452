"""Counters of failed sign-ins: what is one address, and how long one is known."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from open311.errors import SignInDelayed, SignInRefused
from open311.messages.people import SIGN_IN_WRONG
from open311.web.counters import keep_counters
from open311.web.sign_in_limits import PASSWORDS, limited, remember_address

DAY = 24 * 3600


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("counters")
    app.config.update(OPEN311_SECRET_KEY="s" * 32, OPEN311_RATE_LIMIT_STORAGE="memory://")
    keep_counters(app)
    with app.app_context():
        yield app


def refuse() -> None:
    raise SignInRefused(SIGN_IN_WRONG)


def guess(app: Flask, address: str, name: str) -> None:
    with (
        app.test_request_context(environ_base={"REMOTE_ADDR": address}),
        pytest.raises(SignInRefused),
    ):
        limited(PASSWORDS, name, refuse)


def is_let_in(app: Flask, address: str, name: str) -> bool:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        try:
            return limited(PASSWORDS, name, lambda: True)
        except SignInDelayed:
            return False


def test_ipv4_clients_of_a_server_for_ipv6_are_counted_apart(app: Flask) -> None:
    for number in range(30):
        guess(app, "::ffff:198.51.100.1", f"name {number}")
    assert not is_let_in(app, "::ffff:198.51.100.1", "owner")
    assert not is_let_in(app, "198.51.100.1", "owner")
    assert is_let_in(app, "::ffff:198.51.100.2", "owner")


def test_an_address_is_known_for_a_month_after_the_last_sign_in(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = time.time()
    for day in (0, 20):
        monkeypatch.setattr(time, "time", lambda day=day: begin + day * DAY)
        with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
            remember_address("owner")
    monkeypatch.setattr(time, "time", lambda: begin + 40 * DAY)
    for number in range(20):
        guess(app, f"198.51.100.{number}", "owner")
    assert not is_let_in(app, "203.0.113.1", "owner")
    assert is_let_in(app, "192.0.2.1", "owner")
    monkeypatch.setattr(time, "time", lambda: begin + 51 * DAY)
    for number in range(20):
        guess(app, f"198.51.100.{number}", "owner")
    assert not is_let_in(app, "192.0.2.1", "owner")
