"""Tables of a seed folder: each row checked, each problem with its line, and nothing twice."""

import tomllib
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from geo.errors import GeoError
from geo.tables.rows import Table
from open311.errors import Open311Error
from open311.messages.message import Message
from open311.messages.problem import Problem, problems_in
from open311.messages.seeds import (
    SEED_FILE_MISSING,
    SEED_MISSING_COLUMNS,
    SEED_NOT_TOML,
    SEED_PROBLEM,
    SEED_REPEATED,
    SEED_UNKNOWN_COLUMN,
    SEED_UNKNOWN_VALUE,
)
from open311.seed_folder.source import TABLE_ERRORS, SeedSource

Key = TypeVar("Key", bound=Hashable)
Rows = list[tuple[str, dict[str, Any]]]
"""Rows with the location of each in the folder, such as "services.csv, line 5"."""


@dataclass
class Problems:
    """The problems of a folder, collected so that a clerk sees all of them at once.

    lost are the cells of rows that cannot be used, by table; None is a whole table. What refers to
    them is not a problem of its own.
    """

    found: list[Problem] = field(default_factory=list)
    lost: dict[str, set[str] | None] = field(default_factory=dict)

    def add(self, place: str, message: Message, **values: Any) -> None:
        """Add a problem with its file and line."""
        self.take(place, Problem(message, values))

    def take(self, place: str, problem: Problem) -> None:
        """Add a problem that geo or schemas found."""
        self.found.append(Problem(SEED_PROBLEM, {"place": place, "problem": problem}))

    def take_error(self, error: Exception) -> None:
        """Add what is wrong with a whole table; its problem names the place."""
        if isinstance(error, GeoError):
            self.found.append(Problem.of(error))
        elif isinstance(error, Open311Error):
            self.found.extend(error.problems)

    def lose(self, table: str, cells: Collection[str] | None = None) -> None:
        """Remember a row that cannot be used by its cells, or a whole table."""
        so_far = self.lost.get(table, set())
        self.lost[table] = None if cells is None or so_far is None else {*so_far, *cells}

    def has_lost(self, table: str, value: Any = None) -> bool:
        """Return whether a value may be in a row that cannot be used; None asks for any row."""
        lost = self.lost.get(table, set())
        return lost is None or (bool(lost) if value is None else str(value) in lost)


def read_table(source: SeedSource, name: str, schema: Schema, problems: Problems) -> Rows:
    """Read a table that a folder must have; unusable rows are added to problems."""
    if not source.has(name):
        if not source.problems:  # it may be in a workbook that cannot be read
            problems.add(f"{name}.csv", SEED_FILE_MISSING)
        problems.lose(name)
        return []
    try:
        table = source.read_table(name, list(schema.fields))
    except TABLE_ERRORS as error:
        problems.take_error(error)
        table = None
    if table is None or not _has_its_columns(table, schema, problems):
        problems.lose(name)
        return []
    rows: Rows = []
    for number, cells in table.rows:
        place = table.place(number)
        try:
            known = {column: cell for column, cell in cells.items() if column in schema.fields}
            rows.append((place, dict(schema.load(known))))
        except ValidationError as error:
            problems.lose(name, [cell for cell in cells.values() if cell])
            for problem in problems_in(error, list(schema.fields)):
                problems.take(place, problem)
    return rows


def read_optional_table(source: SeedSource, name: str, schema: Schema, problems: Problems) -> Rows:
    """Read a table; empty if the folder does not have it."""
    return read_table(source, name, schema, problems) if source.has(name) else []


def _has_its_columns(table: Table, schema: Schema, problems: Problems) -> bool:
    """Return whether a table has the columns that it needs; add a problem for each wrong one."""
    place, known = table.place(table.header), list(schema.fields)
    for column in table.columns:
        if column not in known:
            nearest = get_close_matches(column, known, n=1)
            problems.add(place, SEED_UNKNOWN_COLUMN, column=column, known=nearest or known)
    needed = [name for name, column in schema.fields.items() if column.required]
    missing = [name for name in needed if name not in table.columns]
    if missing:
        problems.add(place, SEED_MISSING_COLUMNS, columns=missing, known=known)
    return not missing


def read_settings(
    source: SeedSource, name: str, schema: Schema, problems: Problems
) -> dict[str, Any]:
    """Return the values of a file of settings; for an unusable one, add a problem, return {}."""
    place = f"{name}.toml"
    try:
        values = source.read_settings(name)
        if values is None:
            if not source.problems:
                problems.add(place, SEED_FILE_MISSING)
            return {}
        return dict(schema.load(values))
    except tomllib.TOMLDecodeError as error:
        problems.add(place, SEED_NOT_TOML, error=str(error))
    except TABLE_ERRORS as error:
        problems.take_error(error)
    except ValidationError as error:
        for problem in problems_in(error, list(schema.fields)):
            problems.take(place, problem)
    return {}


def by_key(
    rows: Rows, key: Callable[[dict[str, Any]], Key], problems: Problems
) -> dict[Key, dict[str, Any]]:
    """Return rows by key; a duplicate key is added to problems."""
    keyed: dict[Key, dict[str, Any]] = {}
    for place, row in rows:
        if key(row) in keyed:
            problems.add(place, SEED_REPEATED, key=_in_words(key(row)))
        keyed[key(row)] = row
    return keyed


def _in_words(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def check_known(
    rows: Rows,
    column: str,
    known: Sequence[Any] | set[Any] | Mapping[Any, Any],
    table: str,
    problems: Problems,
) -> None:
    """Add a problem for each row with a value in a column that a table does not have."""
    for place, row in rows:
        value = row[column]
        if value is not None and value not in known and not problems.has_lost(table, value):
            problems.add(place, SEED_UNKNOWN_VALUE, column=column, value=value)
