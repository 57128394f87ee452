"""Time that an HTTP request waits for the database, for the lines of the log.

psycopg waits for each answer of the server in one place, whoever sends the statement: SQLAlchemy, a
statement of a hot path, or a commit. Counting there costs less than a microsecond.
"""

import threading
from collections.abc import Sequence
from time import perf_counter_ns
from typing import Any, NamedTuple

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import Engine, event


class DatabaseTime(NamedTuple):
    """Whole milliseconds, and the number of answers waited for: one for each round trip."""

    ms: int
    trips: int


class _Spent(threading.local):
    nanoseconds = 0
    trips = 0


_spent = _Spent()


class TimedConnection(psycopg.Connection[Any]):
    """A connection that counts for its thread how long it waits."""

    def wait(self, gen: PQGen[RV], *arguments: Any, **options: Any) -> RV:
        """Wait for an answer, or for the end of a pipeline."""
        began = perf_counter_ns()
        try:
            return super().wait(gen, *arguments, **options)
        finally:
            _spent.nanoseconds += perf_counter_ns() - began
            _spent.trips += 1


def time_connections(engine: Engine) -> None:
    """Let an engine make connections that count."""

    def connect(
        _dialect: object, _record: object, arguments: Sequence[Any], options: dict[str, Any]
    ) -> TimedConnection:
        return TimedConnection.connect(*arguments, **options)

    event.listen(engine, "do_connect", connect)


def take_database_time() -> DatabaseTime:
    """Return what this thread has waited since the last call, which ended the request before."""
    taken = DatabaseTime(_spent.nanoseconds // 1_000_000, _spent.trips)
    _spent.nanoseconds = _spent.trips = 0
    return taken
