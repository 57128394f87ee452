"""Several lists that one statement reads, and one whose statement is built once."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.types import Date, DateTime

from open311.statements import Call, Statement

Rows = Select[*tuple[Any, ...]]
"""A statement that selects a list."""


class RowsAsJson:
    """Rows that a statement selects as one column, each an array of its values.

    The rows of a subquery are gathered in its order. JSON has no dates and times, so
    they are read again.
    """

    def __init__(self, rows: Rows) -> None:
        columns = rows.selected_columns
        part = rows.subquery()
        gathered = func.json_agg(func.json_build_array(*part.c))
        self.column: ColumnElement[Any] = select(
            func.coalesce(gathered, func.json_build_array())
        ).scalar_subquery()
        self._row = _row_of(part.c.keys())
        self._read = [_reader(column.type) for column in columns]

    def rows(self, gathered: Iterable[Sequence[Any]]) -> list[Any]:
        """Return the rows of the column's value, with their columns as attributes."""
        of_values = self._row
        return [
            of_values(*(read(value) for read, value in zip(self._read, row, strict=True)))
            for row in gathered
        ]


def _row_of(names: Sequence[str]) -> Callable[..., Any]:
    return cast("Callable[..., Any]", namedtuple("Row", names))


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, Date):
        return _read_day
    return _read_time if isinstance(kind, DateTime) else _as_it_is


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _read_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _as_it_is(value: Any) -> Any:
    return value


class NamedRows:
    """A list that is read so often that its statement is built and planned once."""

    def __init__(self, rows: Rows) -> None:
        self._statement = Statement(rows, prepared=True)
        self._row = _row_of(rows.selected_columns.keys())

    def read(self, **values: Any) -> list[Any]:
        """Read it in the transaction of the session; rows have their columns as attributes."""
        return [self._row(*row) for row in Call(self._statement, values).run()]


class Together:
    """Lists by name that one statement reads, all as of one moment."""

    def __init__(self, lists: Mapping[str, Rows]) -> None:
        self._lists = {name: RowsAsJson(rows) for name, rows in lists.items()}
        columns = (one.column.label(name) for name, one in self._lists.items())
        self._statement = Statement(select(*columns), prepared=True)

    def read(self, values: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Return the rows of each list, for the values of the parameters."""
        [found] = self._statement.read(values)
        pairs = zip(self._lists.items(), found, strict=True)
        return {name: one.rows(gathered) for (name, one), gathered in pairs}
