"""Statements of tests on databases, over connections that stay open.

A new connection costs PostgreSQL more than most statements: it reads the catalog again.
"""

import threading
from collections import OrderedDict
from typing import Any

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]

MOST = 4
_connections: OrderedDict[tuple[str, int], Connection] = OrderedDict()
"""By database and thread, the one that was used last at the end."""


def rows_of(database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Execute a statement in a transaction of its own, and return its rows, if it has any."""
    connection = _connection(database)
    try:
        return _rows(connection, statement, values)
    except psycopg.OperationalError:
        if not connection.closed:
            raise
    return _rows(_connection(database), statement, values)  # a test ended the one before


def _rows(connection: Connection, statement: str, values: tuple[object, ...]) -> list[Any]:
    cursor = connection.execute(statement, values)  # type: ignore[arg-type]
    return cursor.fetchall() if cursor.description else []


def _connection(database: str) -> Connection:
    key = (database, threading.get_ident())
    if key not in _connections or _connections[key].closed:
        while len(_connections) >= MOST:
            _connections.popitem(last=False)[1].close()
        # A prepared statement would not outlive a change of its table.
        _connections[key] = psycopg.connect(database, autocommit=True, prepare_threshold=None)
    _connections.move_to_end(key)
    return _connections[key]


def close_connections() -> None:
    while _connections:
        _connections.popitem()[1].close()
