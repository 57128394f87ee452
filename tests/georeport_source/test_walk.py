"""Walking through servers that page, cap, repeat and ignore, until all is there."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from foreign_server import NOT_FOUND, Answerer, Reply, foreign_server

from open311.errors import SourceFailed
from open311.georeport_source import service_requests
from open311.georeport_source.fetch import RemoteServer
from open311.georeport_source.service_requests import Fetched, walk
from open311.georeport_source.windows import Window
from open311.outgoing import outgoing_session

START = datetime(2026, 1, 1, tzinfo=UTC)
PERIOD = Window(START, START + timedelta(days=28))


def row(number: int, requested: datetime) -> dict[str, Any]:
    return {
        "service_request_id": number,
        "service_code": "LAMP",
        "requested_datetime": requested.isoformat(),
        "address": "1 Street",
    }


@dataclass
class City:
    """A server with a request every so often, newest first, that answers as some servers do."""

    count: int = 120
    most_rows: int = 1000
    pages: bool = False
    past_the_end: str = "empty"
    honours_dates: bool = True
    end_is_included: bool = True
    rows: list[dict[str, Any]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        step = timedelta(days=28) / max(self.count, 1)
        moments = (START + number * step for number in range(self.count))
        self.rows = [row(number, moment) for number, moment in enumerate(moments)][::-1]

    def __call__(self, path: str, parameters: dict[str, str]) -> Reply:
        if not path.endswith(".json"):
            return NOT_FOUND
        start, end = (
            datetime.fromisoformat(parameters[f"{name}_date"]) for name in ("start", "end")
        )
        found = [row for row in self.rows if self._is_wanted(row, start, end)]
        page = int(parameters.get("page", 1)) if self.pages else 1
        here = found[(page - 1) * self.most_rows : page * self.most_rows]
        if here or not found:
            return Reply(here)
        if self.past_the_end == "last":
            return Reply(found[-(len(found) % self.most_rows or self.most_rows) :])
        return NOT_FOUND if self.past_the_end == "404" else Reply([])

    def _is_wanted(self, row: dict[str, Any], start: datetime, end: datetime) -> bool:
        moment = datetime.fromisoformat(row["requested_datetime"])
        before = moment <= end if self.end_is_included else moment < end
        return not self.honours_dates or (start <= moment and before)


def fetch_all(answer: Answerer, days: int = 7) -> tuple[list[Fetched], list[dict[str, str]]]:
    """Give what was fetched, and the parameters of each HTTP request."""
    with foreign_server(answer) as server, outgoing_session(allow_private=True) as session:
        fetched = list(walk(RemoteServer(session, server.address), PERIOD, days, UTC))
    return fetched, server.asked_for_rows


def ids_of(fetched: list[Fetched]) -> set[int]:
    return {int(row.service_request_id) for window in fetched for row in window.rows}


@pytest.mark.parametrize(
    "city",
    [
        City(),
        City(pages=True, most_rows=500),
        City(pages=True, most_rows=7),
        City(pages=True, most_rows=10, past_the_end="last"),
        City(pages=True, most_rows=10, past_the_end="404"),
        City(pages=True, most_rows=30, past_the_end="last"),
        City(most_rows=10),
        City(most_rows=20, end_is_included=False),
        City(count=1000, most_rows=50),
        City(count=0),
        City(count=3),
    ],
    ids=repr,
)
def test_every_row_is_found_and_windows_follow_one_another(city: City) -> None:
    fetched, _asked = fetch_all(city)
    assert ids_of(fetched) == set(range(city.count))
    assert all(window.complete for window in fetched)
    assert fetched[0].window.start == PERIOD.start
    assert fetched[-1].window.end == PERIOD.end
    for before, after in itertools.pairwise(fetched):
        assert before.window.end == after.window.start


def test_pages_are_asked_for_one_after_the_other_until_one_is_empty() -> None:
    _fetched, asked = fetch_all(City(count=12, pages=True, most_rows=5), days=28)
    assert [parameters.get("page") for parameters in asked] == [None, "2", "3", "4"]
    assert {parameters["page_size"] for parameters in asked} == {"500"}
    assert asked[0]["start_date"] == "2026-01-01T00:00:00Z"
    assert asked[0]["end_date"] == "2026-01-29T00:00:00Z"


def test_a_server_that_ignores_dates_is_not_asked_for_ever_smaller_windows() -> None:
    fetched, asked = fetch_all(City(count=100, most_rows=50, honours_dates=False))
    assert ids_of(fetched) == set(range(50, 100))
    assert not any(window.complete for window in fetched)
    assert len(asked) == 8


def test_a_server_that_answers_the_same_to_any_window_is_asked_a_few_times_more() -> None:
    moment = START + timedelta(days=3)
    fetched, asked = fetch_all(
        lambda _path, _parameters: Reply([row(number, moment) for number in range(10)])
    )
    assert ids_of(fetched) == set(range(10))
    assert len(asked) < 300


def test_rows_of_one_second_that_are_cut_off_are_told() -> None:
    moment = START + timedelta(days=3)

    def answer(_path: str, parameters: dict[str, str]) -> Reply:
        holds = parameters["start_date"] <= moment.strftime("%FT%TZ") <= parameters["end_date"]
        return Reply([row(number, moment) for number in range(10)] if holds else [])

    fetched, asked = fetch_all(answer)
    assert ids_of(fetched) == set(range(10))
    assert not all(window.complete for window in fetched)
    assert len(asked) < 150


@pytest.mark.parametrize(
    "next_row",
    [
        lambda number: row(number, START + timedelta(days=3)),
        lambda number: row(number, START - timedelta(days=number)),
        lambda number: {"rows": number},
    ],
)
def test_pages_without_an_end_come_to_one(
    next_row: Callable[[int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_requests, "MOST_PAGES", 3)
    numbers = itertools.count()
    fetched, asked = fetch_all(lambda _path, _parameters: Reply([next_row(next(numbers))]), days=28)
    assert not any(window.complete for window in fetched)
    assert len(asked) < 1000


def test_rows_that_come_twice_are_taken_once_and_those_without_id_are_kept() -> None:
    rows = [row(1, START), row(1, START), {"status": "open"}, {"status": "closed"}]
    [fetched], _asked = fetch_all(lambda _path, _parameters: Reply(rows), days=28)
    assert len(fetched.rows) == 1
    assert [skipped.reason for skipped in fetched.skipped] == 2 * ["no service_request_id"]


@pytest.mark.parametrize("broken", [Reply(b"[{", 200), Reply(b"", 500), Reply(b"", 401)])
def test_a_page_that_fails_is_not_taken_for_the_end(broken: Reply) -> None:
    def answer(_path: str, parameters: dict[str, str]) -> Reply:
        return broken if "page" in parameters else Reply([row(1, START)])

    with pytest.raises(SourceFailed, match=r"/requests\.json "):
        fetch_all(answer)


@pytest.mark.parametrize("status", [400, 404])
def test_a_server_that_refuses_pages_may_cut_off_all_the_same(status: int) -> None:
    city = City(most_rows=10)

    def answer(path: str, parameters: dict[str, str]) -> Reply:
        return Reply(b"", status) if "page" in parameters else city(path, parameters)

    fetched, _asked = fetch_all(answer)
    assert ids_of(fetched) == set(range(city.count))


def test_an_answer_that_cannot_be_read_stops_the_walk() -> None:
    with pytest.raises(SourceFailed, match=r"/requests\.json is not JSON\. The response of "):
        fetch_all(lambda _path, _parameters: Reply(b"<html><p>Welcome</p></html>"))
