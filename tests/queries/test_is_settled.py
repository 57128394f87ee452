"""Whether a statement has read all changes that were made before it: never a wrong yes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask
from servers import wait_until

SNAPSHOT = "SELECT pg_current_snapshot()::text"
NOW = "SELECT is_settled(pg_current_snapshot())"
CHANGE = "UPDATE service_requests SET zipcode = '1' WHERE service_request_id = '26-0000003'"
WAITING = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 311"

PAUSE_BEFORE_THE_LOCKS = """
ALTER FUNCTION oldest_open_change() RENAME TO oldest_open_change_now;
CREATE FUNCTION oldest_open_change() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(311);
    RETURN oldest_open_change_now();
END
$$
"""


@pytest.fixture
def connections(app: Flask) -> Iterator[tuple[psycopg.Connection, psycopg.Connection]]:
    """A reader in autocommit, and a writer."""
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as reader, psycopg.connect(url) as writer:
        yield reader, writer


def value(connection: psycopg.Connection, statement: str, *values: Any) -> Any:
    [found] = connection.execute(statement, values).fetchone() or [None]
    return found


def test_nothing_open_is_settled(connections: tuple[psycopg.Connection, ...]) -> None:
    """Other tests, too, end transactions in this PostgreSQL: one of several answers is yes"""
    reader, _writer = connections
    assert wait_until(lambda: bool(value(reader, NOW)))


def test_an_open_change_is_not(connections: tuple[psycopg.Connection, ...]) -> None:
    reader, writer = connections
    writer.execute(CHANGE)
    assert value(reader, NOW) is False
    writer.commit()
    assert wait_until(lambda: bool(value(reader, NOW)))


def test_a_change_that_ended_since_the_statement_began_is_not(
    connections: tuple[psycopg.Connection, ...],
) -> None:
    reader, writer = connections
    writer.execute(CHANGE)
    began = value(reader, SNAPSHOT)
    writer.commit()
    assert value(reader, "SELECT is_settled(%s::pg_snapshot)", began) is False


def test_a_change_that_ends_while_open_ones_are_looked_for_is_not(
    connections: tuple[psycopg.Connection, ...],
) -> None:
    reader, writer = connections
    reader.execute(PAUSE_BEFORE_THE_LOCKS)
    writer.execute(CHANGE)
    with psycopg.connect(reader.info.dsn, autocommit=True) as gate, ThreadPoolExecutor(1) as pool:
        gate.execute("SELECT pg_advisory_lock(311)")
        asked = pool.submit(value, reader, NOW)
        assert wait_until(lambda: bool(gate.execute(WAITING).rowcount))
        writer.commit()
        gate.execute("SELECT pg_advisory_unlock(311)")
        assert asked.result() is False
