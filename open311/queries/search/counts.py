"""Counts of service requests: exact for staff, exact up to a limit for APIs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from open311.database import db
from open311.models import Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.search.criteria import Criteria
from open311.queries.search.terms import conditions
from open311.queries.search.visibility import Audience, visible_to

MOST_COUNTED = 10_000
"""Maximum rows that APIs count."""


@dataclass(frozen=True)
class Total:
    """The number of rows of a list; if not exact, there are more."""

    number: int
    exact: bool


@dataclass(frozen=True)
class Counts:
    """The exact total and its parts by status and by name of the service, most frequent first."""

    total: int
    by_status: Mapping[str, int]
    by_service: Mapping[str, int]


def known_total(counted: int) -> Total:
    """Return the total for a count that stops after MOST_COUNTED."""
    return Total(min(counted, MOST_COUNTED), exact=counted <= MOST_COUNTED)


def count_rows(rows: Select[Any]) -> int:
    """Count the rows of a list, up to one more than MOST_COUNTED."""
    some = rows.limit(MOST_COUNTED + 1).subquery()
    statement = select(func.count()).select_from(some)
    return int(db.session.connection().execute(statement).scalar_one())


def count_all(jurisdiction: Scope, criteria: Criteria) -> int:
    """Count what staff find."""
    statement = (
        select(func.count())
        .select_from(ServiceRequest)
        .where(visible_to(Audience.STAFF, jurisdiction), *conditions(jurisdiction, criteria))
    )
    return int(db.session.connection().execute(statement).scalar_one())


def count_by_status_and_service(jurisdiction: Scope, criteria: Criteria) -> Counts:
    """Count the results of a staff search in one statement, so that the parts add up.

    Without an inner limit, PostgreSQL groups in the order of the index ix_service_requests_counts.
    """
    keys = (ServiceRequest.status, ServiceRequest.service_id)
    statement = (
        select(*keys, func.count())
        .where(visible_to(Audience.STAFF, jurisdiction), *conditions(jurisdiction, criteria))
        .group_by(*keys)
    )
    rows = db.session.connection().execute(statement).all()
    names = _service_names(jurisdiction.jurisdiction_id)
    by_status, by_service = Counter[str](), Counter[str]()
    for status, service_id, number in rows:
        by_status[status] += number
        by_service[names[service_id]] += number
    total = sum(by_status.values())
    return Counts(total, _most_frequent_first(by_status), _most_frequent_first(by_service))


def _most_frequent_first(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda one: (-one[1], one[0])))


def _service_names(jurisdiction_id: str) -> dict[int, str]:
    rows = db.session.execute(
        select(Service.id, Service.service_name).where(Service.jurisdiction_id == jurisdiction_id)
    )
    return {row.id: row.service_name for row in rows}
