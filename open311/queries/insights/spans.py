"""Spans of days that figures are of: weeks, months, and blocks of four weeks."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from open311.queries.insights.flow import Span, weeks


def months(begin: date, end: date) -> list[Span]:
    """Return the months that have a day from begin until before end."""
    return _steps(begin.replace(day=1), end, lambda day: day + relativedelta(months=1))


def four_weeks(begin: date, end: date) -> list[Span]:
    """Return blocks of 28 days, the last of which ends at end, and the first includes begin."""
    block = timedelta(days=28)
    number = max(-(-(end - begin).days // block.days), 0)
    return _steps(end - number * block, end, lambda day: day + block)


def whole(begin: date, end: date) -> list[Span]:
    """Return all days from begin until before end as one span; none if there are no days."""
    return [Span(begin, end)] if begin < end else []


def _steps(first: date, end: date, following: Callable[[date], date]) -> list[Span]:
    spans = []
    while first < end:
        spans.append(Span(first, following(first)))
        first = spans[-1].end
    return spans


PERIODS: Mapping[str, Callable[[date, date], list[Span]]] = {
    "week": weeks,
    "month": months,
    "28days": four_weeks,
    "all": whole,
}
"""Kinds of periods: their spans for the days from begin until before end."""
