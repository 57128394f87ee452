"""Dates and times as pages and emails show them: in the zone of a city, in the reader's language.

No other module turns a date into words, so that no page leaves out a year that is not the current
one. A list repeats days and times, whose words take longer to make than to remember.
"""

from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time


def moment_words(moment: datetime | None, zone: ZoneInfo, language: str) -> str:
    """Return the date and time in a zone; empty for None."""
    if moment is None:
        return ""
    return f"{dated_words(moment, zone, language)}, {time_words(moment, zone, language)}"


def day_words(moment: datetime | None, zone: ZoneInfo, language: str, month: str = "MMM") -> str:
    """Return the month and day of a time in a zone, and its year unless it is the current one.

    month is MMM for a short name or MMMM for the full one (CLDR). Empty for None.
    """
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    year = "" if local.year == datetime.now(zone).year else "y"
    return _by_skeleton(f"{year}{month}d", local.date(), language)


def dated_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return the day of a time with its year, as Dec 4, 2026."""
    return medium_day(moment.astimezone(zone).date(), language)


def weekday_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return the day of a time with its weekday, as Friday, December 4, 2026."""
    return str(format_date(moment.astimezone(zone), "full", locale=language))


def date_words(day: date, language: str) -> str:
    """Return a date with the full name of its month, as December 4, 2026."""
    return str(format_date(day, "long", locale=language))


@lru_cache(maxsize=2048)
def medium_day(day: date, language: str) -> str:
    """Return a date with its year, as Dec 4, 2026."""
    return str(format_date(day, "medium", locale=language))


def short_day(day: date, language: str) -> str:
    """Return a date without its year, as Dec 4, for the axis of a chart."""
    return _by_skeleton("MMMd", day, language)


@lru_cache(maxsize=2048)
def _by_skeleton(skeleton: str, day: date, language: str) -> str:
    return str(format_skeleton(skeleton, day, locale=language))


def time_words(moment: datetime, zone: tzinfo | None, language: str) -> str:
    """Return the time of the day in a zone."""
    return _short_time(moment.astimezone(zone).time(), language)


@lru_cache(maxsize=2048)
def _short_time(clock: time, language: str) -> str:
    return str(format_time(clock, "short", locale=language))
