"""Pages of lists.

A page starts after a row's key, compared as a row of values so that an index finds it at any depth,
or at an offset, which reads all rows before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, tuple_

from open311.queries.search.counts import Total, known_total
from open311.queries.search.orders import NEWEST_FIRST, Order

MOST_ROWS = 1_000
"""Maximum rows of a list (spec 2.5)."""

KEY = ("sort_key", "sort_pk")
"""The last columns of each row of one_page: the sort key."""

Key = tuple[Any, int]


@dataclass(frozen=True, kw_only=True)
class Paging:
    """A request for a page: the rows after a key, or a page number from 1.

    with_total asks for the number of all rows, which costs a count if there are more pages. epoch
    is what the positions of this list are of.
    """

    sort: str = NEWEST_FIRST.name
    page_size: int = MOST_ROWS
    page: int | None = None
    after: Key | None = None
    with_total: bool = True
    epoch: str = ""

    @property
    def offset(self) -> int:
        """The number of rows before the page."""
        return ((self.page or 1) - 1) * self.page_size


FIRST_PAGE = Paging()


@dataclass(frozen=True)
class Page:
    """Rows of a page, whether there are more, and the key of the last one.

    total is None if the rows have to be counted.
    """

    rows: list[dict[str, Any]]
    more: bool
    last: Key | None
    total: Total | None


def one_page(
    statement: Select[Any], order: Order, limit: int, after: Key | None, offset: int = 0
) -> Select[Any]:
    """Sort a list and select one page with KEY, and one more row to know whether there are more."""
    columns = [order.key, order.pk]
    labels = (column.label(name) for column, name in zip(columns, KEY, strict=True))
    statement = in_order(statement, order).add_columns(*labels).limit(limit + 1)
    if after is not None:
        key, last = tuple_(*columns), tuple_(*after)
        statement = statement.where(key < last if order.descending else key > last)
    return statement.offset(offset) if offset else statement


def in_order(statement: Select[Any], order: Order) -> Select[Any]:
    columns = (order.key, order.pk)
    return statement.order_by(*(one.desc() if order.descending else one for one in columns))


def cut(found: Sequence[Sequence[Any]], names: Sequence[str], asked: Paging) -> Page:
    """Return the page of rows that one_page selected.

    names are those of the first columns, which are shown; the last ones are KEY.
    """
    rows = found[: asked.page_size]
    more = len(found) > asked.page_size
    first_is_all = asked.after is None and not more and (rows or not asked.offset)
    return Page(
        rows=[dict(zip(names, row, strict=False)) for row in rows],
        more=more,
        last=(rows[-1][-2], rows[-1][-1]) if rows else None,
        total=known_total(asked.offset + len(rows)) if first_is_all else None,
    )
