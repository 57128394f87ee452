"""Dates and times as pages show them: in the zone of a city and the language of the reader."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time


def moment_words(moment: datetime | None, zone: ZoneInfo, language: str) -> str:
    """Return the date and time in a zone; empty for None."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    day, time = format_date(local, "medium", language), format_time(local, "short", locale=language)
    return f"{day}, {time}"


def day_words(moment: datetime | None, zone: ZoneInfo, language: str, month: str = "MMM") -> str:
    """Return the month and day of a time in a zone, and its year unless it is the current one.

    month is MMM for a short name or MMMM for the full one (CLDR). Empty for None.
    """
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    year = "" if local.year == datetime.now(zone).year else "y"
    return str(format_skeleton(f"{year}{month}d", local, locale=language))
