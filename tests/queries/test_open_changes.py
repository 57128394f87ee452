"""A list does not tell when it changed while a change is open: its time may be an earlier one."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from current_city import city_of
from flask import Flask

from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests import public
from open311.queries.requests.last_change import is_any_open
from open311.queries.search.criteria import EVERYTHING, Criteria

CHANGE = "UPDATE service_requests SET zipcode = '1' WHERE service_request_id = '26-0000003'"
NONE = Criteria(ids=("unknown",))


@pytest.fixture
def writer(app: Flask) -> Iterator[psycopg.Connection]:
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        yield connection


def changes(criteria: Criteria) -> Sequence[object]:
    town = get_jurisdiction("gridtown.example")
    return public.list_service_requests(city_of(town), town, criteria).changes


@pytest.mark.parametrize("criteria", [EVERYTHING, NONE])
def test_an_open_change_is_noticed(writer: psycopg.Connection, criteria: Criteria) -> None:
    assert not is_any_open()
    assert changes(criteria)
    writer.execute(CHANGE)
    assert is_any_open()
    assert not changes(criteria)
    writer.commit()
    assert not is_any_open()
    assert changes(criteria)


@pytest.mark.parametrize("name", ["read_page", "read_rows"])
@pytest.mark.parametrize("criteria", [EVERYTHING, NONE])
def test_a_change_that_ends_while_a_list_is_read_is_noticed(
    writer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, criteria: Criteria, name: str
) -> None:
    """Whether it ends before the page is read, or between the page and the head of an empty one"""
    read = getattr(public, name)

    def end_then_read(*arguments: Any) -> Any:
        writer.commit()
        return read(*arguments)

    writer.execute(CHANGE)
    monkeypatch.setattr(public, name, end_then_read)
    assert not changes(criteria)
