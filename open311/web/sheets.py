"""Spreadsheet files: CSV that spreadsheets open correctly, and Excel workbooks."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from open311.csv_cells import harmless

Cell = str | float | datetime | None
"""A time is local, without a zone."""

_AT_ONCE = 2_000

_CHUNK = 65_536

MOST_ROWS = 1_048_575
"""Of a worksheet of Excel, besides the header row; what is more is on the next one."""

_MOST_CHARACTERS = 32_767
"""Of a cell of Excel."""

_WIDTH, _WIDE = 18, 60
"""Widths of columns, in characters."""


@dataclass(frozen=True)
class Sheet:
    """A table: its name, the headings of its columns, and rows. wide are columns of long texts."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    wide: Sequence[int] = ()


def as_csv(sheet: Sheet) -> Iterator[bytes]:
    """Yield CSV (RFC 4180) in UTF-8 with a byte order mark, without which Excel reads another one.

    Texts that a spreadsheet would read as formulas are made harmless.
    """
    yield b"\xef\xbb\xbf" + _lines([sheet.columns])
    rows = iter(sheet.rows)
    while some := list(islice(rows, _AT_ONCE)):
        yield _lines(some)


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(_plain(cell)) for cell in row] for row in rows)
    return text.getvalue().encode()


def _plain(cell: Cell) -> object:
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell


def as_workbook(sheet: Sheet) -> Iterator[bytes]:
    """Yield an Excel workbook (ECMA-376), whose first row stays in sight.

    No text becomes a formula or a link. Rows are written to temporary files, one at a time; they
    are deleted after the last byte.
    """
    with TemporaryDirectory(prefix="open311-export-") as folder:
        path = Path(folder) / "export.xlsx"
        with Workbook(str(path), {"constant_memory": True, "tmpdir": folder}) as workbook:
            workbook.use_zip64()  # used only for more than 2 GB
            _write(workbook, sheet)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _write(workbook: Workbook, sheet: Sheet) -> None:
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
    rows = iter(sheet.rows)
    row = next(rows, None)
    number = 0
    while row is not None or number == 0:
        number += 1
        page = _begin(workbook, sheet, number, heading)
        written = 0
        while row is not None and written < MOST_ROWS:
            written += 1
            _write_row(page, written, row, moment)
            row = next(rows, None)
        page.autofilter(0, 0, written, len(sheet.columns) - 1)


def _begin(workbook: Workbook, sheet: Sheet, number: int, heading: Format) -> Worksheet:
    page = workbook.add_worksheet(sheet.name if number == 1 else f"{sheet.name} {number}")
    page.freeze_panes(1, 0)
    for place, name in enumerate(sheet.columns):
        page.set_column(place, place, _WIDE if place in sheet.wide else _WIDTH)
        page.write_string(0, place, name, heading)
    return page


def _write_row(page: Worksheet, number: int, row: Sequence[Cell], moment: Format) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, str):
            if cell:
                page.write_string(number, place, cell[:_MOST_CHARACTERS])
        elif isinstance(cell, datetime):
            page.write_datetime(number, place, cell, moment)
        elif cell is not None:
            page.write_number(number, place, cell)


SHEET_WRITERS: Mapping[str, Callable[[Sheet], Iterator[bytes]]] = {
    "csv": as_csv,
    "xlsx": as_workbook,
}
"""Writers of spreadsheets by the codes of SPREADSHEETS."""
