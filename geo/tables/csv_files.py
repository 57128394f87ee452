"""Reading of CSV files whatever program wrote them: their encoding and their separator.

Spreadsheet programs write what the settings of the computer say: semicolons where commas are
decimal, UTF-16 as "Unicode text", Windows-1252 as "CSV", and sometimes a first line sep=;.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from geo.encodings import UTF_8, detect_encoding
from geo.errors import InvalidTable
from geo.tables.rows import Table, place_of, table_of

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

_SEPARATORS = ",;\t|"

_DECLARED = re.compile(r'"?sep=(.)"?\r?(?:\n|$)', re.IGNORECASE)
"""The first line by which Excel learns the separator of a file."""

_MOST_CHARACTERS = 1_000_000
"""Characters of a cell."""


def read_csv(path: Path, known: Sequence[str]) -> Table:
    """Read a CSV file with a header; known are the columns that it can have.

    Raises InvalidTable with the line and how to save the file.
    """
    title = path.name
    text = read_text(path)
    declared = _DECLARED.match(text)
    if declared is not None:
        separator, text, skipped = declared[1], text[declared.end() :], 1
    else:
        separator, skipped = _find_separator(text, known), 0
    csv.field_size_limit(_MOST_CHARACTERS)
    return table_of(title, _lines(title, text, separator, skipped))


def _lines(
    title: str, text: str, separator: str, skipped: int
) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield reader.line_num + skipped, [cell.strip() for cell in cells]
    except csv.Error as error:
        line = reader.line_num + skipped
        place = place_of(title, line)
        raise InvalidTable("table.not_csv", place=place, error=str(error)) from None


def read_text(path: Path) -> str:
    """Return the text of a file by its byte order mark, as UTF-8, or as its letters suggest.

    Raises InvalidTable if that is unclear, or if the file is not text.
    """
    content = path.read_bytes()
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if encoding is None:
        encoding = _without_mark(path, content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        place = _place_in(path, content, error)
        raise InvalidTable("table.damaged", place=place) from None
    if "\0" in text:
        raise InvalidTable("table.not_text", title=path.name)
    return text


def _without_mark(path: Path, content: bytes) -> str:
    """Return the encoding of a content without a byte order mark.

    Every other byte of Western text in UTF-16 is zero.
    """
    start = content[:1000]
    for zeros, name in ((start[1::2], "utf-16-le"), (start[::2], "utf-16-be")):
        if zeros and not len(content) % 2 and zeros.count(0) > 0.8 * len(zeros):
            return name
    try:
        content.decode(UTF_8)
    except UnicodeDecodeError as error:
        odd = sorted({line for line in content.splitlines() if not line.isascii()})
        detected = detect_encoding(odd)
        if detected is None:
            place = _place_in(path, content, error)
            raise InvalidTable("table.unclear_encoding", place=place) from None
        return detected
    return UTF_8


def _place_in(path: Path, content: bytes, error: UnicodeDecodeError) -> str:
    return place_of(path.name, content[: error.start].count(b"\n") + 1)


def _find_separator(text: str, known: Sequence[str]) -> str:
    """Return the separator by which the header has most known columns, or else most columns."""
    header = next((line for line in text.splitlines() if line.strip()), "")

    def columns(separator: str) -> tuple[int, int]:
        names = [name.strip(' "').lower().replace(" ", "_") for name in header.split(separator)]
        return len({*names} & {*known}), len(names)

    return max(_SEPARATORS, key=columns)
