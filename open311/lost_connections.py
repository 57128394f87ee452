"""What a pool does when the database has gone, or turns out to be one that is only read."""

import time
from typing import Any

import psycopg
from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

READ_ONLY = "25006"
"""The state of a write to a standby, such as a primary that was replaced (PostgreSQL, Appendix A).
"""

_GONE = ("08", "57P01", "57P02", "57P03")
"""Starts of states of a connection that is lost, or of a server that ends or begins."""

RECENT = 1
"""Seconds after its last use in which a connection is taken to be alive."""


def means_loss(error: BaseException | None) -> bool:
    """Return whether an error of psycopg says that its connection is of no more use."""
    state = getattr(error, "sqlstate", None) or ""
    return state == READ_ONLY or state.startswith(_GONE)


def give_up(engine: Engine, connection: psycopg.Connection[Any], error: psycopg.Error) -> bool:
    """Return whether a connection is lost; if so, its pool is emptied.

    The other connections are probably lost as well, or lead to the same server.
    """
    if means_loss(error):
        connection.close()
    if connection.closed:
        engine.dispose()
    return connection.closed


def replace_lost_connections(engine: Engine) -> None:
    """Empty the pool when one of its connections is lost, or cannot be written to.

    The next one then goes to the host that can be. One that was idle for a while is asked before
    its use. SQLAlchemy's pool_pre_ping would ask at each use, which costs a third of a short
    answer.
    """

    def note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    def check(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", 0) < RECENT:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error

    def notice(context: ExceptionContext) -> None:
        if means_loss(context.original_exception):
            context.is_disconnect = True

    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", check)
    event.listen(engine, "handle_error", notice)
