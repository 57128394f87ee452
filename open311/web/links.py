"""Paging headers of a list: page, page size, total count, and links."""

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from open311.queries.search.pages import Page, Paging
from schemas.base import Values
from schemas.fields import w3c
from schemas.search.cursors import Cursor, encode
from schemas.search.paging import DEEPEST_ROW

EXPOSED = (
    "ETag",
    "Link",
    "X-End-Date",
    "X-Next-After",
    "X-Page",
    "X-Page-Size",
    "X-Start-Date",
    "X-Total-Count",
    "X-Total-Count-Relation",
)
"""Headers that browsers expose to scripts of other origins (CORS)."""

MOST_LINK_CHARACTERS = 4_000
"""Limit of a Link header: proxies refuse responses whose headers are much longer."""

_NEVER_KEPT = ("api_key", "page", "after")


def page_headers(address: str, values: Values, asked: Paging, found: Page) -> dict[str, str]:
    """Return the headers of a page; address is that of the list, values are the parameters sent.

    X-Page is omitted after a cursor, since the page number is unknown.
    """
    headers = {"X-Page-Size": str(asked.page_size)}
    if found.total is not None:
        headers["X-Total-Count"] = str(found.total.number)
        headers["X-Total-Count-Relation"] = "eq" if found.total.exact else "gte"
    if asked.after is None:
        headers["X-Page"] = str(asked.page or 1)
    cursor = next_cursor(asked, found)
    if cursor:
        headers["X-Next-After"] = cursor
    link = write_links(address, values, targets(asked, found, cursor))
    if link:
        headers["Link"] = link
    return headers


def window_headers(filters: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a list's time window: start_date and end_date as they were applied.

    A start_date alone covers 90 days, so even an empty list says where it ends.
    """
    ends = {"X-Start-Date": filters["start_date"], "X-End-Date": filters["end_date"]}
    return {name: w3c(moment) for name, moment in ends.items() if moment is not None}


def next_cursor(asked: Paging, found: Page) -> str | None:
    """Return the cursor after the last row; the requested one if the page is empty."""
    key = found.last or asked.after
    return encode(Cursor(asked.sort, *key, asked.epoch)) if key else None


def targets(asked: Paging, found: Page, cursor: str | None) -> dict[str, dict[str, Any]]:
    """Return the parameters of related pages by link relation, most important first.

    Requests by page number get page numbers, up to the last one allowed; others get cursor, that of
    the next page.
    """
    by_number = asked.page is not None
    page = asked.page or 1
    targets: dict[str, dict[str, Any]] = {}
    if found.more:
        has_number = by_number and (page + 1) * asked.page_size <= DEEPEST_ROW
        targets["next"] = {"page": page + 1} if has_number else {"after": cursor}
    if page > 1:
        targets["prev"] = {"page": page - 1}
    targets["first"] = {"page": 1} if by_number else {}
    if found.total is not None and found.total.exact and asked.after is None:
        targets["last"] = {"page": max(1, math.ceil(found.total.number / asked.page_size))}
    return targets


def write_links(address: str, values: Values, targets: dict[str, dict[str, Any]]) -> str:
    """Return a Link header (RFC 8288) with all other parameters sent, except the API key.

    Links that would exceed MOST_LINK_CHARACTERS are omitted, with all less important ones.
    """
    kept = {name: sent for name, sent in values.items() if name.lower() not in _NEVER_KEPT}
    links: list[str] = []
    for relation, parameters in targets.items():
        query = urlencode({**kept, **parameters}, doseq=True)
        link = f'<{address}{"?" if query else ""}{query}>; rel="{relation}"'
        if len(", ".join([*links, link])) > MOST_LINK_CHARACTERS:
            break
        links.append(link)
    return ", ".join(links)
