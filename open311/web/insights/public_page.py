"""The page of figures for the public."""

from open311.queries.insights.days import count_hidden
from open311.web.insights.asked import WEEK, WEEKS, Period, first_moment
from open311.web.insights.figure import Figure, Page
from open311.web.insights.gathered import BY_SERVICE
from open311.web.insights.kept_places import squares_of
from open311.web.insights.pages import week
from open311.web.insights.promises import promises_by
from open311.web.insights.repeated_places import squares_figure
from open311.web.insights.rows import rows_with
from open311.web.insights.time import curve_figure, half_sentence, times_by
from open311.web.insights.view import FOUR_WEEKS, NO_CURVE, View
from open311.web.insights.wording import count_words
from open311.web.languages import say as _


def public_page(view: View) -> Page:
    """Show the last whole week, and times and promises of the last four weeks by service."""
    end = view.this_week
    begin = end - FOUR_WEEKS
    times = rows_with(view.services, view.curves(begin, end, BY_SERVICE))
    of_week = week(view)
    if not of_week.figures:
        return Page(notes=[_("There are no public requests in these weeks."), _not_included(view)])
    curve = view.curves(begin, end).get("", NO_CURVE)
    figures: list[Figure] = [
        *of_week.figures,
        curve_figure(curve, half_sentence(curve), view.links),
    ]
    kept = rows_with(view.services, view.promises(begin, end, BY_SERVICE))
    if times:
        figures.append(
            times_by(
                "time-by-service", _("Time to close by service"), _("Service"), times, view.links
            )
        )
    if kept:
        figures.append(
            promises_by(
                "promises-by-service",
                _("Closed on time by service"),
                _("Service"),
                kept,
                view.links,
                Period(begin, end),
            )
        )
    squares = squares_of(view)
    if squares:
        figures.append(squares_figure(squares, view))
    notes = [_not_included(view), _("Lists of requests without dates show the last 90 days.")]
    return Page(of_week.sentences, of_week.numbers, notes, figures)


def _not_included(view: View) -> str:
    """Return how many requests of the shown weeks are not public."""
    begin, end = (
        first_moment(day, view.city) for day in (view.this_week - WEEKS * WEEK, view.this_week)
    )
    return _(
        "Requests not included, as they are not public: %(number)s in %(weeks)s weeks.",
        number=count_words(count_hidden(view.population, begin, end)),
        weeks=count_words(WEEKS),
    )
