"""How many service requests there are: exact, or known not to be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from open311.database import db
from open311.models import Service, ServiceRequest
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.search.conditions import conditions
from open311.queries.search.criteria import Criteria
from open311.queries.search.visibility import Audience, visible_to

MOST_COUNTED = 10_000
"""Rows of a list that APIs count."""

MOST_COUNTED_FOR_STAFF = 1_000_000
"""Rows of a list that are counted for staff, for whom the numbers are."""


@dataclass(frozen=True)
class Total:
    """How many rows a whole list has; if not exact, it has more."""

    number: int
    exact: bool


@dataclass(frozen=True)
class Counts:
    """The total and its parts by status and by the name of the service, most frequent first.

    The parts add up to the total. There are none where the total is not exact.
    """

    total: Total
    by_status: Mapping[str, int]
    by_service: Mapping[str, int]


def known_total(counted: int, most: int = MOST_COUNTED) -> Total:
    """Return the total for a count that may have stopped after the most there is to count."""
    return Total(min(counted, most), exact=counted <= most)


def count_rows(rows: Select[Any]) -> int:
    """Count the rows of a list, up to one more than MOST_COUNTED."""
    some = rows.limit(MOST_COUNTED + 1).subquery()
    statement = select(func.count()).select_from(some)
    return int(db.session.connection().execute(statement).scalar_one())


def count_by_status_and_service(
    jurisdiction: JurisdictionInfo, criteria: Criteria, most: int = MOST_COUNTED_FOR_STAFF
) -> Counts:
    """Count what staff find, in one statement; exact up to the most there is to count."""
    some = (
        select(ServiceRequest.status, ServiceRequest.service_id)
        .where(visible_to(Audience.STAFF, jurisdiction), *conditions(jurisdiction, criteria))
        .limit(most + 1)
        .subquery()
    )
    groups = select(some.c.status, some.c.service_id, func.count()).group_by(
        some.c.status, some.c.service_id
    )
    rows = db.session.connection().execute(groups).all()
    total = known_total(sum(row[2] for row in rows), most)
    if not total.exact:
        return Counts(total, {}, {})
    names = _service_names(jurisdiction.jurisdiction_id)
    by_status, by_service = Counter[str](), Counter[str]()
    for status, service_id, number in rows:
        by_status[status] += number
        by_service[names[service_id]] += number
    return Counts(total, _most_frequent_first(by_status), _most_frequent_first(by_service))


def _most_frequent_first(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda one: (-one[1], one[0])))


def _service_names(jurisdiction_id: str) -> dict[int, str]:
    rows = db.session.execute(
        select(Service.id, Service.service_name).where(Service.jurisdiction_id == jurisdiction_id)
    )
    return {row.id: row.service_name for row in rows}
