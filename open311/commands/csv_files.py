"""Writing CSV files that people open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from open311.csv_cells import harmless


def write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a header and rows; texts that a spreadsheet would take for formulas are made harmless.

    Raises ClickException where the file cannot be written.
    """
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            writer.writerows([harmless(cell) for cell in row] for row in rows)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
