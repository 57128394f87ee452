"""The pages of figures: what each one reads, and what it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from open311.figures.areas import closing_ratios, promise_ratios
from open311.figures.forecast import YEAR, forecast
from open311.queries.insights.areas import (
    dues_by_area,
    find_first_layer,
    times_by_area,
)
from open311.queries.insights.counts import list_outcomes
from open311.queries.insights.flow import Flow
from open311.queries.insights.population import By
from open311.queries.insights.times import Timing
from open311.web.insights.acting import first_actions
from open311.web.insights.ahead import crews_figure, forecast_figure, no_backlog, not_trusted
from open311.web.insights.ahead_departments import forecasts_by_department
from open311.web.insights.areas import closing_figure, promise_figure, reports_are_not_needs
from open311.web.insights.asked import QUARTER, WEEK, WEEKS, first_moment
from open311.web.insights.compared import compared_figure, weeks_before
from open311.web.insights.cuts import Cut, cuts_of
from open311.web.insights.figure import Figure, Page
from open311.web.insights.flow import (
    flows_by_department,
    flows_by_service,
    of_weeks,
)
from open311.web.insights.gathered import BY_SERVICE, gather_week
from open311.web.insights.handling import handling
from open311.web.insights.kept_places import hot_groups_of
from open311.web.insights.outcomes import outcome_cell, outcome_figure
from open311.web.insights.places import HotPlace, places_figure
from open311.web.insights.promises import by_week, promises_by
from open311.web.insights.repeated_places import repeated_figure
from open311.web.insights.reporting_rates import rates_figure
from open311.web.insights.rows import area_rows, rows_with
from open311.web.insights.time import closing_words, curve_figure, half_of_period, times_by
from open311.web.insights.view import FOUR_WEEKS, NO_CURVE, View
from open311.web.insights.week import week_page
from open311.web.languages import say as _
from schemas.vocabulary.marking import N_

SHOWN = 13
"""Weeks of due dates on a chart."""

BY_DEPARTMENT = By("department")


def week(view: View) -> Page:
    """Show the last whole week, and what it is compared with."""
    found = gather_week(view, view.this_week)
    return nothing() if found is None else week_page(found, view.services, view.links)


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
            *(_of_whole_weeks(view, weeks) if weeks else ()),
            flows_by_department(by_department, view.links),
            flows_by_service(by_service, view.links, view.period),
        ]
    )


def _of_whole_weeks(view: View, weeks: list[Flow]) -> list[Figure]:
    compared = compared_figure(weeks, *weeks_before(view, weeks), view.links)
    return [*of_weeks(weeks, view.links), compared]


def time(view: View) -> Page:
    """Show how long requests take that were open in the last four weeks of the period."""
    end = view.period.end
    begin = max(view.period.begin, end - FOUR_WEEKS)
    curve = view.curves(begin, end, timing=_timing(view)).get("", NO_CURVE)
    if not curve.n:
        return nothing()
    figures = [curve_figure(curve, half_of_period(curve, begin, end), view.links)]
    for cut in cuts_of(view):
        figures += _times_and_outcomes(view, cut, begin, end)
    if view.asked["waiting"] is None:
        return Page(figures=figures)
    without = _("Times are without those in which requests waited for the requester.")
    return Page(notes=[without], figures=figures)


def _timing(view: View) -> Timing:
    return Timing(net=view.asked["waiting"] is not None)


def _times_and_outcomes(view: View, cut: Cut, begin: date, end: date) -> list[Figure]:
    first, after = (first_moment(day, view.city) for day in (begin, end))
    counted = list_outcomes(view.population, first, after, cut.by)
    times = times_by(
        f"time-by-{cut.key}",
        cut.title(_("Time to close")),
        cut.heading,
        rows_with(cut.rows, view.curves(begin, end, cut.by, _timing(view))),
        view.links,
        closing_words(cut.notes),
        {key: outcome_cell(counted.get(key)) for key in cut.rows},
    )
    outcomes = outcome_figure(cut, rows_with(cut.rows, counted), view.links)
    return [times, *([outcomes] if outcomes.rows else ())]


def promises(view: View) -> Page:
    """Show what was closed by its due date in the period."""
    begin, end = view.period.begin, view.period.end
    found = [(cut, rows_with(cut.rows, view.promises(begin, end, cut.by))) for cut in cuts_of(view)]
    if not any(rows for _cut, rows in found):
        return nothing()
    weeks = view.promises_by_week(max(begin, end - (SHOWN + 1) * WEEK), end)[-SHOWN:]
    tables = [
        promises_by(
            f"promises-by-{cut.key}",
            cut.title(_("Closed on time")),
            cut.heading,
            rows,
            view.links,
            view.period,
            cut.notes,
        )
        for cut, rows in found
    ]
    return Page(figures=[*([by_week(weeks, view.links)] if weeks else ()), *tables])


def first_action(view: View) -> Page:
    """Show how long it takes until the city first does something about a request."""
    return first_actions(view) or nothing()


def handled(view: View) -> Page:
    """Show transfers, reopening, duplicates, and how requests come in."""
    return handling(view) or nothing()


def places(view: View) -> Page:
    """Show where more came in than is normal there, in the last whole week."""
    week_begin = view.this_week - WEEK
    found = [
        HotPlace(view.services[one.service_code], one.cells, one.outline)
        for one in hot_groups_of(view, week_begin)
        if one.service_code in view.services
    ]
    return Page(figures=[places_figure(found, week_begin, view.links), repeated_figure(view)])


def areas(view: View) -> Page:
    """Show the areas of a layer compared with the city."""
    layer = view.asked["layer"] or first_layer(view)
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
            rates_figure(view, rows, layer),
        ],
    )


def first_layer(view: View) -> str | None:
    """Return the first layer in which requests of the period are, or else the first of all."""
    codes = [one.code for one in view.city.layers]
    found = find_first_layer(view.population, *view.period.moments(view.city), codes)
    return found or next(iter(codes), None)


def ahead(view: View) -> Page:
    """Show what the next four weeks may bring."""
    end = view.this_week
    weeks = _from_the_first(view.flows(end - 3 * YEAR * WEEK, end).get("", []))
    found = forecast([one.received for one in weeks])
    if found is None or not found.is_known:
        return Page(notes=[not_trusted(found)])
    if not found.is_trusted:
        return Page(notes=[not_trusted(found)], figures=_by_department(view))
    figures = [forecast_figure(weeks, found, view.links), *_by_department(view)]
    crews, planned = view.asked["crews"], view.asked["crews_planned"]
    if not crews and not planned:
        return Page(figures=figures)
    if not crews or not planned:
        return Page(notes=[_("To compare crews, enter both numbers.")], figures=figures)
    figure = crews_figure(weeks, found, crews, planned, view.links)
    if figure is None:
        return Page(notes=[no_backlog()], figures=figures)
    return Page(figures=[*figures, figure])


def _by_department(view: View) -> list[Figure]:
    end = view.this_week
    flows = rows_with(view.departments, view.flows(end - 3 * YEAR * WEEK, end, BY_DEPARTMENT))
    weeks = [(row, [one.received for one in _from_the_first(of_row)]) for row, of_row in flows]
    return [forecasts_by_department(weeks, view.links)] if weeks else []


def _from_the_first(weeks: list[Flow]) -> list[Flow]:
    """Return the weeks from the first one with requests on."""
    first = next((place for place, one in enumerate(weeks) if one.received), len(weeks))
    return weeks[first:]


def nothing() -> Page:
    """Return a page that says that there is nothing to show."""
    return Page(notes=[_("There are no requests in this period with these filters.")])


@dataclass(frozen=True)
class Section:
    """A page: its heading, its name in menus, whether it has a period, and what it shows.

    is_cut says that a form chooses by what its tables are cut. weeks are those of its period if no
    other one is asked for.
    """

    heading: str
    name: str
    is_dated: bool
    show: Callable[[View], Page]
    is_cut: bool = False
    weeks: int = WEEKS


SECTIONS: Mapping[str, Section] = {
    "week": Section(N_("Insights: last week"), N_("Last week"), False, week),
    "flow": Section(N_("Insights: flow"), N_("Flow"), True, flow),
    "time": Section(N_("Insights: time to close"), N_("Time to close"), True, time, True),
    "first-action": Section(
        N_("Insights: first action"), N_("First action"), True, first_action, True
    ),
    "promises": Section(N_("Insights: due dates"), N_("Due dates"), True, promises, True),
    "handling": Section(N_("Insights: handling"), N_("Handling"), True, handled, True),
    "places": Section(N_("Insights: places"), N_("Places"), False, places),
    "areas": Section(N_("Insights: areas"), N_("Areas"), True, areas, weeks=QUARTER),
    "ahead": Section(N_("Insights: next four weeks"), N_("Next four weeks"), False, ahead),
}
"""The pages for staff, by the end of their address."""
