"""Pages and sort order of lists (spec 5.1)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, post_load, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import Choice, says
from schemas.search.cursors import DEFAULT_SORT, SORTS, Cursor, decode
from schemas.search.fields import WholeNumber

MOST_ROWS = 1_000
"""Rows per page (spec 2.5)."""

MOST_IDS = 10_000
"""Rows of a list of service_request_id without a page_size, more than a URL can hold."""

DEEPEST_ROW = 100_000
"""The last row that a page number can reach: the database counts all rows before a page."""


class After(fields.Field[Cursor]):
    """A cursor from an earlier response."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> Cursor:
        try:
            return decode(str(value).strip())
        except ValueError:
            raise Invalid("after.invalid") from None


PAGE_FIELDS = {"page", "page_size", "after", "sort"}
"""The fields that decide the page; they are not compared while one of them is invalid."""


class PagingSchema(ParametersSchema):
    """The page of a list, and its sort order.

    page counts from 1; it is None if no page was requested. page_size is at most MOST_ROWS. If only
    after was sent, sort is the order of that cursor.
    """

    page = WholeNumber(0, load_default=None, **says("Page number, from 1."))
    page_size = WholeNumber(
        1, load_default=None, **says("Rows per page, 1,000 at most.", default=MOST_ROWS)
    )
    after = After(
        load_default=None, **says("X-Next-After of the previous response, to get the next page.")
    )
    sort = Choice(
        list(SORTS),
        load_default=None,
        **says("Sort order; added and changed are complete, for incremental sync."),
    )

    def rows_of_a_page(self, _filters: Mapping[str, Any]) -> int:
        """Return the rows of a page whose size was not sent."""
        return MOST_ROWS

    @validates_schema(skip_on_field_errors=False)
    def check_page(self, filters: dict[str, Any], **_: Any) -> None:
        """Check the combination of the four parameters."""
        if not filters.keys() >= PAGE_FIELDS:
            return
        page, after = filters["page"], filters["after"]
        chosen_sort(filters["sort"], after)
        if page is not None and after is not None:
            raise Invalid("page.with_after", "page")
        if page is not None and page > 1 and page * self._page_size(filters) > DEEPEST_ROW:
            raise Invalid("page.too_deep", "page", limit=DEEPEST_ROW)

    @post_load
    def decide_page(self, filters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Set the defaults."""
        page = filters["page"]
        first = None if page is None else max(page, 1)
        sort = chosen_sort(filters["sort"], filters["after"])
        return {**filters, "page": first, "page_size": self._page_size(filters), "sort": sort}

    def _page_size(self, filters: Mapping[str, Any]) -> int:
        sent = filters["page_size"]
        return self.rows_of_a_page(filters) if sent is None else min(int(sent), MOST_ROWS)


def chosen_sort(sort: str | None, after: Cursor | None) -> str:
    """Return the sort order of a list; raise ValidationError if the cursor has another order."""
    if after is not None and after.sort not in SORTS:
        raise Invalid("after.other_list", "after")
    if after is not None and sort not in (None, after.sort):
        raise Invalid("after.other_sort", "after", sort=after.sort)
    return requested_sort(sort, after) or DEFAULT_SORT


def requested_sort(sort: str | None, after: Cursor | None) -> str | None:
    """Return the sort order that was sent, by name or with a cursor; None for neither."""
    return sort or (after.sort if after else None)
