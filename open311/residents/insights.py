"""Figures for the public, made of public requests alone, and how they are counted."""

from datetime import UTC, datetime

from flask import Response

from open311.queries.search.visibility import Audience
from open311.residents.pages import site_pages
from open311.web.insights.asked import period_of, read_filters
from open311.web.insights.definitions import how_values
from open311.web.insights.files import figure_file
from open311.web.insights.links import Links, ListFilters
from open311.web.insights.public_page import public_page
from open311.web.insights.view import View
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


def _keep(response: Response) -> Response:
    """Let browsers and proxies keep figures for some minutes; pages set no cookie."""
    if response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={60 * MINUTES_KEPT}"
    return response


blueprint.after_request(_keep)


@blueprint.get("")
def show() -> tuple[str, int]:
    """Show the last whole week, and how long requests take by service."""
    view = _view()
    return site_page(
        "insights.html",
        here="insights",
        shown=public_page(view),
        as_of=view.as_of,
        how_url=link("site_insights.how"),
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
    return figure_file(public_page(_view()), key)


def _view() -> View:
    city = site_city()
    filters = read_filters(city, {})
    return View(
        city,
        Audience.PUBLIC,
        filters,
        period_of(city, filters.asked),
        datetime.now(UTC),
        Links(
            requests=lambda **more: _list_url(more),
            csv=lambda key: link("site_insights.table", key=key),
        ),
    )


def _list_url(more: ListFilters) -> str:
    """Return the path of the public list; days before now are the list's usual period."""
    names = {LIST_NAMES.get(name, name): one for name, one in more.items() if name in KNOWN}
    return link("site_lists.index", **names)


KNOWN = (
    *(*LIST_NAMES, "status", "service_code", "agency_responsible", "boundary"),
    *("promise", "work"),
)
