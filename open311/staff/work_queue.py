"""Work queue of a user and their department."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import lazy_gettext
from flask_login import login_required

from open311.queries.ogc.features import Features, list_features
from open311.queries.search.staff_counts import count_all
from open311.staff.asked import read_search
from open311.staff.pages import city, city_snapshot, page, staff_pages, user

blueprint = staff_pages("staff_day", "/staff")

SHOWN = [
    *("service_request_id", "status", "detailed_status", "service_name", "address", "overdue"),
    *("submitted_datetime", "expected_datetime", "agency_responsible", "waits_for"),
    "held_since",
]

FIRST = 5


@dataclass(frozen=True)
class Part:
    """A section of the work queue: its title and its filters."""

    title: Any
    filters: dict[str, str]
    of_mine: bool = False


PARTS = (
    Part(lazy_gettext("Assigned to me"), {"status": "open", "mine": "true", "sort": "due"}, True),
    Part(lazy_gettext("Transferred to us"), {"status": "open", "handed_over": "true"}),
    Part(lazy_gettext("Overdue"), {"overdue": "true", "sort": "due"}),
    Part(lazy_gettext("Due today"), {"due_today": "true", "sort": "due"}),
    Part(lazy_gettext("New"), {"new": "true", "sort": "requested_datetime"}),
    Part(lazy_gettext("Needs review"), {"waiting": "true"}),
    Part(lazy_gettext("Needs approval"), {"status": "open", "unpublished": "true"}),
    Part(lazy_gettext("Held reports"), {"held": "true", "sort": "requested_datetime"}),
    Part(
        lazy_gettext("Held for more than one working day"),
        {"held_overdue": "true", "sort": "requested_datetime"},
    ),
    Part(lazy_gettext("Waiting for requester"), {"status": "open", "waits": "true"}),
)


@dataclass(frozen=True)
class Waiting:
    """A section with its first requests, the number of all, and the URL of the full list."""

    title: str
    features: Features
    total: int
    address: str


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    reader = user()
    department = None
    if reader.department_id is not None:
        department = city_snapshot().department_names[reader.department_id]
    parts = [_read(part, department) for part in PARTS]
    return page("day.html", city(), parts=parts, department=department)


def _read(part: Part, department: str | None) -> Waiting:
    filters = dict(part.filters)
    if department is not None and not part.of_mine:
        filters["agency_responsible"] = department
    search = read_search({name: [value] for name, value in filters.items()}, SHOWN)
    features = list_features(search.source, replace(search.wanted, limit=FIRST), counted=False)
    total = count_all(search.jurisdiction, search.wanted.criteria)
    address = f"{url_for('staff_finding.index')}?{urlencode(filters)}"
    return Waiting(str(part.title), features, total, address)
