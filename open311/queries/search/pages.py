"""Pages of a list: their order, where each begins, and how many rows there are in all.

A page begins behind a row's key, compared as a row of values, so that the index leads there
however deep it is; or at an offset, where all rows before it are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, tuple_

from open311.models import ServiceRequest

MOST_ROWS = 1_000
"""Rows of a list (spec 2.5)."""

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Sort:
    """The column a list is sorted by; the primary key decides between equals."""

    column: Any
    descending: bool = False


SORTS = {
    "-requested_datetime": Sort(ServiceRequest.requested_datetime, descending=True),
    "requested_datetime": Sort(ServiceRequest.requested_datetime),
    "-updated_datetime": Sort(ServiceRequest.updated_datetime, descending=True),
    "updated_datetime": Sort(ServiceRequest.updated_datetime),
    # What happens while someone walks along these comes at the end, never before (migration 0002).
    "added": Sort(ServiceRequest.listed_number),
    "changed": Sort(ServiceRequest.change_number),
}

KEY = ("sort_key", "sort_pk")
"""Columns that come last in each row of one_page: what the list is sorted by."""

Key = tuple[Any, int]


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Which rows of a list are asked for: those behind a key, or a page that counts from 1."""

    sort: str = "-requested_datetime"
    page_size: int = MOST_ROWS
    page: int | None = None
    after: Key | None = None

    @property
    def offset(self) -> int:
        """The number of rows before the page."""
        return ((self.page or 1) - 1) * self.page_size


FIRST_PAGE = Paging()


@dataclass(frozen=True)
class Total:
    """How many rows a whole list has; if not exact, it has more."""

    number: int
    exact: bool


@dataclass(frozen=True)
class Page:
    """Rows of a list, whether there are more behind them, and the key of the last one.

    total is None where it has to be counted.
    """

    rows: list[dict[str, Any]]
    more: bool
    last: Key | None
    total: Total | None


def one_page(statement: Select[Any], asked: Paging) -> Select[Any]:
    """Sort a list and select one page with KEY, and one row more to see whether there is one."""
    sort = SORTS[asked.sort]
    order = [sort.column, ServiceRequest.pk]
    labels = (column.label(name) for column, name in zip(order, KEY, strict=True))
    statement = statement.add_columns(*labels).limit(asked.page_size + 1)
    if asked.after is not None:
        key, behind = tuple_(*order), tuple_(*asked.after)
        statement = statement.where(key < behind if sort.descending else key > behind)
    if asked.offset:
        statement = statement.offset(asked.offset)
    return statement.order_by(*(column.desc() if sort.descending else column for column in order))


def cut(found: Sequence[Sequence[Any]], names: Sequence[str], asked: Paging) -> Page:
    """Make a page of what one_page found; names are those of its columns."""
    names = names[: -len(KEY)]
    rows = found[: asked.page_size]
    more = len(found) > asked.page_size
    first_is_all = asked.after is None and not more and (rows or not asked.offset)
    return Page(
        rows=[dict(zip(names, row, strict=False)) for row in rows],
        more=more,
        last=(rows[-1][-2], rows[-1][-1]) if rows else None,
        total=known_total(asked.offset + len(rows)) if first_is_all else None,
    )


def known_total(counted: int) -> Total:
    """Give the total for a count, which may have stopped behind MOST_COUNTED."""
    return Total(min(counted, MOST_COUNTED), exact=counted <= MOST_COUNTED)
