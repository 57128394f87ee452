"""Service requests as lists of the website show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from open311.queries.city import City
from open311.queries.requests.public import Listing, list_service_requests
from open311.queries.search.criteria import Criteria
from open311.queries.search.pages import Paging
from open311.web.catalog_words import CatalogWords, page_words
from open311.web.site import link

PAGE = "site_requests.show"
"""The endpoint of the page of a request."""


def list_shown(
    city: City,
    criteria: Criteria,
    asked: Paging,
    *,
    window_moves: bool = False,
) -> Listing:
    """Return a page of a list, with what cards and feeds show beyond the standard's fields.

    Its photos are paths. Raises Stale.
    """
    return list_service_requests(
        city, city.scope, criteria, asked, extensions=True, window_moves=window_moves
    )


def latest_cards(city: City, criteria: Criteria, number: int) -> list[dict[str, Any]]:
    """Return the newest public requests, as the macro request_card shows them. Raises Stale."""
    found = list_shown(city, criteria, Paging(page_size=number, with_total=False))
    return cards(page_words(city), found.page.rows)


def cards(words: CatalogWords, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of list_shown as the macro request_card shows them."""
    return [_card(words, row) for row in rows]


def _card(words: CatalogWords, row: Mapping[str, Any]) -> dict[str, Any]:
    code, more = row["service_code"], row["extended_attributes"]
    photo = next(iter(more["photos"]), None)
    return {
        "service_request_id": row["service_request_id"],
        "url": request_path(row["service_request_id"]),
        "service_name": words.service_name(code, row["service_name"]),
        "lang": words.lang("service", code, "name"),
        "address": row["address"] or "",
        "description": row["description"] or "",
        "requested_at": row["requested_datetime"],
        "status": more["detailed_status"],
        "thumbnail": photo["thumbnail_url"] if photo else "",
    }


def request_path(service_request_id: str) -> str:
    """Return the path of the page of a request, in the language of this page's path."""
    return link(PAGE, service_request_id=service_request_id)
