"""A list does not tell when it changed while a change is open: its time may be an earlier one.

Tests in other databases of the same server write as well: what is told is waited for.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from current_city import city_of
from flask import Flask
from servers import wait_until

from open311.database import end_reads
from open311.queries.city import City
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests import public
from open311.queries.search.criteria import EVERYTHING, Criteria

CHANGE = "UPDATE service_requests SET zipcode = '1' WHERE service_request_id = '26-0000003'"
NONE = Criteria(ids=("unknown",))

ADD = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, service_id, department_id,
        routing_reason, pinned, near_border, address_string, address_id, zipcode,
        description, media_url, answers, status, detailed_status, status_notes,
        requested_datetime, updated_datetime
    )
    SELECT jurisdiction_id, 'added', true, false, service_id, department_id, '', false,
        false, 'Main Street', '', '', '', '', '{}', 'open', 'open', '', now(), now()
    FROM service_requests WHERE service_request_id = '26-0000003'
"""

# A trigger after number_change, in the order of names: the times are set, and no row is written.
PAUSE = """
    CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(311);
        RETURN NEW;
    END
    $$;
    CREATE TRIGGER pause BEFORE INSERT ON service_requests FOR EACH ROW EXECUTE FUNCTION pause()
"""
WAITS = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 311 AND NOT granted"
NUMBER_CHANGE = "SELECT pg_get_functiondef('number_change()'::regprocedure)"
ASSIGN_ID = "PERFORM pg_current_xact_id();"


@pytest.fixture
def connect(app: Flask) -> Callable[[], psycopg.Connection]:
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    return lambda: psycopg.connect(url)


@pytest.fixture
def writer(connect: Callable[[], psycopg.Connection]) -> Iterator[psycopg.Connection]:
    with connect() as connection:
        yield connection


def of_list(criteria: Criteria = EVERYTHING) -> Sequence[object]:
    town, city = gridtown()
    return public.list_service_requests(city, town, criteria).changes


def of_one() -> Sequence[object]:
    town, city = gridtown()
    return public.get_service_request(city, town, "26-0000002")[1]


def gridtown() -> tuple[Scope, City]:
    """The town, without a transaction from reading it: each read asks for the next id."""
    town = get_jurisdiction("gridtown.example")
    city = city_of(town)
    end_reads()
    return town, city


@pytest.mark.parametrize("changes", [of_list, of_one])
def test_an_open_change_is_noticed(
    writer: psycopg.Connection, changes: Callable[[], Sequence[object]]
) -> None:
    """Also if no transaction ends after it began: a snapshot then does not list it as open"""
    assert wait_until(lambda: bool(changes()))
    writer.execute(CHANGE)
    assert not changes()
    writer.rollback()
    assert wait_until(lambda: bool(changes()))


def test_an_earlier_change_that_ends_later_is_noticed(
    writer: psycopg.Connection, connect: Callable[[], psycopg.Connection]
) -> None:
    writer.execute(CHANGE)
    with connect() as later:
        later.execute(CHANGE.replace("0003", "0002"))
    assert not of_list()
    writer.commit()
    assert wait_until(lambda: bool(of_list()))


def test_a_change_has_its_id_before_its_time(
    writer: psycopg.Connection, connect: Callable[[], psycopg.Connection]
) -> None:
    """With an id that comes with its row, it is not noticed before; a number may bring one."""

    def is_told_between() -> bool:
        """Return whether a list tells its change while another has its time, and no row yet."""
        with ThreadPoolExecutor() as pool, connect() as adding, connect() as watching:
            watching.execute("SELECT pg_advisory_lock(311)")
            pausing = pool.submit(adding.execute, ADD)
            assert wait_until(lambda: watching.execute(WAITS).fetchone() is not None)
            told = bool(of_list())
            watching.execute("SELECT pg_advisory_unlock(311)")
            pausing.result()
            adding.rollback()
        return told

    [function] = writer.execute(NUMBER_CHANGE).fetchone() or [""]
    assert ASSIGN_ID in function
    writer.execute(PAUSE)
    writer.commit()
    assert not is_told_between()
    assert not is_told_between()
    writer.execute(function.replace(ASSIGN_ID, ""))
    writer.commit()
    assert wait_until(is_told_between)


def test_a_list_without_rows_does_not_tell(
    writer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change may end after its rows were read, and before the head of the list is."""
    read = public.read_rows

    def end_then_read(*arguments: Any) -> Any:
        writer.commit()
        return read(*arguments)

    writer.execute(CHANGE)
    monkeypatch.setattr(public, "read_rows", end_then_read)
    assert not of_list(NONE)
    assert wait_until(lambda: bool(of_list()))
    assert not of_list(NONE)
