"""Clusters of service requests from kept totals (open311/models/grid.py)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    select,
    union_all,
)

from open311.models import ServiceRequest, request_grid, request_grid_log
from open311.models.grid import (
    ALL_SERVICES,
    FINEST_LEVEL,
    FINEST_LEVEL_BY_SERVICE,
    SUMS,
)
from open311.queries.catalog.services import find_service_ids
from open311.queries.jurisdictions import Scope
from open311.queries.search.conditions import is_any_of, is_overdue
from open311.queries.search.criteria import Criteria, is_kept
from open311.queries.search.visibility import Audience, visible_to, visible_totals
from schemas.vocabulary.statuses import OPEN

X, Y = (bindparam(name, type_=Integer) for name in ("first_x", "first_y"))
"""The first column and row of a square, as parameters."""

_COLUMNS = bindparam("columns", type_=ARRAY(Integer))


@dataclass(frozen=True)
class Square:
    """A square of cells of a level: from column x and row y on, so many on each side.

    The SQL for all squares of a level and size is equal. values are those of its parameters.
    """

    level: int
    side: int
    x: int = field(compare=False)
    y: int = field(compare=False)

    @property
    def values(self) -> dict[str, Any]:
        columns = list(range(self.x, self.x + self.side))
        return {X.key: self.x, Y.key: self.y, _COLUMNS.key: columns}


@dataclass(frozen=True)
class Grid:
    """The kept totals that an audience may see."""

    jurisdiction: Scope
    audience: Audience

    def can_answer(self, criteria: Criteria, level: int) -> bool:
        """Whether the totals of a level are known by all criteria."""
        finest = FINEST_LEVEL_BY_SERVICE if criteria.services else FINEST_LEVEL
        return is_kept(criteria) and level <= finest

    def totals(self, criteria: Criteria, square: Square) -> Select[Any]:
        """Select x and y of each cell in a square, opened, overdue, SUMS, and id.

        id is that of the only service request of a cell, otherwise null.
        """
        every = (*self._totals(criteria, square), self._overdue(criteria, square))
        rows = union_all(*every).subquery("entries")
        opened = func.sum(rows.c.requests).filter(rows.c.status == "open")
        sums = {name: func.sum(rows.c[name]) for name in SUMS}
        only = case((sums["requests"] == 1, cast(sums["sum_pk"], BigInteger)))
        cells = (
            select(
                rows.c.x,
                rows.c.y,
                func.coalesce(opened, 0).label("opened"),
                func.sum(rows.c.overdue).label("overdue"),
                *(total.label(name) for name, total in sums.items()),
                only.label("only"),
            )
            .group_by(rows.c.x, rows.c.y)
            .having(sums["requests"] > 0)
        ).subquery("totals")
        # A subquery, so that a join by number never becomes a scan of all requests.
        name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
        found = select(name).where(ServiceRequest.pk == cells.c.only).scalar_subquery()
        return select(cells, found.label("id"))

    def number(self, criteria: Criteria, square: Square) -> Select[Any]:
        """Select the number of service requests in a square."""
        rows = union_all(*self._totals(criteria, square)).subquery("entries")
        return select(func.coalesce(func.sum(rows.c.requests), 0))

    def _overdue(self, criteria: Criteria, square: Square) -> Select[Any]:
        """Select an entry for each cell of a square with overdue requests, which only counts them.

        What is overdue changes with the clock. An index has all that is read here
        (ix_service_requests_due); that of locations has many more, which are closed. They are
        counted by cell first: to add up the totals of each one costs more than to read it.
        """
        one, bits = ServiceRequest, FINEST_LEVEL - square.level
        found = select(
            one.cell_x.bitwise_rshift(bits).label("x"), one.cell_y.bitwise_rshift(bits).label("y")
        ).where(
            visible_to(self.audience, self.jurisdiction),
            is_overdue(),
            _is_within(one.cell_x, X, square),
            _is_within(one.cell_y, Y, square),
        )
        if criteria.services:
            found = found.where(one.service_id == _any(self._services(criteria)))
        if criteria.statuses and OPEN not in criteria.statuses:
            found = found.where(false())
        rows = found.subquery("overdue")
        nothing = [literal(0)] * len(SUMS)
        number = cast(func.count(), Integer)
        return select(rows.c.x, rows.c.y, literal(OPEN), *nothing, number).group_by(
            rows.c.x, rows.c.y
        )

    def _services(self, criteria: Criteria) -> list[int]:
        return find_service_ids(self.jurisdiction.jurisdiction_id, criteria.services)

    def _totals(self, criteria: Criteria, square: Square) -> tuple[Select[Any], Select[Any]]:
        """Select the rows of the grid and of its log, for one statement: folding moves them."""
        last_x, last_y = X + (square.side - 1), Y + (square.side - 1)
        services = self._services(criteria) if criteria.services else None
        kept = select(
            *(request_grid.c[name] for name in _SELECTED), literal(0).label("overdue")
        ).where(
            self._visible(request_grid, criteria),
            request_grid.c.service_id == _any([ALL_SERVICES] if services is None else services),
            request_grid.c.level == square.level,
            # Each column by itself, so that rows of the index above and below are not read.
            request_grid.c.x == func.any(_COLUMNS),
            request_grid.c.y.between(Y, last_y),
        )
        log = request_grid_log
        bits = FINEST_LEVEL - square.level
        x, y = log.c.x.bitwise_rshift(bits), log.c.y.bitwise_rshift(bits)
        rest = [log.c[name] for name in _SELECTED if name not in ("x", "y")]
        logged = select(x, y, *rest, literal(0)).where(
            self._visible(log, criteria),
            x.between(X, last_x),
            y.between(Y, last_y),
        )
        if services is not None:
            logged = logged.where(log.c.service_id == _any(services))
        return kept, logged

    def _visible(self, table: Table, criteria: Criteria) -> Any:
        visible = visible_totals(self.audience, self.jurisdiction, table)
        if not criteria.statuses:
            return visible
        return and_(visible, is_any_of(table.c.status, criteria.statuses))


_SELECTED = ("x", "y", "status", *SUMS)


def _is_within(cell: Any, first: Any, square: Square) -> Any:
    """Return the condition that a cell of FINEST_LEVEL is inside a square, on one axis.

    PostgreSQL computes both ends once, and not the cell of each row at the level of the square.
    """
    bits = FINEST_LEVEL - square.level
    end = (first + square.side).bitwise_lshift(bits)
    return cell.between(first.bitwise_lshift(bits), end - literal(1))


def _any(numbers: Sequence[int]) -> Any:
    return func.any(literal(list(numbers), ARRAY(Integer)))
