"""CSV files that people open in a spreadsheet, and their cells."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> object:
    """Put an apostrophe before a text that begins like a formula; numbers stay as they are.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a header and rows; texts that a spreadsheet would take for formulas are harmless."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return stream.getvalue()
