"""How a list is cut into pages and sorted (spec 5.1)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import Choice, says
from schemas.search.cursors import DEFAULT_SORT, SORTS, Cursor, decode
from schemas.search.fields import WholeNumber

MOST_ROWS = 1_000
"""Rows of one page (spec 2.5)."""

DEEPEST_ROW = 100_000
"""The last row that a page's number leads to: the database counts all rows before a page."""


class After(fields.Field[Cursor]):
    """A cursor, as an earlier answer gave it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Cursor:
        try:
            return decode(str(value).strip())
        except ValueError:
            raise Invalid("after.invalid") from None


class PagingSchema(ParametersSchema):
    """Which page of a list, and in which order.

    page is None where none was asked for, else counts from 1; page_size is at most MOST_ROWS.
    sort is that of after, if only after was sent.
    """

    page = WholeNumber(0, load_default=None, **says("Page of the list, counted from 1."))
    page_size = WholeNumber(1, load_default=MOST_ROWS, **says("Rows of a page, 1,000 at most."))
    after = After(
        load_default=None, **says("The X-Next-After of an earlier answer: what follows it.")
    )
    sort = Choice(
        list(SORTS),
        load_default=None,
        **says("The order; added and changed are for copies elsewhere, and miss nothing."),
    )

    @post_load
    def decide_page(self, filters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Check that the four fit together, and put in what was left out."""
        page, after = filters["page"], filters["after"]
        sort = chosen_sort(filters["sort"], after)
        page_size = min(filters["page_size"], MOST_ROWS)
        if page is not None and after is not None:
            raise Invalid("page.with_after", "page")
        if page is not None and page > 1 and page * page_size > DEEPEST_ROW:
            raise Invalid("page.too_deep", "page", limit=DEEPEST_ROW)
        first = None if page is None else max(page, 1)
        return {**filters, "page": first, "page_size": page_size, "sort": sort}


def chosen_sort(sort: str | None, after: Cursor | None) -> str:
    """Give the order of a list; raises ValidationError where a cursor is one of another order."""
    if after is None:
        return sort or DEFAULT_SORT
    if after.sort not in SORTS:
        raise Invalid("after.other_list", "after")
    if sort is not None and sort != after.sort:
        raise Invalid("after.other_sort", "after", sort=after.sort)
    return after.sort
