"""Work queue of a user and their department."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import url_for
from flask_login import login_required

from open311.queries.ogc.features import Features, list_features
from open311.queries.search.staff_counts import count_all
from open311.staff.asked import read_search
from open311.staff.pages import city, city_snapshot, page, staff_pages, user
from open311.web.languages import say
from open311.web.work_queue import PARTS, Part

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
    features: Features
    total: int
    query: str

    @property
    def address(self) -> str:
        """The URL of the full list."""
        return f"{url_for('staff_finding.index')}?{self.query}"


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
    filters = part.filters_of(department)
    search = read_search({name: [value] for name, value in filters.items()}, SHOWN)
    features = list_features(search.source, replace(search.wanted, limit=FIRST), counted=False)
    total = count_all(search.jurisdiction, search.wanted.criteria)
    return Waiting(say(part.title), features, total, urlencode(filters))
