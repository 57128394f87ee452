"""Counts of what staff find, from kept totals if these suffice.

They are exact, except those of a search by words: the text index knows which requests have a word,
but not their status, so that counting a word of most requests reads them all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import ServiceRequest, request_grid, request_grid_log
from open311.models.grid import COARSEST_LEVEL
from open311.models.requests import UNPLACED
from open311.queries.catalog.services import ServiceName
from open311.queries.jurisdictions import Scope
from open311.queries.search.box_counts import read_box_totals
from open311.queries.search.counts import MOST_COUNTED
from open311.queries.search.criteria import Criteria, is_kept
from open311.queries.search.kept import Selection, read_all, values_of
from open311.queries.search.terms import terms
from open311.queries.search.visibility import Audience, visible_to, visible_totals
from open311.statements import Row, Statement
from schemas.vocabulary.statuses import CLOSED, OPEN, STANDARD_STATUSES


@dataclass(frozen=True)
class Counts:
    """The total and its parts by status and by name of the service, most frequent first.

    If not exact, there are more than the total, and the parts are not known.
    """

    total: int
    by_status: Mapping[str, int]
    by_service: Mapping[str, int]
    exact: bool = True


def count_all(jurisdiction: Scope, criteria: Criteria) -> int:
    """Count what staff find."""
    [[number]] = _count(jurisdiction, criteria)
    return int(number)


def count_up_to(jurisdiction: Scope, criteria: Criteria, most: int) -> int:
    """Count what staff find, up to one more than most."""
    seen = visible_to(Audience.STAFF, jurisdiction)
    asked = terms(jurisdiction, criteria)
    found = select(ServiceRequest.pk).where(seen, *(term.build() for term in asked))
    some = found.limit(literal_column(str(most + 1), Integer)).subquery()
    statement = select(func.count()).select_from(some)
    return int(db.session.connection().execute(statement, values_of(asked)).scalar_one())


def count_by_status_and_service(
    jurisdiction: Scope, criteria: Criteria, services: Sequence[ServiceName]
) -> Counts:
    """Count the results of a staff search in one statement, so that the parts add up.

    Those of a search by words are counted up to MOST_COUNTED. services are all of the jurisdiction.
    Without an inner limit, PostgreSQL groups in the order of the index ix_service_requests_counts.
    """
    keys = (ServiceRequest.status, ServiceRequest.service_id)
    rows: Iterable[Any]
    if is_kept(criteria):
        rows = read_totals(jurisdiction, criteria, services)
    elif criteria.text:
        rows = _count_some(jurisdiction, criteria, *keys)
    else:
        ids = _ids_of(criteria, services)
        in_box = read_box_totals(jurisdiction, criteria, ids)
        rows = _count(jurisdiction, criteria, *keys) if in_box is None else in_box
    names = {one.id: one.service_name for one in services}
    by_status, by_service = Counter[str](), Counter[str]()
    for status, service_id, number in rows:
        by_status[status] += number
        # One that was added a moment ago has no name here yet.
        by_service[names.get(service_id, str(service_id))] += number
    total = sum(by_status.values())
    if criteria.text and total > MOST_COUNTED:
        return Counts(MOST_COUNTED, {}, {}, exact=False)
    return Counts(total, _most_frequent_first(by_status), _most_frequent_first(by_service))


def count_for_map(
    jurisdiction: Scope, criteria: Criteria, services: Sequence[ServiceName]
) -> dict[str, int]:
    """Count the results of a staff search as maps mark them: overdue, other open ones, and closed.

    services are all of the jurisdiction. Overdue requests come from the index of what is due.
    Returns nothing if the results are more than are counted.
    """
    found = count_by_status_and_service(jurisdiction, criteria, services)
    if not found.exact:
        return {}
    counts = found.by_status
    overdue = count_all(jurisdiction, replace(criteria, overdue=True))
    opened = max(counts.get(OPEN, 0) - overdue, 0)
    return {"overdue": overdue, "open": opened, "closed": counts.get(CLOSED, 0)}


def read_totals(
    jurisdiction: Scope, criteria: Criteria, services: Sequence[ServiceName]
) -> list[Row]:
    """Count what staff find by status and id of the service; services are all of the city."""
    ids = _ids_of(criteria, services)
    statuses = list(criteria.statuses or STANDARD_STATUSES)
    return _totals(jurisdiction).read({"services": ids, "statuses": statuses})


def _ids_of(criteria: Criteria, services: Sequence[ServiceName]) -> list[int]:
    """Return the ids of the services that are wanted; services are all of the city."""
    wanted = criteria.services
    return [one.id for one in services if not wanted or one.service_code in wanted]


def _count(jurisdiction: Scope, criteria: Criteria, *keys: Any) -> Iterable[Any]:
    """Return the number of rows found, by the values of the keys."""
    names = tuple(one.key for one in keys)
    id_, sandbox = jurisdiction.jurisdiction_id, jurisdiction.sandbox
    counted = Selection(("counts", id_, sandbox, names), partial(_counting, jurisdiction, keys))
    return read_all(counted, terms(jurisdiction, criteria))


def _count_some(jurisdiction: Scope, criteria: Criteria, *keys: Any) -> Iterable[Any]:
    """Return the same of one more than MOST_COUNTED rows at most, whichever are found first."""
    asked = terms(jurisdiction, criteria)
    seen = visible_to(Audience.STAFF, jurisdiction)
    found = select(*keys).where(seen, *(term.build() for term in asked))
    some = found.limit(literal_column(str(MOST_COUNTED + 1), Integer)).subquery()
    statement = select(*some.c, func.count()).group_by(*some.c)
    return db.session.connection().execute(statement, values_of(asked))


def _counting(jurisdiction: Scope, keys: Iterable[Any]) -> Select[Any]:
    seen = visible_to(Audience.STAFF, jurisdiction)
    return select(*keys, func.count()).select_from(ServiceRequest).where(seen).group_by(*keys)


@lru_cache
def _totals(jurisdiction: Scope) -> Statement:
    """Add what is on maps, what is not in the totals of maps yet, and what is on no map.

    In one statement, since what is folded moves from the second to the first.
    """
    seen = visible_to(Audience.STAFF, jurisdiction)
    one, level = ServiceRequest, literal_column(str(COARSEST_LEVEL), Integer)
    placed = _entries(jurisdiction, request_grid).where(request_grid.c.level == level)
    logged = _entries(jurisdiction, request_grid_log)
    unplaced = select(one.status, one.service_id, literal(1)).where(
        seen, *_wanted(one), literal_column(f"({UNPLACED})", Boolean)
    )
    found = union_all(placed, logged, unplaced).subquery("found")
    keys, number = (found.c.status, found.c.service_id), func.sum(found.c.requests)
    return Statement(select(*keys, number).group_by(*keys).having(number > 0), prepared=False)


def _entries(jurisdiction: Scope, table: Table) -> Select[Any]:
    seen, columns = visible_totals(Audience.STAFF, jurisdiction, table), table.c
    entries = select(columns.status, columns.service_id, columns.requests)
    return entries.where(seen, *_wanted(columns))


def _wanted(columns: Any) -> list[ColumnElement[bool]]:
    services = bindparam("services", type_=ARRAY(Integer))
    statuses = bindparam("statuses", type_=ARRAY(String))
    return [columns.service_id == any_(services), columns.status == any_(statuses)]


def _most_frequent_first(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda one: (-one[1], one[0])))
