"""What the figures of a week are made from, read for a page or for the report of the week."""

from dataclasses import replace
from datetime import date

from open311.queries.insights.population import By
from open311.queries.insights.promises import Promises
from open311.queries.search.staff_counts import count_all
from open311.queries.search.visibility import Audience
from open311.web.insights.asked import WEEK, WEEKS
from open311.web.insights.compared import BEFORE, weeks_of_last_year
from open311.web.insights.view import FOUR_WEEKS, NO_CURVE, View
from open311.web.insights.week import WeekFigures

BY_SERVICE = By("service")


def gather_week(view: View, end: date) -> WeekFigures | None:
    """Read the figures of the whole week before a Monday; None if there is nothing to say."""
    flows = view.flows(end - WEEKS * WEEK, end).get("", [])
    if not any(one.received or one.open_at_end for one in flows):
        return None
    return WeekFigures(
        flows,
        view.curves(end - FOUR_WEEKS, end).get("", NO_CURVE),
        Promises.of_all(view.promises(end - FOUR_WEEKS, end, BY_SERVICE).values()),
        _overdue(view),
        view.flows(end - (BEFORE + 1) * WEEK, end, BY_SERVICE),
        weeks_of_last_year(view, end - WEEK, end),
    )


def _overdue(view: View) -> int | None:
    """Return how many requests are overdue now, as the list of staff says; None for the public."""
    if view.audience is not Audience.STAFF:
        return None
    return count_all(view.city.scope, replace(view.filters.criteria, overdue=True))
