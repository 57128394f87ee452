"""Mornings and days of a city, which are not 24 hours apart when clocks change."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def hour_of(day: date, hour: int, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, at which a local day has reached an hour."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def next_hour(now: datetime, hour: int, zone: tzinfo) -> date:
    """Return the local day of the next time at which it is that hour; now is aware."""
    today = now.astimezone(zone).date()
    return today if now < hour_of(today, hour, zone) else today + timedelta(days=1)


def day_after(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the moments, in UTC, at which the day after a local day begins and ends."""
    begin, end = (hour_of(day + timedelta(days=number), 0, zone) for number in (1, 2))
    return begin, end
