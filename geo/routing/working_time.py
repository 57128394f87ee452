"""How long work takes where offices close: days that count only while they are open.

A working day is worth one, however long its hours are, and is used up in proportion to them. What
is reported while all is closed counts from the next opening on; what is due just as the offices
close is due then, and not at the next opening. Without business hours, days are those of the
calendar.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from geo.routing.times import Calendar

MOST_DAYS = 3_700
"""Days of the calendar that are looked through, ten years; behind them every day counts."""

_A_LITTLE = 1e-9


def due_after(start: datetime, days: float, calendar: Calendar) -> datetime:
    """Give when so many days of work after a moment are over.

    start is aware, in the jurisdiction's own zone, and so is what is given; of whole seconds.
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


def days_between(begin: datetime, end: datetime, calendar: Calendar) -> float:
    """Give how many days of work lie between two aware moments; none where end is not later."""
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
    """Give the spans in which offices are open from a moment on, and the share of a day of each.

    What is before the moment is cut off. Times are those on the clock: where it is put forward or
    back, the day is worth one all the same.
    """
    for number in range(MOST_DAYS):
        day = start.date() + timedelta(days=number)
        spans = list(_spans_of(day, start, calendar))
        whole = sum((closes - opens).total_seconds() for opens, closes in spans)
        for opens, closes in spans:
            begins = max(opens, start)
            if begins < closes:
                yield begins, closes, (closes - begins).total_seconds() / whole


def _spans_of(
    day: date, start: datetime, calendar: Calendar
) -> Iterator[tuple[datetime, datetime]]:
    if calendar.is_holiday(day):
        return
    for opens, closes in calendar.hours.get(day.isoweekday(), ()):
        yield (
            datetime.combine(day, opens, start.tzinfo),
            datetime.combine(day, closes, start.tzinfo),
        )
