"""Places at which more came in than is normal there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import pgettext

from open311.figures.hot_cells import HotCell
from open311.web.insights.areas import reports_are_not_needs
from open311.web.insights.figure import Cell, Column, Figure, Row
from open311.web.insights.links import Links, ListFilters, received
from open311.web.insights.wording import count_words, one_decimal, week_words
from open311.web.languages import say as _

MOST = 20
"""Places of a page."""


@dataclass(frozen=True)
class HotPlace:
    """Cells that touch, of a service; outline is a ring of (lat, long) around them."""

    service: Row
    cells: Sequence[HotCell]
    outline: Sequence[tuple[float, float]]

    @property
    def observed(self) -> int:
        return sum(one.observed for one in self.cells)

    @property
    def expected(self) -> float:
        return sum(one.expected for one in self.cells)


def places_figure(places: Sequence[HotPlace], week: date, links: Links) -> Figure:
    """Return the places of a week, those with the most above normal first."""
    ordered = sorted(places, key=lambda one: one.expected - one.observed)[:MOST]
    return Figure(
        "places",
        "hot_places",
        _("More than normal there, week of %(day)s", day=week_words(week)),
        _finding(ordered),
        (
            Column(_("Service"), "service"),
            Column(pgettext("figures", "Received"), "observed"),
            Column(_("Normal there"), "expected"),
            Column(_("Size"), "cells"),
            Column(_("Place"), "outline"),
        ),
        [_row(one, week, links) for one in ordered],
        notes=[
            _(
                "Squares of 500 m are compared with their own past eight weeks, and with the "
                "city's total in that week: what the entire city has more of is not shown. At most "
                "5 of 100 places shown are chance."
            ),
            reports_are_not_needs(),
        ],
        csv_url=links.csv("places"),
    )


def _finding(places: Sequence[HotPlace]) -> str:
    if not places:
        return _("Nowhere did more come in than is normal there.")
    first = places[0]
    return _(
        "%(service)s: %(observed)s in one place where %(expected)s are normal.",
        service=first.service.name,
        observed=count_words(first.observed),
        expected=one_decimal(first.expected),
    )


def _row(one: HotPlace, week: date, links: Links) -> Sequence[Cell]:
    ring = ";".join(f"{lat:.5f},{long:.5f}" for lat, long in one.outline)
    filters: ListFilters = {**one.service.filters, **received(week), "polygon": ring}
    squares = len(one.cells)
    return (
        Cell(one.service.name, one.service.code),
        Cell(count_words(one.observed), one.observed, links.requests(**filters)),
        Cell(one_decimal(one.expected), round(one.expected, 6)),
        Cell(
            _("%(number)s squares of 500 m", number=squares) if squares > 1 else _("500 m"), squares
        ),
        Cell(_("Show on the map"), ring, links.requests(**filters)),
    )
