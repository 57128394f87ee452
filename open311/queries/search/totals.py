"""Exact numbers of service requests by status and service, from kept totals."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
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

from open311.models import ServiceRequest, request_grid, request_grid_log
from open311.models.grid import COARSEST_LEVEL
from open311.models.requests import UNPLACED
from open311.queries.catalog.services import ServiceName
from open311.queries.jurisdictions import Scope
from open311.queries.search.criteria import EVERYTHING, Criteria
from open311.queries.search.visibility import Audience, visible_to, visible_totals
from open311.statements import Row, Statement
from schemas.vocabulary.statuses import STANDARD_STATUSES


def is_kept(criteria: Criteria) -> bool:
    """Return whether the kept totals are known by all criteria."""
    others = replace(criteria, statuses=(), services=())
    return others == EVERYTHING and set(criteria.statuses) <= set(STANDARD_STATUSES)


def read_totals(
    jurisdiction: Scope, criteria: Criteria, services: Sequence[ServiceName]
) -> list[Row]:
    """Count what staff find by status and id of the service; services are all of the city."""
    wanted = criteria.services
    ids = [one.id for one in services if not wanted or one.service_code in wanted]
    statuses = list(criteria.statuses or STANDARD_STATUSES)
    return _totals(jurisdiction).read({"services": ids, "statuses": statuses})


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
