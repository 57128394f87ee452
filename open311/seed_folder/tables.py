"""Reading one table of a seed folder, each row checked, each problem with its line."""

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
"""Rows with the place each stands at, such as "services.csv, line 5"."""


@dataclass
class Problems:
    """What is wrong with a folder, gathered so that a clerk sees it all at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: str, message: Message, **values: Any) -> None:
        """Note a problem and the place it is at."""
        self.take(place, Problem(message, values))

    def take(self, place: str, problem: Problem) -> None:
        """Note a problem that geo or schemas found."""
        self.found.append(Problem(SEED_PROBLEM, {"place": place, "problem": problem}))


def read_table(path: Path, schema: Schema, problems: Problems) -> Rows:
    """Read a CSV file with a header; rows that cannot be used are noted as problems."""
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
    """Read a CSV file that a folder may do without."""
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
    """Read a TOML file; one that cannot be used is noted as a problem, and gives nothing."""
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
    """Give rows by their key; a key that is there twice is noted as a problem."""
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
    """Note a problem for each row whose column holds something that is not known."""
    for place, row in rows:
        if row[column] is not None and row[column] not in known:
            problems.add(place, SEED_UNKNOWN_VALUE, column=column, value=row[column])
