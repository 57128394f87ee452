"""How long it takes until the city does something about a request."""

from collections.abc import Sequence
from datetime import date, timedelta

from open311.figures.measures import FEWEST
from open311.figures.survival import Times
from open311.queries.insights.times import TO_FIRST_ACTION
from open311.web.insights.cuts import cuts_of
from open311.web.insights.figure import Page
from open311.web.insights.rows import rows_with
from open311.web.insights.time import CurveWords, TimeWords, curve_figure, times_by
from open311.web.insights.view import FOUR_WEEKS, NO_CURVE, View
from open311.web.insights.wording import (
    HOURS_OF_DAY,
    count_words,
    interval_words,
    week_words,
)
from open311.web.languages import say as _


def first_actions(view: View) -> Page | None:
    """Show the time to first action of the last four weeks of the period; None without requests."""
    end = view.period.end
    begin = max(view.period.begin, end - FOUR_WEEKS)
    curve = view.curves(begin, end, timing=TO_FIRST_ACTION).get("", NO_CURVE)
    if not curve.n:
        return None
    figures = [curve_figure(curve, _finding(curve, begin, end), view.links, _curve_words())]
    for cut in cuts_of(view):
        found = view.curves(begin, end, cut.by, TO_FIRST_ACTION)
        figures.append(
            times_by(
                f"first-action-by-{cut.key}",
                cut.title(_("Time to first action")),
                cut.heading,
                rows_with(cut.rows, found),
                view.links,
                _table_words(cut.notes),
            )
        )
    return Page(figures=figures)


def _finding(curve: Times, begin: date, end: date) -> str:
    values = {"first": week_words(begin), "last": week_words(end - timedelta(days=1))}
    if curve.n < FEWEST:
        return _(
            "From %(first)s to %(last)s, too few requests waited for a first action (%(number)s) "
            "to say how long it takes.",
            number=count_words(curve.n),
            **values,
        )
    half = curve.quantile(0.5)
    if half.value is None:
        return _(
            "Of the requests without an action from %(first)s to %(last)s, fewer than half had one "
            "after %(days)s days.",
            days=count_words(curve.longest // HOURS_OF_DAY),
            **values,
        )
    return _(
        "Of the requests without an action from %(first)s to %(last)s, half had one within "
        "%(time)s.",
        time=interval_words(half),
        **values,
    )


def _curve_words() -> CurveWords:
    return CurveWords(
        "acted-after",
        "first_action",
        _("Share with a first action after days"),
        _("First action"),
        _(
            "The band is the 95-percent interval. Requests that still wait for a first action "
            "count as long as they have waited."
        ),
    )


def _table_words(notes: Sequence[str]) -> TimeWords:
    return TimeWords(
        "first_action",
        _(
            "The time in which half have a first action, with its 95-percent interval, counting "
            "those that still wait for it."
        ),
        _("First action"),
        _("Half have one within"),
        _("3 of 4 have one within"),
        notes,
    )
