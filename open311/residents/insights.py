"""Figures for the public, made of public requests alone, and how they are counted."""

from datetime import UTC, datetime
from threading import Condition
from typing import Any

from cachetools import LRUCache, cached
from flask import Response

from open311.queries.city import City
from open311.queries.insights.population import find_last_change
from open311.queries.search.visibility import Audience
from open311.residents.pages import site_pages
from open311.web.insights.asked import period_of, read_filters
from open311.web.insights.definitions import how_values
from open311.web.insights.figure import Page
from open311.web.insights.files import figure_file
from open311.web.insights.links import Links, ListFilters
from open311.web.insights.public_page import public_page
from open311.web.insights.view import View
from open311.web.languages import language, path_language
from open311.web.site import link, site_city, site_page

blueprint = site_pages("site_insights", "/insights")

LIST_NAMES = {
    "since": "start_date",
    "until": "end_date",
    "closed_since": "closed_after",
    "closed_until": "closed_before",
    "due_since": "due_after",
    "due_until": "due_before",
}
"""What the public list calls the filters of the list of staff."""

MINUTES_KEPT = 5


def keep(response: Response) -> Response:
    """Let browsers and proxies keep figures for some minutes; pages set no cookie."""
    if response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={60 * MINUTES_KEPT}"
    return response


blueprint.after_request(keep)


@blueprint.get("")
def show() -> tuple[str, int]:
    """Show the last whole week, and how long requests take by service."""
    shown, as_of = _figures(site_city())
    return site_page(
        "insights.html",
        here="insights",
        shown=shown,
        as_of=as_of,
        how_url=link("site_insights.how"),
        reports_url=link("site_reports.index"),
    )


@blueprint.get("/how")
def how() -> tuple[str, int]:
    """Show how figures are counted."""
    return site_page(
        "insights_how.html",
        here="insights",
        insights_url=link("site_insights.show"),
        **how_values(),
    )


@blueprint.get("/<key>.csv")
def table(key: str) -> Response:
    """Return the table of a figure as CSV."""
    return figure_file(_figures(site_city())[0], key)


_FIGURES: LRUCache[object, tuple[Page, datetime]] = LRUCache(maxsize=64)


def _key(city: City) -> object:
    """Return what the figures of a city are kept by: until a request changes, or for minutes."""
    last_change = find_last_change(city.scope.jurisdiction_id)
    step = int(datetime.now(UTC).timestamp()) // (60 * MINUTES_KEPT)
    return city.version, city.scope.jurisdiction_id, path_language(), language(), last_change, step


@cached(_FIGURES, key=_key, condition=Condition())
def _figures(city: City) -> tuple[Page, datetime]:
    """Return what the page shows, and when it was read; one thread reads for all that wait.

    The page and its files ask for the same figures, one after the other.
    """
    view = _view(city)
    return public_page(view), view.as_of


def _view(city: City) -> View:
    filters = read_filters(city, {})
    return View(
        city,
        Audience.PUBLIC,
        filters,
        period_of(city, filters.asked),
        datetime.now(UTC),
        Links(
            requests=lambda **more: list_url(more),
            csv=lambda key: link("site_insights.table", key=key),
        ),
    )


def list_url(more: ListFilters) -> str:
    """Return the path of the public list; days before now are the list's usual period."""
    names: dict[str, Any] = {
        LIST_NAMES.get(name, name): one for name, one in more.items() if name in KNOWN
    }
    return link("site_lists.index", **names)


KNOWN = (
    *(*LIST_NAMES, "status", "service_code", "agency_responsible", "boundary"),
    *("promise", "work"),
)
