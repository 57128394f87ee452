"""Reading one table of a seed folder, each row checked, each problem with its line."""

import csv
import tomllib
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from schemas.base import sentences

Key = TypeVar("Key", bound=Hashable)
Rows = list[tuple[str, dict[str, Any]]]
"""Rows with the place each stands at, such as "services.csv, line 5"."""


@dataclass
class Problems:
    """What is wrong with a folder, gathered so that a clerk sees it all at once."""

    sentences: list[str] = field(default_factory=list)

    def add(self, place: str, problem: str) -> None:
        """Note a problem and the place it is at."""
        self.sentences.append(f"{place}: {problem}")


def read_table(path: Path, schema: Schema, problems: Problems) -> Rows:
    """Read a CSV file with a header; rows that cannot be used are noted as problems."""
    rows: Rows = []
    for line, cells in _lines(path, problems):
        place = f"{path.name}, line {line}"
        try:
            rows.append((place, dict(schema.load(cells))))
        except ValidationError as error:
            for sentence in sentences(error, list(schema.fields)):
                problems.add(place, sentence)
    return rows


def read_optional_table(path: Path, schema: Schema, problems: Problems) -> Rows:
    """Read a CSV file that a folder may do without."""
    return read_table(path, schema, problems) if path.exists() else []


def _lines(path: Path, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    if not path.is_file():
        problems.add(path.name, "this file is missing.")
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if not reader.fieldnames:
                problems.add(path.name, "it is empty: its first line must name the columns.")
            for cells in reader:
                if None in cells:
                    problems.add(f"{path.name}, line {reader.line_num}", "it has too many cells.")
                elif any(cells.values()):
                    yield reader.line_num, {k: (v or "").strip() for k, v in cells.items()}
    except (UnicodeDecodeError, csv.Error) as error:
        problems.add(path.name, f"it cannot be read as CSV in UTF-8 ({error}).")


def read_toml(path: Path, schema: Schema, problems: Problems) -> dict[str, Any]:
    """Read a TOML file; one that cannot be used is noted as a problem, and gives nothing."""
    if not path.is_file():
        problems.add(path.name, "this file is missing.")
        return {}
    try:
        return dict(schema.load(tomllib.loads(path.read_text(encoding="utf-8"))))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.add(path.name, f"it cannot be read as TOML ({error}).")
    except ValidationError as error:
        for sentence in sentences(error, list(schema.fields)):
            problems.add(path.name, sentence)
    return {}


def by_key(
    rows: Rows, key: Callable[[dict[str, Any]], Key], problems: Problems
) -> dict[Key, dict[str, Any]]:
    """Give rows by their key; a key that is there twice is noted as a problem."""
    keyed: dict[Key, dict[str, Any]] = {}
    for place, row in rows:
        if key(row) in keyed:
            problems.add(place, f"{_in_words(key(row))} is there already.")
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
            problems.add(place, f"{column} {row[column]!r} is not known.")
