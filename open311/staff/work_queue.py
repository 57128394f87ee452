"""Work queue of a user and their department."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import redirect, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.operations.people.preferences import choose_queue, mark_queue_seen
from open311.queries.ogc.features import list_features
from open311.queries.search.staff_counts import count_all
from open311.staff.asked import read_search
from open311.staff.pages import city, city_snapshot, page, staff_pages, user
from open311.web.languages import say
from open311.web.parameters import parse, sent_values
from open311.web.work_queue import PARTS, Part, news_part, news_since
from schemas.people import QueueSchema, QueueSeenSchema

blueprint = staff_pages("staff_day", "/staff")

SHOWN = [
    *("service_request_id", "status", "detailed_status", "service_name", "address", "overdue"),
    *("submitted_datetime", "expected_datetime", "agency_responsible", "waits_for"),
    "held_since",
]

FIRST = 5


@dataclass(frozen=True)
class Waiting:
    """A section with its first requests, the number of all, and the query of the full list."""

    title: str
    features: Sequence[dict[str, Any]]
    total: int
    query: str
    is_late: bool

    @property
    def address(self) -> str:
        """The URL of the full list."""
        return f"{url_for('staff_finding.index')}?{self.query}"


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    """Return the page: what changed since the user marked it as seen, and what needs attention."""
    reader, now = user(), datetime.now(UTC).replace(microsecond=0)
    own = None
    if reader.department_id is not None:
        own = city_snapshot().department_names[reader.department_id]
    department = None if reader.whole_city else own
    since = news_since(reader.queue_seen_at)
    return page(
        "day.html",
        city(),
        news=_read(news_part(since), department),
        since=since,
        until=now,
        parts=[_read(part, department) for part in PARTS],
        own=own,
        department=department,
    )


@blueprint.post("/seen")
@login_required  # type: ignore[untyped-decorator]
def mark_seen() -> Response:
    """Mark the changes up to the moment of the page as seen."""
    mark_queue_seen(user().id, parse(QueueSeenSchema(), sent_values())["until"])
    return redirect(url_for(".show"), 303)


@blueprint.post("/scope")
@login_required  # type: ignore[untyped-decorator]
def choose_scope() -> Response:
    """Show the whole city from now on, or the user's own department."""
    choose_queue(user().id, whole_city=parse(QueueSchema(), sent_values())["whole_city"])
    return redirect(url_for(".show"), 303)


def _read(part: Part, department: str | None) -> Waiting:
    filters = part.filters_of(department)
    search = read_search({name: [value] for name, value in filters.items()}, SHOWN)
    total = count_all(search.jurisdiction, search.wanted.criteria)
    found: Sequence[dict[str, Any]] = ()
    if total:
        first = replace(search.wanted, limit=FIRST)
        found = list_features(search.source, first, counted=False).features
    title = say(part.title_for(department))
    return Waiting(title, found, total, urlencode(filters), part.is_late)
