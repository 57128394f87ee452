"""Reading of workbooks: .xlsx, .xls, .xlsb, and .ods, by python-calamine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from geo.errors import InvalidTable
from geo.tables.rows import Table, table_of

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

_MIDNIGHT = time()


def is_workbook(path: Path) -> bool:
    """Return whether a file is a workbook by its name; ~$ is the lock of a program that has it."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(("~$", ".~lock", "._"))


@dataclass(frozen=True)
class Sheet:
    """A visible sheet of a workbook; title is the name of the file and of the sheet."""

    title: str
    cells: Sequence[Sequence[object]]

    def read(self) -> Table:
        """Return the table on this sheet. Raises InvalidTable."""
        return table_of(self.title, _texts(self.cells))


def read_workbook(path: Path) -> Mapping[str, Sheet]:
    """Return the visible sheets of a workbook by their names.

    Raises InvalidTable if the file is not a workbook, or is encrypted.
    """
    try:
        workbook = CalamineWorkbook.from_path(path)
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        return {
            name: Sheet(
                f"{path.name}, sheet {name}",
                workbook.get_sheet_by_name(name).to_python(skip_empty_area=False),
            )
            for name in names
        }
    except PasswordError:
        raise InvalidTable("table.encrypted", title=path.name) from None
    except (CalamineError, OSError):
        raise InvalidTable("table.not_a_workbook", title=path.name) from None


def _texts(rows: Sequence[Sequence[object]]) -> Iterator[tuple[int, Sequence[str]]]:
    for number, cells in enumerate(rows, start=1):
        yield number, [_as_text(cell) for cell in cells]


def _as_text(cell: object) -> str:
    """Return the value of a cell as a CSV file has it: 5, 39.7201, true, 2026-12-25, 07:30."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return str(cell.date()) if cell.time() == _MIDNIGHT else cell.isoformat(sep="T")
    if isinstance(cell, timedelta):  # of the cell format [h]:mm
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()
