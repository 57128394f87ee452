"""A period compared with the weeks before it, and with the same weeks of last year."""

from collections.abc import Sequence
from datetime import date

from flask_babel import ngettext, pgettext

from open311.figures.changes import Change, around_last_year, compare
from open311.figures.measures import FEWEST
from open311.queries.insights.flow import Flow
from open311.web.insights.asked import WEEK
from open311.web.insights.charts import Axis
from open311.web.insights.figure import Cell, Column, Figure
from open311.web.insights.links import Links
from open311.web.insights.view import View
from open311.web.insights.wording import (
    change_words,
    count_words,
    last_year_words,
    one_decimal,
    ratio_words,
)
from open311.web.languages import say as _

BEFORE = 8
"""Weeks before a period that it is compared with."""


def weeks_before(view: View, weeks: Sequence[Flow]) -> tuple[Sequence[Flow], Sequence[Flow]]:
    """Read the weeks before a period of whole weeks, and those around it a year before."""
    begin, end = weeks[0].span.begin, weeks[-1].span.end
    before = view.flows(begin - BEFORE * WEEK, begin).get("", [])
    return before if is_known(before) else (), weeks_of_last_year(view, begin, end)


def weeks_of_last_year(view: View, begin: date, end: date) -> Sequence[Flow]:
    """Read the weeks around a period of whole weeks a year before; none if it began with nothing.

    Then the first requests of the city may be of the middle of them.
    """
    found = view.flows(*around_last_year(begin, end)).get("", [])
    return found if is_known(found) else ()


def is_known(weeks: Sequence[Flow]) -> bool:
    """Return whether the requests of the city go back to the first of some weeks."""
    return bool(weeks) and bool(weeks[0].open_before or weeks[0].received)


def compared_figure(
    weeks: Sequence[Flow], before: Sequence[Flow], last_year: Sequence[Flow], links: Links
) -> Figure:
    """Return the figure of whole weeks compared with the eight before and with last year's."""
    rows = [
        _Row(name, *([getattr(one, key) for one in part] for part in (weeks, before, last_year)))
        for name, key in ((pgettext("figures", "Received"), "received"), (_("Closed"), "closed"))
    ]
    changes = [one for row in rows for one in (row.since_before, row.since_last_year)]
    axis = Axis.around(1, [end for one in changes if one for end in (one.lower, one.upper)])
    return Figure(
        "compared",
        "last_year",
        _("Compared with before and with last year"),
        _finding(rows),
        (
            Column(_("Requests"), "requests"),
            Column(_("Per week"), "per_week"),
            Column(_("Ratio to the eight weeks before"), "ratio_to_weeks_before"),
            Column(_("Ratio to the same weeks of last year"), "ratio_to_last_year"),
        ),
        [
            (
                Cell(row.name),
                Cell(one_decimal(row.per_week), round(row.per_week, 6)),
                _ratio(row.since_before, axis),
                _ratio(row.since_last_year, axis),
            )
            for row in rows
        ],
        notes=[_weeks_note(len(weeks))],
        csv_url=links.csv("compared"),
    )


class _Row:
    """Weekly numbers of a period, of the weeks before it, and of those of last year."""

    def __init__(
        self, name: str, now: Sequence[int], before: Sequence[int], last_year: Sequence[int]
    ) -> None:
        self.name = name
        self.per_week = sum(now) / len(now)
        self.since_before = compare(now, before, FEWEST) if before else None
        both = (before, last_year)
        self.since_last_year = compare(now, last_year, FEWEST, both) if last_year else None


def _finding(rows: Sequence[_Row]) -> str:
    """Return in words how the number received compares."""
    received = rows[0]
    parts = (change_words(received.since_before), last_year_words(received.since_last_year))
    known = [one for one in parts if one]
    if not known:
        return _("There are too few requests to compare this period with earlier ones.")
    return _("Requests received: %(changes)s.", changes="; ".join(known))


def _weeks_note(weeks: int) -> str:
    return str(
        ngettext(
            "%(weeks)s whole week is compared. 1 is as many requests per week as then, with the "
            "95-percent interval.",
            "%(weeks)s whole weeks are compared. 1 is as many requests per week as then, with the "
            "95-percent interval.",
            weeks,
            weeks=count_words(weeks),
        )
    )


def _ratio(change: Change | None, axis: Axis) -> Cell:
    if change is None:
        return Cell(_("too few to say"), "", is_soft=True)
    words = ratio_words(change.ratio, change.lower, change.upper)
    bar = axis.bar(change.ratio, change.lower, change.upper, 1)
    return Cell(words, round(change.ratio, 6), bar=bar)
