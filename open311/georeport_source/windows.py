"""Time windows for requests to another server, and decisions based on them."""

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
        """Return whether a moment is in the window, or within tolerance of it."""
        return self.start - tolerance <= moment <= self.end + tolerance

    def halves(self) -> list["Window"]:
        """Return the two halves, which share a second; an empty list for a window of one second."""
        if self.end - self.start <= SECOND:
            return []
        middle = self.start + (self.end - self.start) / 2
        middle = middle.replace(microsecond=0)
        return [Window(self.start, middle), Window(middle, self.end)]


def windows(period: Window, days: int) -> list[Window]:
    """Split a period into windows of some days, oldest first; each begins where one ends.

    They share that second, as some servers exclude the end.
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
    """Return the start of a run, and where it continues: (requested_from, done_until).

    progress is that of an unfinished run. That run continues, unless another start is asked for or
    it has reached the end.
    """
    if progress is not None and asked in (None, progress[0]) and progress[1] < until:
        return progress
    begin = default if asked is None else asked
    return begin, begin


def honours_dates(window: Window, rows: Sequence[ImportedServiceRequest]) -> bool:
    """Return whether a server respected the requested window; false without rows.

    Some servers treat all times as local. That is accepted as long as the window is long enough to
    distinguish it from a server that ignores windows, which would be asked forever.
    """
    tolerance = min(_FARTHEST_ZONE, window.end - window.start)
    return bool(rows) and all(window.holds(row.requested, tolerance) for row in rows)


def pieces(
    rows: Sequence[ImportedServiceRequest], window: Window, most: int
) -> Iterator[tuple[list[ImportedServiceRequest], datetime]]:
    """Split a window's rows into batches of at most this many, oldest first.

    Each comes with the moment until which all rows are in it or in an earlier one. For the last
    batch, which may be empty, that is the window's end.
    """
    ordered = sorted(rows, key=lambda row: (row.requested, row.service_request_id))
    first = range(0, max(len(ordered), 1), most)
    for start in first:
        piece = ordered[start : start + most]
        last = start == first[-1]
        done = window.end if last else min(max(piece[-1].requested, window.start), window.end)
        yield piece, done
