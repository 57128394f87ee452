"""The headers of a list, decided without a server."""

from datetime import UTC, datetime
from typing import Any

import pytest

from open311.queries.search.counts import Total, known_total
from open311.queries.search.orders import ORDERS
from open311.queries.search.pages import Page, Paging, cut
from open311.web.links import (
    MOST_LINK_CHARACTERS,
    next_cursor,
    page_headers,
    targets,
    write_links,
)
from schemas.search import cursors, paging
from schemas.search.cursors import Cursor, encode

MOMENT = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
LAST = (MOMENT, 7)
CURSOR = encode(Cursor("-requested_datetime", *LAST))
LIST = "https://311.example/open311/v2/requests.json"


def page(*, more: bool = False, total: int | None = None, last: Any = LAST) -> Page:
    return Page([], more, last, None if total is None else known_total(total))


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        (Paging(), page(total=3), {"first": {}, "last": {"page": 1}}),
        (
            Paging(),
            page(more=True, total=2500),
            {"next": {"after": CURSOR}, "first": {}, "last": {"page": 3}},
        ),
        (Paging(), page(more=True, total=10_001), {"next": {"after": CURSOR}, "first": {}}),
        (Paging(after=LAST), page(more=True, total=9), {"next": {"after": CURSOR}, "first": {}}),
        (Paging(after=LAST), page(total=9), {"first": {}}),
        (
            Paging(page=1, page_size=2),
            page(more=True, total=4),
            {"next": {"page": 2}, "first": {"page": 1}, "last": {"page": 2}},
        ),
        (
            Paging(page=3, page_size=2),
            page(total=5),
            {"prev": {"page": 2}, "first": {"page": 1}, "last": {"page": 3}},
        ),
        (
            Paging(page=9, page_size=2),
            page(total=0, last=None),
            {"prev": {"page": 8}, "first": {"page": 1}, "last": {"page": 1}},
        ),
        (
            Paging(page=100),
            page(more=True, total=10_001),
            {"next": {"after": CURSOR}, "prev": {"page": 99}, "first": {"page": 1}},
        ),
    ],
)
def test_links_lead_where_the_list_goes_on(
    asked: Paging, found: Page, expected: dict[str, dict[str, Any]]
) -> None:
    assert targets(asked, found, next_cursor(asked, found)) == expected


def test_parameters_are_kept_and_keys_pages_and_cursors_are_not() -> None:
    sent = {
        "service_code": ["A", "B&C"],
        "q": ["München\r\n>; x"],
        "api_key": ["secret"],
        "API_KEY": ["secret"],
        "page": ["7"],
        "after": ["x"],
    }
    link = write_links(LIST, sent, {"next": {"page": 8}, "first": {}})
    kept = "service_code=A&service_code=B%26C&q=M%C3%BCnchen%0D%0A%3E%3B+x"
    assert link == f'<{LIST}?{kept}&page=8>; rel="next", <{LIST}?{kept}>; rel="first"'


def test_a_link_without_parameters_is_the_list_itself() -> None:
    assert write_links(LIST, {}, {"first": {}}) == f'<{LIST}>; rel="first"'


def test_what_makes_the_header_too_long_is_left_out_from_the_end() -> None:
    sent = {"service_code": ["x" * (MOST_LINK_CHARACTERS // 2)]}
    link = write_links(LIST, sent, {"next": {"page": 2}, "first": {}, "last": {"page": 3}})
    assert 'rel="next"' in link
    assert 'rel="first"' not in link
    assert len(link) <= MOST_LINK_CHARACTERS
    assert write_links(LIST, {"q": ["x" * 5000]}, {"first": {}}) == ""


def test_an_empty_list_without_a_cursor_has_none() -> None:
    headers = page_headers(LIST, {}, Paging(), page(total=0, last=None))
    assert headers == {
        "X-Page": "1",
        "X-Page-Size": "1000",
        "X-Total-Count": "0",
        "X-Total-Count-Relation": "eq",
        "Link": f'<{LIST}>; rel="first", <{LIST}?page=1>; rel="last"',
    }


@pytest.mark.parametrize(
    ("asked", "found", "total"),
    [
        (Paging(page_size=2), 0, Total(0, exact=True)),
        (Paging(page_size=2), 2, Total(2, exact=True)),
        (Paging(page_size=2), 3, None),
        (Paging(page_size=2, page=3), 1, Total(5, exact=True)),
        (Paging(page_size=2, page=3), 0, None),
        (Paging(page_size=2, after=LAST), 1, None),
        (Paging(page=15), 3, Total(10_000, exact=False)),
    ],
)
def test_nothing_is_counted_that_is_known(asked: Paging, found: int, total: Total | None) -> None:
    rows = [(f"row {number}", MOMENT, number) for number in range(found)]
    cut_page = cut(rows, ["id"], asked)
    assert cut_page.total == total
    shown = min(found, asked.page_size)
    assert cut_page.rows == [{"id": f"row {number}"} for number in range(shown)]
    assert cut_page.more == (found > asked.page_size)
    assert cut_page.last == ((MOMENT, shown - 1) if shown else None)


def test_what_may_be_asked_for_is_what_the_queries_know() -> None:
    assert {*cursors.SORTS, *cursors.STAFF_SORTS} == set(ORDERS)
    assert Paging().sort == cursors.DEFAULT_SORT
    assert Paging().page_size == paging.MOST_ROWS
