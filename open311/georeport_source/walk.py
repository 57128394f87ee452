"""Iteration over the service requests of another server, by window and page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from open311.errors import SourceFailed
from open311.georeport_source.documents import Refused, Unreadable
from open311.georeport_source.fetch import RemoteServer
from open311.georeport_source.rows import check_rows, id_of, list_rows
from open311.georeport_source.windows import Window, honours_dates, windows
from open311.messages.imports import SOURCE_UNREADABLE
from open311.steps.values.imports import ImportedServiceRequest, Skipped
from schemas.fields import w3c

PAGE_SIZE = 500
"""The lowest of the largest page sizes that servers document (spec 5.1)."""
MOST_PAGES = 100
MOST_ROWS = 50_000  # per window, as it is held in memory


@dataclass(frozen=True)
class Fetched:
    """The rows of a window. complete is true if there are certainly no more."""

    window: Window
    rows: list[ImportedServiceRequest]
    skipped: list[Skipped]
    complete: bool


def walk(source: RemoteServer, period: Window, days: int, zone: tzinfo) -> Iterator[Fetched]:
    """Fetch a period in windows of some days, oldest first; raises SourceFailed.

    A window whose response may have been cut off is fetched again in halves, unless the server
    ignores windows. zone applies to times sent without one.
    """
    ahead = windows(period, days)[::-1]
    while ahead:
        window = ahead.pop()
        fetched = _fetch(source, window, zone)
        halves = window.halves()
        if not fetched.complete and halves and honours_dates(window, fetched.rows):
            ahead.extend(reversed(halves))
        else:
            yield fetched


def _fetch(source: RemoteServer, window: Window, zone: tzinfo) -> Fetched:
    """Fetch the pages of a window until one has no new rows.

    If the second page repeats the first, or is refused, the server may not support pages. It then
    cuts off responses at a round number of rows: 1,000 by the standard, fewer for many servers.
    """
    rows: dict[str, Any] = {}
    page = 1
    while page <= MOST_PAGES and len(rows) <= MOST_ROWS:
        found = _page(source, window, page)
        before = len(rows)
        for row in found or ():
            rows.setdefault(id_of(row) or repr(row), row)
        if len(rows) == before:
            break
        page += 1
    has_ended = page <= MOST_PAGES and len(rows) <= MOST_ROWS
    may_be_cut_off = page == 2 and found != [] and len(rows) % 10 == 0
    good, bad = check_rows(rows.values(), datetime.now(UTC).replace(microsecond=0), zone)
    return Fetched(window, good, bad, has_ended and not may_be_cut_off)


def _page(source: RemoteServer, window: Window, page: int) -> list[Any] | None:
    """Return the rows of a page; None if a page after the first is refused."""
    parameters = {
        "start_date": w3c(window.start),
        "end_date": w3c(window.end),
        "page_size": str(PAGE_SIZE),
    }
    if page > 1:
        parameters["page"] = str(page)
    try:
        return source.read("requests", list_rows, parameters)
    except Unreadable as error:
        if page > 1 and isinstance(error, Refused):
            return None
        raise SourceFailed(SOURCE_UNREADABLE, answer=str(error)) from None
