"""How soon problems are reported, by service and area."""

from collections.abc import Mapping, Sequence

from open311.figures.measures import FEWEST
from open311.figures.reporting_rates import FEWEST_REPEATS, ReportingRate, reporting_rates
from open311.queries.insights.reporting import list_exposures
from open311.web.insights.figure import NO_VALUE, Cell, Column, Figure, Row
from open311.web.insights.view import View
from open311.web.insights.wording import (
    HOURS_OF_DAY,
    count_words,
    few_words,
    ratio_words,
    time_words,
)
from open311.web.languages import say as _


def rates_figure(view: View, rows: Mapping[str, Row], layer: str) -> Figure:
    """Return how often problems of the period were reported again, in areas by their codes."""
    begin, end = view.period.moments(view.city)
    found = reporting_rates(list_exposures(view.population, begin, end, layer))
    services = [(view.services[code], found[code]) for code in view.services if code in found]
    return Figure(
        "reporting-rates",
        "reporting_rate",
        _("How soon problems are reported"),
        _finding(services, rows),
        (
            Column(_("Service"), "service"),
            Column(_("Area"), "area"),
            Column(_("Problems"), "problems"),
            Column(_("Reported again"), "repeats"),
            Column(_("Reports a day"), "rate"),
            Column(_("Estimated days until a report"), "delay"),
        ),
        [
            _row(service, area, rates[area.code])
            for service, rates in services
            for area in rows.values()
            if area.code in rates
        ],
        notes=[
            _(
                "Estimated from further reports of problems that were known already: duplicates "
                "and people who have the same problem. Where people see on the way that a problem "
                "is known, and leave it at that, the estimate is too slow."
            )
        ],
        csv_url=view.links.csv("reporting-rates"),
    )


def _finding(
    services: Sequence[tuple[Row, Mapping[str, ReportingRate]]], rows: Mapping[str, Row]
) -> str:
    if not services:
        return _(
            "No service has the %(number)s further reports that this needs.", number=FEWEST_REPEATS
        )
    for service, rates in services:
        known = {
            code: one for code, one in rates.items() if one.problems >= FEWEST and code in rows
        }
        if not known:
            continue
        slow, fast = (choose(known, key=lambda code: rates[code].rate) for choose in (min, max))
        if known[slow].interval[1] < known[fast].interval[0]:
            return _(
                "%(service)s: reported sooner in %(fast)s than in %(slow)s.",
                service=service.name,
                fast=rows[fast].name,
                slow=rows[slow].name,
            )
    return _("No area differs from another by more than chance.")


def _row(service: Row, area: Row, one: ReportingRate) -> Sequence[Cell]:
    names = (Cell(service.name, service.code), Cell(area.name, area.code))
    problems = Cell(count_words(one.problems), one.problems)
    if one.problems < FEWEST:
        few = Cell(few_words(one.problems), "", is_soft=True)
        return (*names, problems, NO_VALUE, few, NO_VALUE)
    return (
        *names,
        problems,
        Cell(count_words(one.repeats), one.repeats),
        Cell(ratio_words(one.rate, *one.interval), round(one.rate, 6)),
        _delay(one),
    )


def _delay(one: ReportingRate) -> Cell:
    if one.delay is None:
        shortest = HOURS_OF_DAY / one.interval[1]
        return Cell(_("more than %(time)s", time=time_words(shortest)), "")
    return Cell(time_words(HOURS_OF_DAY * one.delay), round(one.delay, 6))
