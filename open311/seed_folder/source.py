"""The files of a seed folder: CSV and TOML files, and workbooks with the same tables as sheets."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import InvalidTable
from geo.tables.csv_files import read_csv, read_text
from geo.tables.rows import Table
from geo.tables.workbooks import Sheet, is_workbook, read_workbook
from open311.errors import InvalidParameters
from open311.messages.problem import Problem
from open311.messages.seeds import SEED_FOLDER_MISSING, SEED_NO_SHEETS, SEED_SEVERAL
from schemas.imports.seed_layout import SETTINGS, TABLES

_CSV = (".csv", ".tsv", ".txt")


TABLE_ERRORS = (InvalidTable, InvalidParameters)
"""What reading of a table or of settings raises."""


@dataclass(frozen=True)
class SeedSource:
    """Where the tables of a city are: files by their names without suffix, and sheets by theirs.

    Paths of boundary files are relative to the folder. problems are of the workbooks.
    """

    folder: Path
    files: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    sheets: Mapping[str, Sequence[Sheet]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    def has(self, name: str) -> bool:
        """Return whether there is a table or a file of settings with a name."""
        return name in self.files or name in self.sheets

    def read_table(self, name: str, known: Sequence[str]) -> Table | None:
        """Read a table; None without one. known are the columns that it can have.

        Raises InvalidTable, and InvalidParameters if it is there twice.
        """
        files = [one for one in self.files.get(name, ()) if one.suffix.lower() in _CSV]
        sheets = self.sheets.get(name, ())
        self._expect_one(name, [one.name for one in files], [one.title for one in sheets])
        if files:
            return read_csv(files[0], known)
        return sheets[0].read() if sheets else None

    def read_settings(self, name: str) -> Mapping[str, Any] | None:
        """Read a TOML file, or a sheet with the columns setting and value; None without either.

        Raises InvalidTable, InvalidParameters, and tomllib.TOMLDecodeError.
        """
        files = [one for one in self.files.get(name, ()) if one.suffix.lower() == ".toml"]
        sheets = self.sheets.get(name, ())
        self._expect_one(name, [one.name for one in files], [one.title for one in sheets])
        if files:
            return tomllib.loads(read_text(files[0]))
        if not sheets:
            return None
        return {
            cells.get("setting", ""): cells.get("value", "")
            for _row, cells in sheets[0].read().rows
        }

    def _expect_one(self, name: str, files: Iterable[str], sheets: Iterable[str]) -> None:
        places = [*files, *sheets]
        if len(places) > 1:
            raise InvalidParameters(SEED_SEVERAL, name=name, places=places)


def open_seed(path: Path) -> SeedSource:
    """Return the source of a folder, or of a workbook. Raises InvalidParameters if it is neither.

    A workbook of a folder holds tables by the names of its sheets; one that is named like a table,
    such as services.xlsx, holds this table in its first sheet.
    """
    if path.is_file() and is_workbook(path):
        sheets, problems = _read_workbooks([path])
        return _checked(path, SeedSource(path.parent, {}, sheets, problems))
    if not path.is_dir():
        raise InvalidParameters(SEED_FOLDER_MISSING, folder=str(path))
    files: dict[str, list[Path]] = {}
    for one in sorted(path.iterdir()):
        if one.is_file() and one.suffix.lower() in (*_CSV, ".toml") and one.name[0] not in ".~":
            files.setdefault(one.stem.lower(), []).append(one)
    workbooks = [one for one in sorted(path.iterdir()) if one.is_file() and is_workbook(one)]
    sheets, problems = _read_workbooks(workbooks)
    return SeedSource(path, files, sheets, problems)


def _read_workbooks(
    paths: Sequence[Path],
) -> tuple[Mapping[str, Sequence[Sheet]], Sequence[Problem]]:
    sheets: dict[str, list[Sheet]] = {}
    problems = []
    for path in paths:
        try:
            found = read_workbook(path)
        except InvalidTable as error:
            problems.append(Problem.of(error))
            continue
        is_one_table = path.stem.lower() in (*TABLES, *SETTINGS) and len(found) == 1
        for name, sheet in found.items():
            own = path.stem if is_one_table else name
            sheets.setdefault("_".join(own.lower().split()), []).append(sheet)
    return sheets, problems


def _checked(path: Path, source: SeedSource) -> SeedSource:
    """Return the source of a workbook, unless none of its sheets is a table of a city."""
    if not source.problems and not {*source.sheets} & {*TABLES, *SETTINGS}:
        raise InvalidParameters(SEED_NO_SHEETS, file=path.name, tables=[*TABLES])
    return source
