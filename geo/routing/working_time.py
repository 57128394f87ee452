"""Working time in days that count only while offices are open.

A working day counts as one day regardless of its length; an open hour counts in proportion. A
request submitted while offices are closed counts from the next opening. Work due at closing time is
due then, not at the next opening. Without business hours, calendar days count.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from geo.routing.times import Calendar

MOST_DAYS = 3_700
"""Calendar days that are searched, ten years; after them every day counts."""

_A_LITTLE = 1e-9


def due_after(start: datetime, days: float, calendar: Calendar) -> datetime:
    """Return the moment when a number of working days after start is over.

    start is aware, in the jurisdiction's time zone, and so is the result, in whole seconds.
    """
    if not calendar.hours:
        return (start.astimezone(UTC) + timedelta(days=days)).astimezone(start.tzinfo)
    left = days
    for opens, closes, share in _open_spans(start, calendar):
        length = (closes - opens).total_seconds()
        if left <= share + _A_LITTLE:
            return opens + timedelta(seconds=round(length * min(left / share, 1)))
        left -= share
    return start + timedelta(days=MOST_DAYS + left)


def start_before(end: datetime, days: float, calendar: Calendar) -> datetime:
    """Return the latest moment after which a number of working days is over at end.

    What starts then or earlier is due at end or before (due_after). end is aware, in the
    jurisdiction's time zone, and so is the result.
    """
    if not calendar.hours:
        return (end.astimezone(UTC) - timedelta(days=days)).astimezone(end.tzinfo)
    left = days
    for number in range(MOST_DAYS):
        day = end.date() - timedelta(days=number)
        spans, whole = calendar.open_on(day, end.tzinfo)
        for opens, closes in reversed(spans):
            worked = (min(closes, end) - opens).total_seconds() / whole
            if worked <= 0:
                continue
            if left <= worked + _A_LITTLE:
                return opens + timedelta(seconds=whole * max(worked - left, 0))
            left -= worked
    return end - timedelta(days=MOST_DAYS + left)


def days_between(begin: datetime, end: datetime, calendar: Calendar) -> float:
    """Return the number of working days between two aware moments; 0 if end is not later."""
    if end <= begin:
        return 0.0
    if not calendar.hours:
        return (end.astimezone(UTC) - begin.astimezone(UTC)) / timedelta(days=1)
    zone, worked = begin.tzinfo, 0.0
    last = end.astimezone(zone)
    for opens, closes, share in _open_spans(begin, calendar):
        if opens >= last:
            break
        length = (closes - opens).total_seconds()
        worked += share * min((last - opens).total_seconds() / length, 1)
    return worked


def _open_spans(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime, float]]:
    """Yield the spans in which offices are open after start, each with its share of a day.

    The part of a span before start is cut off. Spans are in wall-clock time: a day on which clocks
    change still counts as one day.
    """
    for number in range(MOST_DAYS):
        day = start.date() + timedelta(days=number)
        spans, whole = calendar.open_on(day, start.tzinfo)
        for opens, closes in spans:
            begins = max(opens, start)
            if begins < closes:
                yield begins, closes, (closes - begins).total_seconds() / whole
