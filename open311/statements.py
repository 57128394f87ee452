"""Statements of hot paths: built by SQLAlchemy, compiled once, and run by psycopg.

SQLAlchemy builds a statement anew for each answer, which costs more than PostgreSQL takes for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg import Connection, RawCursor
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from open311.database import db

Row = tuple[Any, ...]

_ONE_PLAN = "SET plan_cache_mode = force_generic_plan"
_BEST_PLAN = "RESET plan_cache_mode"

# RawCursor passes parameters in this style on unchanged.
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def transaction_connection() -> Connection[Any]:
    """Return the connection of psycopg that the transaction of the session uses."""
    return cast("Connection[Any]", db.session.connection().connection.driver_connection)


class Statement:
    """A statement with named parameters.

    prepared keeps it in each connection; PostgreSQL then uses one plan for all values if that costs
    no more than plans for the values at hand. one_plan tells it to do so in any case: it does not
    know that the first rows of a range are enough. Statements about a map area need neither.
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
        cursor = RawCursor(connection)
        parameters = self.parameters(values)
        try:
            cursor.execute(self._text, parameters, prepare=self.is_prepared)
            return [] if cursor.rownumber is None else cursor.fetchall()
        except psycopg.Error as error:
            raise self._failure(error, is_lost=connection.closed) from error

    def read(self, values: Mapping[str, Any]) -> list[Row]:
        """Run it outside of any transaction, and return all rows.

        If the server has closed the connection, a new one is tried: nothing was written. The pool
        is emptied before, as its other connections are probably closed as well.

        If the session is in a transaction, it runs there: a thread that holds one connection must
        not wait for a second one, as there are fewer than threads.
        """
        if db.session.registry.has() and db.session().in_transaction():
            return self._run_with_plan(transaction_connection(), values)
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
            raise self._failure(error) from error
        connection = cast("Connection[Any]", pooled.driver_connection)
        try:
            connection.autocommit = True
            rows = self._run_with_plan(connection, values)
            connection.autocommit = False
        except BaseException:  # the next transaction must not commit each of its statements
            pooled.invalidate()
            raise
        finally:
            pooled.close()
        return rows

    def _run_with_plan(self, connection: Connection[Any], values: Mapping[str, Any]) -> list[Row]:
        if not self._one_plan:
            return self.run(connection, values)
        connection.execute(_ONE_PLAN)
        rows = self.run(connection, values)
        connection.execute(_BEST_PLAN)
        return rows

    def _failure(self, error: psycopg.Error, *, is_lost: bool = False) -> DBAPIError:
        """Return an error of psycopg as SQLAlchemy raises it, without the values."""
        failure = DBAPIError.instance(
            self._text,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=_DIALECT,
        )
        return cast("DBAPIError", failure)
