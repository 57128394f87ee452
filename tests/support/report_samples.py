"""Weekly reports with all that they can contain, and with as little as they can."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from open311.figures.survival import Quantile, Quartiles
from open311.queries.insights.flow import Flow, Span
from open311.queries.insights.promises import Promises
from open311.queries.insights.reports import StoredReport
from open311.web.insights.frozen import Report, ReportedService, Revised, to_document
from open311.web.insights.week import WeekFigures

WEEK = timedelta(weeks=1)
MONDAY = date(2026, 2, 23)
MADE_AT = datetime(2026, 3, 2, 11, tzinfo=UTC)

TIMES = Quartiles(90, 60, 500, Quantile(100, 80, 130), Quantile(400, 300, None))
NEVER = Quartiles(0, 0, 0, Quantile(None, None, None), Quantile(None, None, None))
PROMISES = Promises(kept=60, late=10, overdue=5, waiting=2, not_yet_due=3, no_promise=1)


def flows(last: date, weeks: int, received: int) -> list[Flow]:
    """Return the flows of some weeks, each with as many requests, of which 20 are closed."""
    found, opened = [], 7
    for number in range(weeks):
        begin = last - (weeks - 1 - number) * WEEK
        values = {"received": received, "closed": min(received, 20), "reopened": 0}
        span = Span(begin, begin + WEEK)
        found.append(Flow(span=span, open_before=opened, **values, handed_in=0, handed_out=0))
        opened = found[-1].open_at_end
    return found


def report_of(monday: date, received: int = 30) -> Report:
    """Return the report of a week with figures of each kind."""
    weeks = flows(monday, 26, received)
    services = {"POTHOLE": flows(monday, 9, received)}
    last_year = flows(monday - 51 * WEEK, 3, 25)
    week = WeekFigures(weeks, TIMES, PROMISES, 4, services, last_year)
    named = [
        ReportedService("POTHOLE", 'Pothole <b>"&"', TIMES, PROMISES),
        ReportedService("LAMP", "Lamp", None, None),
    ]
    revised = Revised(MADE_AT - WEEK, flows(monday - WEEK, 1, received + 1)[0], PROMISES)
    return Report(week, named, 3, revised)


def emptiest_report(monday: date) -> Report:
    """Return the report of a week in which nothing was open or came in."""
    nothing = Promises.of_all([])
    return Report(WeekFigures(flows(monday, 1, 0), NEVER, nothing, None, {}), [], 0, None)


def documents_of(report: Report, **departments: Report) -> tuple[Any, Any]:
    """Return the documents of a report for the public and for staff, with those of departments."""
    parts = {code: to_document(one) for code, one in departments.items()}
    return to_document(report), {"city": to_document(report), "departments": parts}


def stored(report: Report, **departments: Report) -> StoredReport:
    """Return a report of staff as it is read from the database."""
    _public, staff = documents_of(report, **departments)
    return StoredReport(report.flow.span.begin, MADE_AT, staff)
