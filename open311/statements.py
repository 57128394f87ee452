"""Statements of hot paths: built by SQLAlchemy, compiled once, and run by psycopg.

SQLAlchemy builds a statement anew for each answer, which costs more than PostgreSQL takes for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, cast

import orjson
import psycopg
from psycopg import Connection, RawCursor
from psycopg.errors import PipelineAborted
from psycopg.pq import PipelineStatus, TransactionStatus
from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    Engine,
    PoolProxiedConnection,
    Text,
    column,
    event,
    func,
    literal,
)
from sqlalchemy import Connection as SQLConnection
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql.compiler import SQLCompiler

from open311.database import POOLED, db, end_reads
from open311.lost_connections import give_up
from open311.replica import HAS_REPLICA, check_replayed, is_beside, reading_engine, written

Row = tuple[Any, ...]

_ONE_PLAN = (b"SET LOCAL plan_cache_mode = force_generic_plan", b"SET LOCAL enable_sort = off")
_MANY_PLANS = b"SET LOCAL plan_cache_mode = auto; SET LOCAL enable_sort = on"
PLANS = {
    True: b"SET plan_cache_mode = force_generic_plan; SET enable_sort = off",
    False: b"RESET plan_cache_mode; RESET enable_sort",
}
"""How a connection plans, by whether a statement has one plan for all values."""

_HAS_ONE_PLAN = "has one plan"
"""Whether the mode of a connection is one plan: a key of what the pool keeps about it."""

# RawCursor passes parameters in this style on unchanged.
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def transaction_connection() -> Connection[Any]:
    """Return the connection of psycopg that the transaction of the session uses."""
    return cast("Connection[Any]", db.session.connection().connection.driver_connection)


def prepare_transactions(engine: Engine) -> None:
    """Let transactions begin as usual on connections that statements have used alone before.

    Such a connection commits each statement, and its last list may have had one plan. It stays so
    until a transaction needs it, as most answers need none.
    """

    def begin(connection: SQLConnection) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return
        driver = cast("Connection[Any]", connection.connection.driver_connection)
        if driver.autocommit:
            driver.autocommit = False
        if connection.info.get(_HAS_ONE_PLAN):
            _execute(driver, _MANY_PLANS)

    event.listen(engine, "begin", begin)


def _execute(
    connection: Connection[Any],
    statement: bytes,
    parameters: Sequence[Any] | None = None,
    *,
    prepared: bool = False,
) -> RawCursor[Row]:
    """Run a statement, or add it to the pipeline of the connection, whose end has the results."""
    cursor = RawCursor(connection)
    try:
        cursor.execute(statement, parameters, prepare=prepared)
    except psycopg.Error as error:
        if connection.pgconn.pipeline_status != PipelineStatus.OFF:
            raise  # its end would fail on a closed connection
        is_lost = give_up(reading_engine(db.engine), connection, error)
        raise _failure(statement, error, is_lost=is_lost) from error
    return cursor


def _rows(cursor: RawCursor[Row]) -> list[Row]:
    return [] if cursor.rownumber is None else cursor.fetchall()


def _failure(statement: bytes, error: psycopg.Error, *, is_lost: bool = False) -> DBAPIError:
    """Return an error of psycopg as SQLAlchemy raises it, without the values."""
    failure = DBAPIError.instance(
        statement.decode(),
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=_DIALECT,
    )
    return cast("DBAPIError", failure)


class Statement:
    """A statement with named parameters.

    prepared keeps it in each connection; PostgreSQL then uses one plan for all values if that costs
    no more than plans for the values at hand. one_plan tells it to do so in any case, outside of
    transactions, and to read along an index without sorting: it takes any range for a 200th of the
    table, so it would read and sort a whole range for a page of more rows. Statements about a map
    area need neither.
    """

    def __init__(self, statement: ClauseElement, *, prepared: bool, one_plan: bool = False) -> None:
        compiled = cast("SQLCompiler", statement.compile(dialect=_DIALECT))
        self.text = compiled.string.encode()  # psycopg would encode and hash it for each answer
        if b"POSTCOMPILE" in self.text:
            raise TypeError("A list in IN has no fixed number of parameters: compare with ANY.")
        self._names: Sequence[str] = compiled.positiontup or ()
        self._constants: Mapping[str, Any] = compiled.params
        self.is_prepared = prepared
        self.has_one_plan = one_plan

    def __str__(self) -> str:
        return self.text.decode()

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters $1, $2, … for values by name."""
        known = {**self._constants, **values}
        return [known[name] for name in self._names]

    def run(self, connection: Connection[Any], values: Mapping[str, Any]) -> list[Row]:
        """Run it on a connection of psycopg, and return all rows.

        Raises what SQLAlchemy raises for a failure.
        """
        return _rows(self.send(connection, values))

    def send(self, connection: Connection[Any], values: Mapping[str, Any]) -> RawCursor[Row]:
        """Run it on a connection of psycopg, whose pipeline may delay it."""
        parameters = self.parameters(values)
        return _execute(connection, self.text, parameters, prepared=self.is_prepared)

    def read(self, values: Mapping[str, Any]) -> list[Row]:
        """Run it outside of any transaction, and return all rows.

        If the server has closed the connection, a new one is tried: nothing was written. The pool
        is emptied before, as its other connections are probably closed as well.

        If the session is in a transaction, it runs there: a thread that holds one connection must
        not wait for a second one, as there are fewer than threads.
        """
        if not is_beside() and db.session.registry.has() and db.session().in_transaction():
            return self.run(transaction_connection(), values)
        try:
            return self._read(values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return self._read(values)

    def _read(self, values: Mapping[str, Any]) -> list[Row]:
        engine = reading_engine(db.engine)
        with _own_connection(self.text, engine) as pooled:
            check_replayed(pooled)
            connection = cast("Connection[Any]", pooled.driver_connection)
            if engine.get_execution_options().get(POOLED):
                return self._run_pooled(connection, values)
            if pooled.info.get(_HAS_ONE_PLAN, False) != self.has_one_plan:
                _execute(connection, PLANS[self.has_one_plan])
                pooled.info[_HAS_ONE_PLAN] = self.has_one_plan
            return self.run(connection, values)

    def _run_pooled(self, connection: Connection[Any], values: Mapping[str, Any]) -> list[Row]:
        """Run it where the next transaction may have another connection of the server."""
        if not self.has_one_plan:
            return self.run(connection, values)
        with _pipeline(connection, self.text, reading_engine(db.engine)):
            _execute(connection, b"BEGIN")
            for setting in _ONE_PLAN:
                _execute(connection, setting)
            cursor = self.send(connection, values)
            _execute(connection, b"COMMIT")
        return _rows(cursor)


def sent_rows(columns: Iterable[Column[Any]], rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as a table with the names and types of columns, sent as one value."""
    return sent_table(columns, literal(rows_as_json(rows), Text))


def rows_as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def sent_table(columns: Iterable[Column[Any]], json: ColumnElement[str]) -> Any:
    """Return the rows of rows_as_json as a table with the names and types of columns."""
    typed = (column(one.name, one.type) for one in columns)
    sent = func.jsonb_to_recordset(json.cast(JSONB)).table_valued(*typed, name="sent")
    return sent.render_derived(name="sent", with_types=True)


class Call(NamedTuple):
    """A statement with the values of its parameters."""

    statement: Statement
    values: Mapping[str, Any]

    def run(self) -> list[Row]:
        """Run it in the transaction of the session, and return all rows."""
        return self.statement.run(transaction_connection(), self.values)


def commit_at_once(calls: Sequence[Call]) -> list[list[Row]]:
    """Run statements as a transaction of their own, and return the rows of each.

    All are sent together, so it takes one round trip. One alone is a transaction without more, and
    costs half as much as two. PostgreSQL commits where the pipeline ends, or stores nothing. Each
    statement sees what was committed before it began, as in any transaction. The session must have
    nothing to commit: its transaction ends, since a thread has one connection at a time. Raises
    what SQLAlchemy raises for a failure.
    """
    end_reads()
    with _own_connection(calls[-1].statement.text, db.engine) as pooled:
        connection = cast("Connection[Any]", pooled.driver_connection)
        if len(calls) == 1:
            found = [calls[0].statement.run(connection, calls[0].values)]
        else:
            found = _run_in_pipeline(connection, calls)
    note_position()
    return found


def _run_in_pipeline(connection: Connection[Any], calls: Sequence[Call]) -> list[list[Row]]:
    with _pipeline(connection, calls[-1].statement.text, db.engine):
        cursors = [call.statement.send(connection, call.values) for call in calls]
    return [_rows(cursor) for cursor in cursors]


_POSITION = b"SELECT pg_current_wal_insert_lsn()::text"


def note_position() -> None:
    """Note the position of the log after a commit, if there is a standby to read from."""
    if not db.engine.get_execution_options().get(HAS_REPLICA):
        return
    written.set("")  # what was committed stays so if this fails
    with suppress(SQLAlchemyError), _own_connection(_POSITION, db.engine) as pooled:
        connection = cast("Connection[Any]", pooled.driver_connection)
        [[position]] = _rows(_execute(connection, _POSITION))
        written.set(position)


@contextmanager
def _pipeline(connection: Connection[Any], what: bytes, engine: Engine) -> Iterator[None]:
    """Send the statements of the block together; raise a failure as SQLAlchemy raises it."""
    try:
        with connection.pipeline():
            yield
    except psycopg.Error as error:
        cause = _cause_of(error)
        is_lost = give_up(engine, connection, cause)
        raise _failure(what, cause, is_lost=is_lost) from error


def _cause_of(error: psycopg.Error) -> psycopg.Error:
    """Return the failure of a pipeline, where others are only that they came after it."""
    while isinstance(error, PipelineAborted) and isinstance(error.__context__, psycopg.Error):
        error = error.__context__
    return error


@contextmanager
def _own_connection(what: bytes, engine: Engine) -> Iterator[PoolProxiedConnection]:
    """Yield a connection without a transaction, for the statement what."""
    try:
        pooled = engine.raw_connection()
    except psycopg.Error as error:
        raise _failure(what, error) from error
    connection = cast("Connection[Any]", pooled.driver_connection)
    try:
        if not connection.autocommit:  # it stays so: see prepare_transactions
            connection.autocommit = True
        yield pooled
    finally:
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            pooled.invalidate()
        pooled.close()
