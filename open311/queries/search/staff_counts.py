"""Exact counts of what staff find."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select, func, select

from open311.models import ServiceRequest
from open311.queries.catalog.services import ServiceName
from open311.queries.jurisdictions import Scope
from open311.queries.search.criteria import Criteria
from open311.queries.search.kept import Selection, read_all
from open311.queries.search.terms import terms
from open311.queries.search.totals import is_kept, read_totals
from open311.queries.search.visibility import Audience, visible_to


@dataclass(frozen=True)
class Counts:
    """The exact total and its parts by status and by name of the service, most frequent first."""

    total: int
    by_status: Mapping[str, int]
    by_service: Mapping[str, int]


def count_all(jurisdiction: Scope, criteria: Criteria) -> int:
    """Count what staff find."""
    [[number]] = _count(jurisdiction, criteria)
    return int(number)


def count_by_status_and_service(
    jurisdiction: Scope, criteria: Criteria, services: Sequence[ServiceName]
) -> Counts:
    """Count the results of a staff search in one statement, so that the parts add up.

    services are all of the jurisdiction. Without an inner limit, PostgreSQL groups in the order of
    the index ix_service_requests_counts.
    """
    keys = (ServiceRequest.status, ServiceRequest.service_id)
    rows: Iterable[Any] = (
        read_totals(jurisdiction, criteria, services)
        if is_kept(criteria)
        else _count(jurisdiction, criteria, *keys)
    )
    names = {one.id: one.service_name for one in services}
    by_status, by_service = Counter[str](), Counter[str]()
    for status, service_id, number in rows:
        by_status[status] += number
        # One that was added a moment ago has no name here yet.
        by_service[names.get(service_id, str(service_id))] += number
    total = sum(by_status.values())
    return Counts(total, _most_frequent_first(by_status), _most_frequent_first(by_service))


def _count(jurisdiction: Scope, criteria: Criteria, *keys: Any) -> Iterable[Any]:
    """Return the number of rows found, by the values of the keys."""
    names = tuple(one.key for one in keys)
    id_, sandbox = jurisdiction.jurisdiction_id, jurisdiction.sandbox
    counted = Selection(("counts", id_, sandbox, names), partial(_counting, jurisdiction, keys))
    return read_all(counted, terms(jurisdiction, criteria))


def _counting(jurisdiction: Scope, keys: Iterable[Any]) -> Select[Any]:
    seen = visible_to(Audience.STAFF, jurisdiction)
    return select(*keys, func.count()).select_from(ServiceRequest).where(seen).group_by(*keys)


def _most_frequent_first(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda one: (-one[1], one[0])))
