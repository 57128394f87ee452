"""Figures for staff: what happens, how long it takes, and what is more than chance."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, url_for
from flask_login import login_required

from open311.errors import NotFound
from open311.messages.figure_pages import FIGURE_UNKNOWN
from open311.queries.city import City
from open311.queries.search.visibility import Audience
from open311.staff.pages import city_snapshot, page, staff_pages
from open311.staff.wording import channel_name
from open311.web.insights.asked import Filters, period_of, read_filters
from open311.web.insights.cuts import cut_choices
from open311.web.insights.definitions import how_values
from open311.web.insights.figure import Page
from open311.web.insights.files import figure_file
from open311.web.insights.links import Links, ListFilters
from open311.web.insights.pages import SECTIONS
from open311.web.insights.view import View
from open311.web.languages import say
from open311.web.parameters import sent_values
from schemas.vocabulary.intake import INTAKE_CHANNELS

blueprint = staff_pages("staff_insights", "/staff/insights")

FILTERS = ("service_code", "group", "agency_responsible", "boundary", "channel")
"""Filters that the list of requests has, too."""

Pairs = Sequence[tuple[str, str]]


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def week() -> str | tuple[str, int]:
    return _show("week")


@blueprint.get("/<section>")
@login_required  # type: ignore[untyped-decorator]
def show(section: str) -> str | tuple[str, int]:
    return _show(section)


def _show(section: str) -> str | tuple[str, int]:
    """Show a page; without figures if a filter is wrong."""
    if section not in SECTIONS:
        raise NotFound(FIGURE_UNKNOWN, name=section[:100])
    known = city_snapshot()
    filters = read_filters(known, sent_values())
    if filters.problems:
        return _page(section, known, filters, None, None), 400
    view = _view(section, known, filters)
    return _page(section, known, filters, SECTIONS[section].show(view), view)


@blueprint.get("/<section>/<key>.csv")
@login_required  # type: ignore[untyped-decorator]
def table(section: str, key: str) -> Response:
    """Return the table of a figure as CSV."""
    if section not in SECTIONS:
        raise NotFound(FIGURE_UNKNOWN, name=section[:100])
    known = city_snapshot()
    filters = read_filters(known, sent_values())
    filters.check()
    return figure_file(SECTIONS[section].show(_view(section, known, filters)), key)


def _view(section: str, known: City, filters: Filters) -> View:
    pairs = _pairs(filters.asked)
    return View(
        known,
        Audience.STAFF,
        filters,
        period_of(known, filters.asked, SECTIONS[section].weeks),
        datetime.now(UTC),
        Links(
            requests=lambda **more: _list_url(pairs, more),
            csv=lambda key: _with(url_for(".table", section=section, key=key), _all_pairs()),
        ),
    )


def _pairs(asked: Mapping[str, Any]) -> Pairs:
    return [(name, value) for name in FILTERS for value in asked[name]]


def _all_pairs() -> Pairs:
    """Return what was sent, for another page with the same filters."""
    return [(name, one) for name, sent in sent_values().items() for one in sent if one]


def _list_url(pairs: Pairs, more: ListFilters) -> str:
    """Return the URL of the list of requests; what a figure is of replaces filters of the page."""
    kept = [pair for pair in pairs if pair[0] not in more]
    own = [
        (name, one)
        for name, value in more.items()
        for one in ([value] if isinstance(value, str) else value)
    ]
    return _with(url_for("staff_finding.index"), [*kept, *own])


def _with(address: str, pairs: Pairs) -> str:
    return f"{address}?{urlencode(pairs)}" if pairs else address


def _page(
    section: str, known: City, filters: Filters, shown: Page | None, view: View | None
) -> str:
    boundaries = known.choices(known.scope.today())
    services = known.listed_services
    groups = [one for one in dict.fromkeys(one["group"] for one in services) if one]
    return page(
        "insights.html",
        known.scope,
        filters.problems,
        section=section,
        heading=say(SECTIONS[section].heading),
        sections=[(name, say(one.name), _address(name)) for name, one in SECTIONS.items()],
        dated=SECTIONS[section].is_dated,
        asked=filters.asked,
        typed=filters.typed,
        shown=shown,
        as_of=None if view is None else view.as_of,
        period_days=None if view is None else view.period.in_words,
        services=services,
        groups=[(one, one) for one in groups],
        departments=known.departments,
        boundaries=boundaries,
        boundary_values=[
            f"{layer.code}:{code}" for layer in boundaries for code, _name in layer.boundaries
        ],
        cut_choices=cut_choices(known) if SECTIONS[section].is_cut else (),
        layer_choices=[(one.code, one.name) for one in boundaries],
        channels=[(one, channel_name(one)) for one in INTAKE_CHANNELS],
        how_url=url_for(".how"),
    )


def _address(section: str) -> str:
    """Return the URL of a page with the filters of this one."""
    address = url_for(".week") if section == "week" else url_for(".show", section=section)
    return _with(address, _all_pairs())


@blueprint.get("/how")
@login_required  # type: ignore[untyped-decorator]
def how() -> str:
    """Show how figures are counted."""
    return page("insights_how.html", city_snapshot().scope, **how_values())
