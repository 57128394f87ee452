"""Tables of a seed folder: each row checked, each problem with its line."""

import csv
import tomllib
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from open311.messages.message import Message
from open311.messages.problem import Problem, problems_in
from open311.messages.seeds import (
    SEED_FILE_EMPTY,
    SEED_FILE_MISSING,
    SEED_NOT_CSV,
    SEED_NOT_TOML,
    SEED_PROBLEM,
    SEED_REPEATED,
    SEED_TOO_MANY_CELLS,
    SEED_UNKNOWN_VALUE,
)

Key = TypeVar("Key", bound=Hashable)
Rows = list[tuple[str, dict[str, Any]]]
"""Rows with the location of each in the folder, such as "services.csv, line 5"."""


@dataclass
class Problems:
    """The problems of a folder, collected so that a clerk sees all of them at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: str, message: Message, **values: Any) -> None:
        """Add a problem with its file and line."""
        self.take(place, Problem(message, values))

    def take(self, place: str, problem: Problem) -> None:
        """Add a problem that geo or schemas found."""
        self.found.append(Problem(SEED_PROBLEM, {"place": place, "problem": problem}))


def read_table(path: Path, schema: Schema, problems: Problems) -> Rows:
    """Read a CSV file with a header; unusable rows are added to problems."""
    rows: Rows = []
    for line, cells in _lines(path, problems):
        place = f"{path.name}, line {line}"
        try:
            rows.append((place, dict(schema.load(cells))))
        except ValidationError as error:
            for problem in problems_in(error, list(schema.fields)):
                problems.take(place, problem)
    return rows


def read_optional_table(path: Path, schema: Schema, problems: Problems) -> Rows:
    """Read a CSV file; empty if the folder does not have it."""
    return read_table(path, schema, problems) if path.exists() else []


def _lines(path: Path, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    if not path.is_file():
        problems.add(path.name, SEED_FILE_MISSING)
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if not reader.fieldnames:
                problems.add(path.name, SEED_FILE_EMPTY)
            for cells in reader:
                if None in cells:
                    problems.add(f"{path.name}, line {reader.line_num}", SEED_TOO_MANY_CELLS)
                elif any(cells.values()):
                    yield reader.line_num, {k: (v or "").strip() for k, v in cells.items()}
    except (UnicodeDecodeError, csv.Error) as error:
        problems.add(path.name, SEED_NOT_CSV, error=str(error))


def read_toml(path: Path, schema: Schema, problems: Problems) -> dict[str, Any]:
    """Return the values of a TOML file; for an unusable one, add a problem, return {}."""
    if not path.is_file():
        problems.add(path.name, SEED_FILE_MISSING)
        return {}
    try:
        return dict(schema.load(tomllib.loads(path.read_text(encoding="utf-8"))))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.add(path.name, SEED_NOT_TOML, error=str(error))
    except ValidationError as error:
        for problem in problems_in(error, list(schema.fields)):
            problems.take(path.name, problem)
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
    rows: Rows, column: str, known: Sequence[Any] | set[Any], problems: Problems
) -> None:
    """Add a problem for each row with an unknown value in a column."""
    for place, row in rows:
        if row[column] is not None and row[column] not in known:
            problems.add(place, SEED_UNKNOWN_VALUE, column=column, value=row[column])
