"""Statements of hot paths: built by SQLAlchemy, compiled once, and run by psycopg.

SQLAlchemy builds a statement anew for each answer, which costs more than PostgreSQL takes for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg import Connection, RawCursor
from sqlalchemy import ClauseElement, Engine, event
from sqlalchemy import Connection as SQLConnection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from open311.database import db

Row = tuple[Any, ...]

_PLANS = {True: "SET plan_cache_mode = force_generic_plan", False: "RESET plan_cache_mode"}

_HAS_ONE_PLAN = "has one plan"
"""Whether the mode of a connection is one plan: a key of what the pool keeps about it."""

# RawCursor passes parameters in this style on unchanged.
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def transaction_connection() -> Connection[Any]:
    """Return the connection of psycopg that the transaction of the session uses."""
    return cast("Connection[Any]", db.session.connection().connection.driver_connection)


def plan_in_transactions(engine: Engine) -> None:
    """Let PostgreSQL plan as usual in transactions, on connections whose last list had one plan."""

    def begin(connection: SQLConnection) -> None:
        if connection.info.get(_HAS_ONE_PLAN):
            driver = cast("Connection[Any]", connection.connection.driver_connection)
            _execute(driver, "SET LOCAL plan_cache_mode = auto")

    event.listen(engine, "begin", begin)


def _execute(
    connection: Connection[Any],
    statement: str,
    parameters: Sequence[Any] | None = None,
    *,
    prepared: bool = False,
) -> list[Row]:
    cursor = RawCursor(connection)
    try:
        cursor.execute(statement, parameters, prepare=prepared)
        return [] if cursor.rownumber is None else cursor.fetchall()
    except psycopg.Error as error:
        raise _failure(statement, error, is_lost=connection.closed) from error


def _failure(statement: str, error: psycopg.Error, *, is_lost: bool = False) -> DBAPIError:
    """Return an error of psycopg as SQLAlchemy raises it, without the values."""
    failure = DBAPIError.instance(
        statement,
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
    transactions: it does not know that the first rows of a range are enough. Statements about a map
    area need neither.
    """

    def __init__(self, statement: ClauseElement, *, prepared: bool, one_plan: bool = False) -> None:
        compiled = cast("SQLCompiler", statement.compile(dialect=_DIALECT))
        self._text = compiled.string
        if "POSTCOMPILE" in self._text:
            raise TypeError("A list in IN has no fixed number of parameters: compare with ANY.")
        self._names: Sequence[str] = compiled.positiontup or ()
        self._constants: Mapping[str, Any] = compiled.params
        self.is_prepared = prepared
        self._one_plan = one_plan

    def __str__(self) -> str:
        return self._text

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters $1, $2, … for values by name."""
        known = {**self._constants, **values}
        return [known[name] for name in self._names]

    def run(self, connection: Connection[Any], values: Mapping[str, Any]) -> list[Row]:
        """Run it on a connection of psycopg, and return all rows.

        Raises what SQLAlchemy raises for a failure.
        """
        parameters = self.parameters(values)
        return _execute(connection, self._text, parameters, prepared=self.is_prepared)

    def read(self, values: Mapping[str, Any]) -> list[Row]:
        """Run it outside of any transaction, and return all rows.

        If the server has closed the connection, a new one is tried: nothing was written. The pool
        is emptied before, as its other connections are probably closed as well.

        If the session is in a transaction, it runs there: a thread that holds one connection must
        not wait for a second one, as there are fewer than threads.
        """
        if db.session.registry.has() and db.session().in_transaction():
            return self.run(transaction_connection(), values)
        try:
            return self._read(values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            db.engine.dispose()
        return self._read(values)

    def _read(self, values: Mapping[str, Any]) -> list[Row]:
        try:
            pooled = db.engine.raw_connection()
        except psycopg.Error as error:
            raise _failure(self._text, error) from error
        connection = cast("Connection[Any]", pooled.driver_connection)
        try:
            connection.autocommit = True
            if pooled.info.get(_HAS_ONE_PLAN, False) != self._one_plan:
                _execute(connection, _PLANS[self._one_plan])
                pooled.info[_HAS_ONE_PLAN] = self._one_plan
            rows = self.run(connection, values)
            connection.autocommit = False
        except BaseException:  # the next transaction must not commit each of its statements
            pooled.invalidate()
            raise
        finally:
            pooled.close()
        return rows
