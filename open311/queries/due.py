"""When something is due, by the days that a service takes and the hours of its city."""

from datetime import UTC, datetime

from geo.times import Calendar
from geo.working_time import days_between, due_after
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.rules import get_calendar


def find_due(
    jurisdiction: JurisdictionInfo, start: datetime, days: float | None
) -> datetime | None:
    """Find when days after an aware moment are over, in UTC; None where no time is promised."""
    if days is None:
        return None
    return due_by(jurisdiction, start, days, get_calendar(jurisdiction.jurisdiction_id))


def due_by(
    jurisdiction: JurisdictionInfo, start: datetime, days: float, calendar: Calendar
) -> datetime:
    """Give the same by a calendar that has been read."""
    return due_after(start.astimezone(jurisdiction.zone), days, calendar).astimezone(UTC)


def find_moved(
    jurisdiction: JurisdictionInfo, due: datetime, begin: datetime, end: datetime
) -> datetime:
    """Find when something is due that stood still between two moments: later by the time worked."""
    calendar = get_calendar(jurisdiction.jurisdiction_id)
    days = days_between(begin.astimezone(jurisdiction.zone), end, calendar)
    return due_by(jurisdiction, due, days, calendar) if days else due
