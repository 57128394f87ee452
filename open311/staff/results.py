"""Search results in which someone works: the search and the position of a request travel along.

Both are parameters of the page of a request, and hidden fields of its forms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from sqlalchemy import ColumnElement

from geo.errors import InvalidFilter
from open311.errors import Open311Error
from open311.queries.search.kept import Selection
from open311.queries.search.neighbors import Neighbors, find_neighbors
from open311.staff.asked import Search, read_search
from open311.web.parameters import first
from schemas.base import Values
from schemas.search.cursors import Cursor, decode, encode

LONGEST = 16_000
"""Characters of a search; a URL has room for four times as many."""

_MOST_VALUES = 500

_PLAIN = ",:;/"  # kept as they are, so that searches in a parameter stay short

_OF_THE_PAGE = ("after", "at", "hide")
"""Parameters of the list that do not decide which requests it has."""


@dataclass(frozen=True)
class Results:
    """The results of a search, seen from one of its requests.

    query is that of the list's URL. position is a cursor, empty for a request without one.
    """

    query: str
    position: str
    neighbors: Neighbors

    def address_of(self, service_request_id: str) -> str:
        """Return the URL of the page of a request, with this search."""
        return _page_of(service_request_id, search=self.query)

    def back_to(self, service_request_id: str) -> str:
        """Return the URL of the list, at the row of a request."""
        return f"{url_for('staff_finding.index')}?{self.query}#request-{service_request_id}"


@dataclass(frozen=True)
class SentSearch:
    """The search that led to a page: its query, and its parsed form."""

    query: str
    search: Search
    position: Cursor | None

    @property
    def order_name(self) -> str:
        """The name of the order of the results."""
        return self.search.source.order.name

    @property
    def key(self) -> ColumnElement[Any]:
        """The column that the results are sorted by."""
        column: ColumnElement[Any] = self.search.source.order.key
        return column

    def here(self, service_request_id: str) -> str:
        """Return the URL of the page of the request at this position."""
        position = None if self.position is None else encode(self.position)
        return _page_of(service_request_id, search=self.query, position=position)

    def results_from(self, pk: int, key: Any) -> Results:
        """Return the results beside the request with a primary key, which key places now.

        The position that was sent counts, as an action may have moved the request since.
        """
        sent, now = self.position, Cursor(self.order_name, key, pk)
        return self._beside(now if sent is None or sent.pk != pk else sent)

    def results_here(self) -> Results:
        """Return the results beside the position that was sent, of a request that is gone."""
        if self.position is None:
            return Results(self.query, "", Neighbors())
        return self._beside(self.position)

    def _beside(self, cursor: Cursor) -> Results:
        source, criteria = self.search.source, self.search.wanted.criteria
        selection = Selection(
            ("neighbors", source.key),
            lambda: source.counted.with_only_columns(
                source.id.label("id"), maintain_column_froms=True
            ),
        )
        found = find_neighbors(
            selection, source.terms(criteria), self.order_name, (cursor.key, cursor.pk)
        )
        return Results(self.query, encode(cursor), found)


def _page_of(service_request_id: str, **parameters: Any) -> str:
    """Return the URL of the page of a request, without parameters that are None."""
    return url_for("staff_requests.show", service_request_id=service_request_id, **parameters)


def read_sent_search(values: Values) -> SentSearch | None:
    """Return the search that led here; None if there is none, or if it is no longer one."""
    sent = next(iter(values.get("search", ())), None)
    if sent is None or len(sent) > LONGEST:
        return None
    try:
        pairs = parse_qsl(sent, max_num_fields=_MOST_VALUES)
        search = read_search(_by_name(pairs))
    except (ValueError, Open311Error, InvalidFilter):
        return None
    return SentSearch(written(pairs), search, _position(values, search))


def written(pairs: Sequence[tuple[str, str]]) -> str:
    """Return a query whose length grows little as a parameter of another."""
    return urlencode(pairs, safe=_PLAIN)


def _by_name(pairs: Sequence[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in _OF_THE_PAGE:
            values.setdefault(name, []).append(value)
    return values


def _position(values: Values, search: Search) -> Cursor | None:
    """Return the position that was sent, if it is one in the order of the search."""
    try:
        cursor = decode(first(values, "position") or "")
    except ValueError:
        return None
    return cursor if cursor.sort == search.source.order.name else None
