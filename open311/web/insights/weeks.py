"""ISO weeks in addresses and in words, and the report of one."""

import re
from datetime import date, timedelta

from open311.errors import NotFound
from open311.messages.figure_pages import (
    REPORT_NOT_YET,
    REPORT_UNKNOWN,
    REPORT_WEEK_INVALID,
)
from open311.queries.city import City
from open311.queries.insights.reports import StoredReport, find_report
from open311.web.dates import date_words
from open311.web.insights.asked import WEEK, this_week
from open311.web.languages import language
from open311.web.languages import say as _

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)

LONGEST = 20
"""Characters of what was asked for that an error repeats."""


def week_code(monday: date) -> str:
    """Return the name of a week in addresses, as 2026-W48."""
    year, week, _day = monday.isocalendar()
    return f"{year:04}-W{week:02}"


def week_title(monday: date) -> str:
    """Return a week in words, as Week 48 of 2026, November 23, 2026 to November 29, 2026."""
    year, week, _day = monday.isocalendar()
    return _(
        "Week %(week)s of %(year)s, %(first)s to %(last)s",
        week=week,
        year=year,
        first=date_words(monday, language()),
        last=date_words(monday + timedelta(days=6), language()),
    )


def report_of(city: City, asked: str, *, for_staff: bool = False) -> StoredReport:
    """Return the report of the week that an address names; raises NotFound, which says why."""
    monday = _monday(asked)
    if monday is None:
        raise NotFound(REPORT_WEEK_INVALID, week=asked[:LONGEST])
    found = find_report(city.scope.jurisdiction_id, monday, for_staff=for_staff)
    if found is not None:
        return found
    if monday >= this_week(city):
        day = date_words(monday + WEEK, language())
        raise NotFound(REPORT_NOT_YET, week=week_code(monday), day=day)
    raise NotFound(REPORT_UNKNOWN, week=week_code(monday))


def _monday(asked: str) -> date | None:
    found = _WEEK.fullmatch(asked)
    if found is None:
        return None
    year, week = int(found[1]), int(found[2])
    try:
        return date.fromisocalendar(year, week, 1) if year < date.max.year else None
    except ValueError:
        return None
