"""What the headers of a list say: which page this is, how many rows there are, where to go on."""

import math
from typing import Any
from urllib.parse import urlencode

from open311.queries.search.pages import Page, Paging
from schemas.base import Values
from schemas.cursors import Cursor, encode
from schemas.paging import DEEPEST_ROW

EXPOSED = (
    "ETag",
    "Link",
    "X-Next-After",
    "X-Page",
    "X-Page-Size",
    "X-Total-Count",
    "X-Total-Count-Relation",
)
"""Headers that a browser shows to scripts of other sites."""

MOST_LINK_CHARACTERS = 4_000
"""Of a Link header: proxies refuse answers whose headers are much longer."""

_NEVER_KEPT = ("api_key", "page", "after")


def page_headers(address: str, values: Values, asked: Paging, found: Page) -> dict[str, str]:
    """Give the headers of a page; address is that of the list, values are what the client sent.

    X-Page is left out behind a cursor, where nobody knows it.
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
    link = write_links(address, values, targets(asked, found))
    if link:
        headers["Link"] = link
    return headers


def next_cursor(asked: Paging, found: Page) -> str | None:
    """Give the cursor behind the last row, or behind what was asked for where no row came."""
    key = found.last or asked.after
    return encode(Cursor(asked.sort, *key)) if key else None


def targets(asked: Paging, found: Page) -> dict[str, dict[str, Any]]:
    """Give the parameters of the pages around one, by relation, the most important first.

    Who asks for pages by number is sent on by number, as far as these lead; others by cursor.
    """
    by_number = asked.page is not None
    page = asked.page or 1
    targets: dict[str, dict[str, Any]] = {}
    if found.more:
        has_number = by_number and (page + 1) * asked.page_size <= DEEPEST_ROW
        cursor = next_cursor(asked, found)
        targets["next"] = {"page": page + 1} if has_number else {"after": cursor}
    if page > 1:
        targets["prev"] = {"page": page - 1}
    targets["first"] = {"page": 1} if by_number else {}
    if found.total is not None and found.total.exact and asked.after is None:
        targets["last"] = {"page": max(1, math.ceil(found.total.number / asked.page_size))}
    return targets


def write_links(address: str, values: Values, targets: dict[str, dict[str, Any]]) -> str:
    """Write a Link header (RFC 8288) with all other parameters of the client, but no key.

    What would make it too long is left out, with all that is less important.
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
