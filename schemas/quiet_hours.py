"""Hours of the night in which nobody gets what can wait."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = 21, 8
"""Local hours at which quiet hours begin, and at which they end on the next day."""


def end_of_quiet(now: datetime, zone: ZoneInfo) -> datetime:
    """Return now outside of quiet hours, or else the moment, in UTC, at which they end.

    now is aware. A night may last an hour more or less than 11, when clocks change.
    """
    local = now.astimezone(zone)
    if QUIET_UNTIL <= local.hour < QUIET_FROM:
        return now
    day = local.date() + timedelta(days=int(local.hour >= QUIET_FROM))
    return datetime.combine(day, time(QUIET_UNTIL), zone).astimezone(UTC)
