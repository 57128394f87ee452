"""Limits of what one address does on the website."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from open311.errors import TooManyReports
from open311.queries.residents.site import SiteInfo
from open311.web.counters import keep_counters
from open311.web.report_limits import Deed, check_allowance, count_deed
from open311.web.senders import sender_digests

MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0) + timedelta(days=1)


def site(**differing: Any) -> SiteInfo:
    usual: dict[str, Any] = {
        "jurisdiction_id": "gridtown.example",
        "api_key_id": 1,
        "host": None,
        "takes_reports": True,
        "color": "#000000",
        "logo": None,
        "languages": ["en"],
        "emergency_number": "911",
        "phone": "555-0100",
        "embed_origins": [],
        "reports_per_hour": 4,
        "reports_per_day": 10,
        "hold_words": [],
        "is_indexed": False,
        "texts": {},
    }
    return SiteInfo(**{**usual, **differing})


@pytest.fixture
def counting() -> Flask:
    app = Flask("counters")
    app.config.update(OPEN311_SECRET_KEY="s" * 32, OPEN311_RATE_LIMIT_STORAGE="memory://")
    keep_counters(app)
    return app


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the time, of counters and of keys."""

    class Clock(datetime):
        moment = MIDNIGHT

        @classmethod
        def now(cls, tz: Any = None) -> "Clock":
            return cls.fromtimestamp(cls.moment.timestamp(), tz)

    monkeypatch.setattr("open311.web.senders.datetime", Clock)
    monkeypatch.setattr(time, "time", lambda: Clock.moment.timestamp())

    def set_to(moment: datetime) -> None:
        Clock.moment = moment

    return set_to


def does(
    app: Flask, deed: Deed = "report", address: str = "192.0.2.1", city: Any = None, **how: bool
) -> str:
    """Do something from an address; return how it is taken: within, over, or refused."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        try:
            return "over" if count_deed(city or site(), deed, **how) else "within"
        except TooManyReports:
            return "refused"


def test_beyond_the_allowance_reports_are_marked_and_beyond_twice_refused(counting: Flask) -> None:
    taken = [does(counting) for _ in range(10)]
    assert taken == [*["within"] * 4, *["over"] * 4, *["refused"] * 2]
    assert does(counting, address="192.0.2.2") == "within"
    assert does(counting, city=site(jurisdiction_id="hilltown.example")) == "within"
    assert does(counting, deed="reaction") == "within"


def test_without_proof_of_work_it_is_half(counting: Flask) -> None:
    taken = [does(counting, has_proof=False) for _ in range(6)]
    assert taken == [*["within"] * 2, *["over"] * 2, *["refused"] * 2]
    assert does(counting) == "over"  # what was refused is not counted


def test_reactions_have_an_allowance_of_their_own(counting: Flask) -> None:
    taken = [does(counting, deed="reaction") for _ in range(61)]
    assert taken == [*["within"] * 30, *["over"] * 30, "refused"]
    assert does(counting) == "within"


def test_a_network_of_ipv6_counts_together(counting: Flask) -> None:
    taken = [does(counting, address=f"2001:db8:0:1::{number:x}") for number in range(9)]
    assert taken[-1] == "refused"
    assert does(counting, address="2001:db8:0:2::1") == "within"


def test_one_http_request_counts_once_however_often_it_is_tried(counting: Flask) -> None:
    with counting.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for _attempt in range(20):
            assert count_deed(site(), "report") is False
        for _attempt in range(100):
            assert count_deed(site(), "reaction") is False


def test_whether_an_address_is_refused_is_told_before_anything_counts(counting: Flask) -> None:
    with counting.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for _time in range(20):
            check_allowance(site(), "report")
    assert [does(counting) for _ in range(8)][-1] == "over"
    with counting.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        with pytest.raises(TooManyReports) as refused:
            check_allowance(site(), "report")
        assert 0 < refused.value.seconds <= 3600
        assert "555-0100" in str(refused.value)
        with pytest.raises(TooManyReports) as refused:
            check_allowance(site(phone=""), "report")
        assert "call" not in str(refused.value)


def test_midnight_does_not_start_the_count_again(counting: Flask, clock: Any) -> None:
    clock(MIDNIGHT - timedelta(minutes=10))
    assert [does(counting) for _ in range(6)][-1] == "over"
    clock(MIDNIGHT + timedelta(minutes=10))
    assert [does(counting) for _ in range(3)] == ["over", "over", "refused"]
    clock(MIDNIGHT + timedelta(minutes=80))
    assert does(counting) == "within"


def test_a_day_has_its_own_limit(counting: Flask, clock: Any) -> None:
    taken = []
    for hour in range(6):
        clock(MIDNIGHT + timedelta(hours=2 * hour))
        taken += [does(counting) for _ in range(4)]
    assert taken == [*["within"] * 10, *["over"] * 10, *["refused"] * 4]


def test_the_key_of_an_address_changes_daily(counting: Flask, clock: Any) -> None:
    found = []
    for day in range(3):
        clock(MIDNIGHT + timedelta(days=day, hours=1))
        with counting.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
            found.append(sender_digests())
    assert len(set(found[0] + found[1] + found[2])) == 4
    assert [found[1][1], found[2][1]] == [found[0][0], found[1][0]]
