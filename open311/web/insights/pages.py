"""The pages of figures: what each one reads, and what it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from open311.figures.areas import closing_ratios, promise_ratios
from open311.figures.forecast import YEAR, forecast
from open311.queries.insights.areas import dues_by_area, times_by_area
from open311.queries.insights.flow import Flow
from open311.queries.insights.population import By
from open311.queries.insights.promises import Promises
from open311.queries.search.staff_counts import count_all
from open311.queries.search.visibility import Audience
from open311.web.insights.ahead import crews_figure, forecast_figure, no_backlog, not_trusted
from open311.web.insights.areas import closing_figure, promise_figure, reports_are_not_needs
from open311.web.insights.asked import WEEK, WEEKS
from open311.web.insights.figure import Page
from open311.web.insights.flow import (
    flows_by_department,
    flows_by_service,
    of_weeks,
)
from open311.web.insights.hot_places import find_hot_places
from open311.web.insights.places import places_figure
from open311.web.insights.promises import by_week, promises_by
from open311.web.insights.rows import area_rows, rows_with
from open311.web.insights.time import curve_figure, half_of_period, times_by
from open311.web.insights.view import FOUR_WEEKS, NO_CURVE, View
from open311.web.insights.week import BEFORE, WeekFigures, week_page
from open311.web.languages import say as _
from schemas.vocabulary.marking import N_

SHOWN = 13
"""Weeks of due dates on a chart."""

BY_SERVICE, BY_DEPARTMENT = By("service"), By("department")


def week(view: View) -> Page:
    """Show the last whole week, and what it is compared with."""
    end = view.this_week
    flows = view.flows(end - WEEKS * WEEK, end).get("", [])
    if not any(one.received or one.open_at_end for one in flows):
        return nothing()
    before = end - (BEFORE + 1) * WEEK
    return week_page(
        WeekFigures(
            flows,
            view.curves(end - FOUR_WEEKS, end).get("", NO_CURVE),
            Promises.of_all(view.promises(end - FOUR_WEEKS, end, BY_SERVICE).values()),
            _overdue(view),
            view.flows(before, end, BY_SERVICE),
        ),
        view.services,
        view.links,
    )


def _overdue(view: View) -> int | None:
    """Return how many requests are overdue now, as the list of staff says; None for the public."""
    if view.audience is not Audience.STAFF:
        return None
    return count_all(view.city.scope, replace(view.filters.criteria, overdue=True))


def flow(view: View) -> Page:
    """Show what came in and went out in the period, by week, department, and service."""
    weeks = view.flows(view.period.begin, view.period.end).get("", [])
    of_services = view.flow_of_period(BY_SERVICE)
    if not of_services:
        return nothing()
    by_department = rows_with(view.departments, view.flow_of_period(BY_DEPARTMENT))
    by_service = rows_with(view.services, of_services)
    return Page(
        figures=[
            *(of_weeks(weeks, view.links) if weeks else ()),
            flows_by_department(by_department, view.links),
            flows_by_service(by_service, view.links, view.period),
        ]
    )


def time(view: View) -> Page:
    """Show how long requests take that were open in the last four weeks of the period."""
    end = view.period.end
    begin = max(view.period.begin, end - FOUR_WEEKS)
    by_service = rows_with(view.services, view.curves(begin, end, BY_SERVICE))
    curve = view.curves(begin, end).get("", NO_CURVE)
    if not curve.n:
        return nothing()
    by_department = rows_with(view.departments, view.curves(begin, end, BY_DEPARTMENT))
    return Page(
        figures=[
            curve_figure(curve, half_of_period(curve, begin, end), view.links),
            times_by(
                "time-by-department",
                _("Time to close by department"),
                _("Department"),
                by_department,
                view.links,
            ),
            times_by(
                "time-by-service",
                _("Time to close by service"),
                _("Service"),
                by_service,
                view.links,
            ),
        ]
    )


def promises(view: View) -> Page:
    """Show what was closed by its due date in the period."""
    begin, end = view.period.begin, view.period.end
    by_department = rows_with(view.departments, view.promises(begin, end, BY_DEPARTMENT))
    if not by_department:
        return nothing()
    by_service = rows_with(view.services, view.promises(begin, end, BY_SERVICE))
    weeks = view.promises_by_week(max(begin, end - (SHOWN + 1) * WEEK), end)[-SHOWN:]
    return Page(
        figures=[
            *([by_week(weeks, view.links)] if weeks else ()),
            promises_by(
                "promises-by-department",
                _("Closed on time by department"),
                _("Department"),
                by_department,
                view.links,
                view.period,
            ),
            promises_by(
                "promises-by-service",
                _("Closed on time by service"),
                _("Service"),
                by_service,
                view.links,
                view.period,
            ),
        ]
    )


def places(view: View) -> Page:
    """Show where more came in than is normal there, in the last whole week."""
    week_begin = view.this_week - WEEK
    found = find_hot_places(view, week_begin)
    return Page(figures=[places_figure(found, week_begin, view.links)])


def areas(view: View) -> Page:
    """Show the areas of a layer compared with the city."""
    layer = view.asked["layer"] or next((one.code for one in view.city.layers), None)
    if layer is None:
        return Page(notes=[_("There are no boundary layers by which areas could be compared.")])
    period = view.period
    begin, end = period.moments(view.city)
    rows = area_rows(view.city, layer)
    closings = closing_ratios(times_by_area(view.population, begin, end, layer))
    kept = promise_ratios(dues_by_area(view.population, begin, end, layer))
    names = {one.code: one.name for one in view.city.layers}
    compared = _("Areas are those of this layer: %(layer)s.", layer=names[layer])
    if not closings and not kept:
        outside = _("There are no requests in them in this period with these filters.")
        return Page(notes=[compared, outside])
    return Page(
        notes=[compared, reports_are_not_needs()],
        figures=[
            closing_figure(closings, rows, view.links, period),
            promise_figure(kept, rows, view.links, period),
        ],
    )


def ahead(view: View) -> Page:
    """Show what the next four weeks may bring."""
    end = view.this_week
    weeks = _from_the_first(view.flows(end - 3 * YEAR * WEEK, end).get("", []))
    found = forecast([one.received for one in weeks])
    if found is None or not found.is_trusted:
        return Page(notes=[not_trusted(found)])
    figures = [forecast_figure(weeks, found, view.links)]
    crews, planned = view.asked["crews"], view.asked["crews_planned"]
    if not crews and not planned:
        return Page(figures=figures)
    if not crews or not planned:
        return Page(notes=[_("To compare crews, enter both numbers.")], figures=figures)
    figure = crews_figure(weeks, found, crews, planned, view.links)
    if figure is None:
        return Page(notes=[no_backlog()], figures=figures)
    return Page(figures=[*figures, figure])


def _from_the_first(weeks: list[Flow]) -> list[Flow]:
    """Return the weeks from the first one with requests on."""
    first = next((place for place, one in enumerate(weeks) if one.received), len(weeks))
    return weeks[first:]


def nothing() -> Page:
    """Return a page that says that there is nothing to show."""
    return Page(notes=[_("There are no requests in this period with these filters.")])


@dataclass(frozen=True)
class Section:
    """A page: its heading, its name in menus, whether it has a period, and what it shows."""

    heading: str
    name: str
    is_dated: bool
    show: Callable[[View], Page]


SECTIONS: Mapping[str, Section] = {
    "week": Section(N_("Insights: last week"), N_("Last week"), False, week),
    "flow": Section(N_("Insights: flow"), N_("Flow"), True, flow),
    "time": Section(N_("Insights: time to close"), N_("Time to close"), True, time),
    "promises": Section(N_("Insights: due dates"), N_("Due dates"), True, promises),
    "places": Section(N_("Insights: places"), N_("Places"), False, places),
    "areas": Section(N_("Insights: areas"), N_("Areas"), True, areas),
    "ahead": Section(N_("Insights: next four weeks"), N_("Next four weeks"), False, ahead),
}
"""The pages for staff, by the end of their address."""
