"""A second engine for reads: a standby, used if it has replayed what a client has seen.

Positions are those of PostgreSQL's log (LSN), as texts such as 0/3000148.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, LiteralString, NamedTuple, cast

from flask_sqlalchemy.session import Session
from psycopg import Connection
from sqlalchemy import Connection as SQLConnection
from sqlalchemy import Engine, PoolProxiedConnection, event

HAS_REPLICA = "open311_has_replica"
"""The execution option of an engine whose positions are given to clients."""

_PATIENCE = 0.02
"""Seconds to wait until a position is replayed."""

_PAUSE = 0.002

_CHECKED_EVERY = 1
"""Seconds after which a connection is asked again how far behind its host is."""

_CHECKED = "checked"

_IS_THERE: LiteralString = (
    "SELECT NOT pg_is_in_recovery() OR ("
    "pg_last_wal_replay_lsn() >= %s::pg_lsn AND coalesce(clock_timestamp() - "
    "pg_last_xact_replay_timestamp() < interval '10 seconds', false))"
)
"""Whether a host has replayed a position, and is not more than ten seconds behind."""

_START = "0/0"


class Behind(Exception):
    """The standby has not replayed what the client has seen, or is too far behind."""


class _Reads(NamedTuple):
    """Where to read from; without an engine, from the primary, beside what reads from a standby."""

    engine: Engine | None
    seen: str | None = None


_reads: ContextVar[_Reads | None] = ContextVar("reads_of_replica", default=None)

written: ContextVar[str | None] = ContextVar("position_of_last_commit", default=None)
"""The position after the last commit of this thread; empty if it could not be read."""


class RoutedSession(Session):
    """A session whose next transaction is on the standby, inside of on_replica."""

    def get_bind(self, *arguments: Any, **named: Any) -> Engine | SQLConnection:
        reads = _reads.get()
        if reads is None or reads.engine is None:
            return super().get_bind(*arguments, **named)
        return reads.engine


def reading_engine(primary: Engine) -> Engine:
    """Return the engine for reads at this moment."""
    reads = _reads.get()
    return primary if reads is None or reads.engine is None else reads.engine


def is_beside() -> bool:
    """Return whether the primary is read beside a transaction on the standby."""
    reads = _reads.get()
    return reads is not None and reads.engine is None


@contextmanager
def on_replica(engine: Engine, seen: str | None) -> Iterator[None]:
    """Read from a standby during the block; seen is a position that it must have replayed.

    Reads raise Behind if it has not. The session must be in no transaction, before and after.
    """
    token = _reads.set(_Reads(engine, seen))
    try:
        yield
    finally:
        _reads.reset(token)


@contextmanager
def on_primary() -> Iterator[None]:
    """Read from the primary during the block."""
    token = _reads.set(None if _reads.get() is None else _Reads(None))
    try:
        yield
    finally:
        _reads.reset(token)


def check_replayed(pooled: PoolProxiedConnection) -> None:
    """Raise Behind if a connection leads to a host that has not replayed what it must.

    Each connection is asked: those of a pool may lead to several hosts.
    """
    reads = _reads.get()
    if reads is None or reads.engine is None:
        return
    now = time.monotonic()
    if reads.seen is None and now - pooled.info.get(_CHECKED, 0) < _CHECKED_EVERY:
        return
    connection = cast("Connection[Any]", pooled.driver_connection)
    if not connection.autocommit:
        connection.autocommit = True
    while not _is_there(connection, reads.seen or _START):
        if reads.seen is None or time.monotonic() - now > _PATIENCE:
            raise Behind
        time.sleep(_PAUSE)
    pooled.info[_CHECKED] = now


def _is_there(connection: Connection[Any], position: str) -> bool:
    row = connection.execute(_IS_THERE, [position]).fetchone()
    return bool(row and row[0])


def check_transactions(engine: Engine) -> None:
    """Let each transaction of an engine begin with check_replayed."""

    def begin(connection: SQLConnection) -> None:
        check_replayed(connection.connection)

    event.listen(engine, "begin", begin)
