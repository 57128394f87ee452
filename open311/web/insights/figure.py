"""Figures of a page: a finding in words, a chart, and a table that is a CSV file, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from open311.csv_cells import csv_text
from open311.web.insights.charts import Bar, LineChart


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what is read, the value for files, and a link to the requests behind it.

    Without a value, files have the text. A bar is drawn beside the text.
    """

    text: str
    value: object = None
    url: str = ""
    bar: Bar | None = None
    is_soft: bool = False

    @property
    def in_file(self) -> object:
        """The value in a file."""
        return self.text if self.value is None else self.value


NO_VALUE = Cell("-", "")
"""A cell without a value."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and its name in files."""

    heading: str
    name: str


@dataclass(frozen=True)
class Figure:
    """A figure, named by a key; measure is the key of its definition.

    finding says in a sentence what it shows, and notes what one must know to read it. Without a
    chart, the table is shown at once; it is empty in a period without data.
    """

    key: str
    measure: str
    title: str
    finding: str
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Cell]] = ()
    chart: LineChart | None = None
    notes: Sequence[str] = field(default=())
    csv_url: str = ""

    def as_csv(self) -> str:
        """Return the table as CSV."""
        names = [one.name for one in self.columns]
        return csv_text(names, ([cell.in_file for cell in row] for row in self.rows))


@dataclass(frozen=True)
class Number:
    """A number at the top of a page, with what it counts; leads_to is what the URL lists."""

    text: str
    label: str
    url: str
    measure: str
    leads_to: str


@dataclass(frozen=True)
class Page:
    """What a page of figures shows, in this order."""

    sentences: Sequence[str] = ()
    numbers: Sequence[Number] = ()
    notes: Sequence[str] = ()
    figures: Sequence[Figure] = ()


@dataclass(frozen=True)
class Row:
    """A service, department, or area that figures are cut by, and the filters that choose it."""

    name: str
    code: str
    filters: Mapping[str, str]
