"""CSV files that are safe to open in a spreadsheet."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from open311.csv_cells import csv_text


def write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a header and rows; texts that a spreadsheet would take for formulas are made harmless.

    Raises ClickException where the file cannot be written.
    """
    try:
        file.write_text(csv_text(columns, rows), encoding="utf-8", newline="")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
