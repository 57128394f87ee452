"""Windows of time that a server is asked for one after the other, and what is decided by them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from open311.steps.values.imports import ImportedServiceRequest

SECOND = timedelta(seconds=1)
_FARTHEST_ZONE = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A span of requested_datetime in whole seconds, both ends included."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime, tolerance: timedelta = timedelta(0)) -> bool:
        """Tell whether a moment lies in the window, or no further than tolerance from it."""
        return self.start - tolerance <= moment <= self.end + tolerance

    def halves(self) -> list["Window"]:
        """Give the two halves, which share a second; nothing for a window of one second."""
        if self.end - self.start <= SECOND:
            return []
        middle = self.start + (self.end - self.start) / 2
        middle = middle.replace(microsecond=0)
        return [Window(self.start, middle), Window(middle, self.end)]


def windows(period: Window, days: int) -> list[Window]:
    """Cut a period into windows of some days, oldest first; each begins where one ends.

    They share that second, as there are servers that leave out the end.
    """
    cut: list[Window] = []
    start = period.start
    while start < period.end or not cut:
        end = min(start + timedelta(days=days), period.end)
        cut.append(Window(start, end))
        start = end
    return cut


def begin_at(
    asked: datetime | None,
    default: datetime,
    progress: tuple[datetime, datetime] | None,
    until: datetime,
) -> tuple[datetime, datetime]:
    """Decide where a run takes from, and where it goes on: (requested_from, done_until).

    progress is that of a run that was not finished. It is continued unless another beginning is
    asked for, or it has got to the end already.
    """
    if progress is not None and asked in (None, progress[0]) and progress[1] < until:
        return progress
    begin = default if asked is None else asked
    return begin, begin


def honours_dates(window: Window, rows: Sequence[ImportedServiceRequest]) -> bool:
    """Tell whether a server kept to the window it was asked for; without rows, nothing says so.

    Some take all times for local ones. That is let pass as long as the window is long enough to
    tell it from a server that answers the same to any window, which must not be asked for ever.
    """
    tolerance = min(_FARTHEST_ZONE, window.end - window.start)
    return bool(rows) and all(window.holds(row.requested, tolerance) for row in rows)


def pieces(
    rows: Sequence[ImportedServiceRequest], window: Window, most: int
) -> Iterator[tuple[list[ImportedServiceRequest], datetime]]:
    """Cut a window's rows into pieces of at most so many, oldest first.

    Each comes with the moment until which all rows are in it or in a piece before; that of the
    last one, which may be empty, is the window's end.
    """
    ordered = sorted(rows, key=lambda row: (row.requested, row.service_request_id))
    first = range(0, max(len(ordered), 1), most)
    for start in first:
        piece = ordered[start : start + most]
        last = start == first[-1]
        done = window.end if last else min(max(piece[-1].requested, window.start), window.end)
        yield piece, done
