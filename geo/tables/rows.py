"""A table: the names of its columns, and its rows as texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from geo.errors import InvalidTable

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The rows of a table, each with its number in the file, from 1; empty rows are left out.

    title is the name of the file, or of the file and the sheet. header is the number of the row
    with the names of the columns.
    """

    title: str
    header: int
    columns: Sequence[str]
    rows: Sequence[tuple[int, Cells]]

    def place(self, row: int) -> str:
        """Return where a row is, such as "services.csv, line 5"."""
        return place_of(self.title, row)


def place_of(title: str, row: int) -> str:
    """Return where a row of a file is, in words."""
    return f"{title}, line {row}"


def table_of(title: str, rows: Iterable[tuple[int, Sequence[str]]]) -> Table:
    """Return a table from rows with their numbers; the first row with a cell has the columns.

    Columns get small letters, and underscores for spaces. Raises InvalidTable if there is nothing,
    if two columns have one name, or for cells in a column without a name.
    """
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise InvalidTable("table.empty", title=title)
    (header, names), *others = filled
    columns = ["_".join(name.lower().split()) for name in names]
    repeated = [name for name in columns if name and columns.count(name) > 1]
    if repeated:
        place = place_of(title, header)
        raise InvalidTable("table.repeated_column", place=place, column=repeated[0])
    wide = [row for row, cells in others if _has_more(columns, cells)]
    if wide:
        place = place_of(title, wide[0])
        raise InvalidTable("table.too_many_cells", place=place, number=len(wide))
    named = [name for name in columns if name]
    return Table(title, header, named, [(row, _named(columns, cells)) for row, cells in others])


def _has_more(columns: Sequence[str], cells: Sequence[str]) -> bool:
    pairs = zip_longest(columns, cells, fillvalue="")
    return any(cell and not name for name, cell in pairs)


def _named(columns: Sequence[str], cells: Sequence[str]) -> Cells:
    return {name: cell for name, cell in zip_longest(columns, cells, fillvalue="") if name}
