"""Service requests of another server, fetched by window and page, checked, and converted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from marshmallow import ValidationError

from geo.coordinates import Point
from open311.errors import SourceFailed
from open311.georeport_source.documents import Refused, Unreadable, list_entries, text_of
from open311.georeport_source.fetch import RemoteServer
from open311.georeport_source.windows import Window, honours_dates, windows
from open311.messages.imports import SOURCE_UNREADABLE
from open311.messages.problem import problems_in
from open311.messages.sentences import api_sentences
from open311.steps.values.imports import ImportedServiceRequest, Skipped
from schemas.base import data_keys
from schemas.fields import w3c
from schemas.imports.foreign import ForeignServiceRequestSchema

PAGE_SIZE = 500
"""The lowest of the largest page sizes that servers document (spec 5.1)."""
MOST_PAGES = 100
MOST_ROWS = 50_000  # per window, as it is held in memory

# The reason to count a row under, by the invalid field; other fields use their name.
REASONS = {
    "service_request_id": "no service_request_id",
    "service_code": "no service_code",
    "place": "no place",
    "lat": "unusable lat or long",
    "long": "unusable lat or long",
}


@dataclass(frozen=True)
class Fetched:
    """The rows of a window. complete is true if there are certainly no more.

    unknown counts the statuses that were taken as open.
    """

    window: Window
    rows: list[ImportedServiceRequest]
    skipped: list[Skipped]
    complete: bool
    unknown: Counter[str]


def walk(
    source: RemoteServer,
    period: Window,
    days: int,
    zone: tzinfo,
    words: Mapping[str, str] | None = None,
) -> Iterator[Fetched]:
    """Fetch a period in windows of some days, oldest first; raises SourceFailed.

    A window whose response may have been cut off is fetched again in halves, unless the server
    ignores windows. zone applies to times sent without one. words are statuses here for those
    there.
    """
    ahead = windows(period, days)[::-1]
    while ahead:
        window = ahead.pop()
        fetched = _fetch(source, window, zone, words)
        halves = window.halves()
        if not fetched.complete and halves and honours_dates(window, fetched.rows):
            ahead.extend(reversed(halves))
        else:
            yield fetched


def _fetch(
    source: RemoteServer, window: Window, zone: tzinfo, words: Mapping[str, str] | None
) -> Fetched:
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
            rows.setdefault(_id_of(row) or repr(row), row)
        if len(rows) == before:
            break
        page += 1
    has_ended = page <= MOST_PAGES and len(rows) <= MOST_ROWS
    may_be_cut_off = page == 2 and found != [] and len(rows) % 10 == 0
    unknown: Counter[str] = Counter()
    now = datetime.now(UTC).replace(microsecond=0)
    good, bad = check_rows(rows.values(), now, zone, words, unknown)
    return Fetched(window, good, bad, has_ended and not may_be_cut_off, unknown)


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


def list_rows(document: Any) -> list[Any]:
    """Return the rows of a list of service requests, unchecked; raises Unreadable."""
    wrappers = ("service_requests", "requests", "request")
    return list_entries(document, *wrappers, mark="service_request_id")


def check_rows(
    rows: Iterable[Any],
    now: datetime,
    zone: tzinfo,
    words: Mapping[str, str] | None = None,
    unknown: Counter[str] | None = None,
) -> tuple[list[ImportedServiceRequest], list[Skipped]]:
    """Split rows into those that can be imported, and those that cannot, with the problem.

    Of rows with the same id, which may be written as 7 and as "7", the first counts. zone applies
    to times sent without one. words are statuses here for those there; others that nobody knows are
    counted in unknown.
    """
    seen: Counter[str] = Counter() if unknown is None else unknown
    schema = ForeignServiceRequestSchema(
        now=now, zone=zone, words=words, unknown=lambda text: seen.update([text])
    )
    order = data_keys(schema)
    good: dict[str, ImportedServiceRequest] = {}
    bad: list[Skipped] = []
    for row in rows:
        try:
            service_request = _service_request(dict(schema.load(row)))
            good.setdefault(service_request.service_request_id, service_request)
        except ValidationError as error:
            detail = api_sentences(problems_in(error, order))
            bad.append(Skipped(_id_of(row), _reason(error, order), detail))
    return list(good.values()), bad


def _id_of(row: Any) -> str:
    """Return a row's id as text; empty without one."""
    return text_of(row, "service_request_id")


def _reason(error: ValidationError, order: Sequence[str]) -> str:
    wrong = [name for name in (*order, "place") if name in error.messages_dict]
    if not wrong:
        return "no named values"
    return REASONS.get(wrong[0], f"unusable {wrong[0]}")


def _service_request(row: dict[str, Any]) -> ImportedServiceRequest:
    return ImportedServiceRequest(
        service_request_id=row["service_request_id"],
        service_code=row["service_code"],
        requested=row["requested_datetime"],
        updated=row["updated_datetime"],
        detailed_status=row["status"],
        status_notes=row["status_notes"],
        point=Point(lat=row["lat"], long=row["long"]) if "lat" in row else None,
        address_string=row["address"],
        address_id=row["address_id"],
        zipcode=row["zipcode"],
        description=row["description"],
        media=row["media_url"],
    )
