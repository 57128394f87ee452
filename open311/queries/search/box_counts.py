"""Counts of a large map area: from kept totals inside, and by request at its edges.

They are exact. Reading each request of a large area would take longer than the rest of the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.coordinates import Box
from geo.search.cells import Covering, cover
from open311.models import ServiceRequest, request_grid, request_grid_log
from open311.models.grid import (
    ALL_SERVICES,
    COARSEST_LEVEL,
    FINEST_LEVEL,
    FINEST_LEVEL_BY_SERVICE,
)
from open311.queries.jurisdictions import Scope
from open311.queries.search.criteria import Criteria, is_kept
from open311.queries.search.places import touches
from open311.queries.search.visibility import Audience, visible_to, visible_totals
from open311.statements import Row, Statement
from schemas.vocabulary.statuses import STANDARD_STATUSES

MOST_ACROSS = 64
"""Cells on an axis: with more, more totals are read than with fewer requests at the edges."""

FEW = 5_000
"""Service requests in the cells of a box that are read faster than the totals by service."""


def read_box_totals(
    jurisdiction: Scope, criteria: Criteria, services: Sequence[int]
) -> list[Row] | None:
    """Count what staff find in a box by status and id of the service.

    services are the ids of those that are wanted. Returns None where it is better to count the
    requests: for few, and if the kept totals do not know all of the criteria.
    """
    box = criteria.box
    if box is None or not is_kept(replace(criteria, box=None)):
        return None
    covering = cover(box, COARSEST_LEVEL, FINEST_LEVEL_BY_SERVICE, MOST_ACROSS)
    if covering is None:
        return None
    values = _values(box, covering)
    every = {"services": [ALL_SERVICES], "statuses": list(STANDARD_STATUSES)}
    [[inside]] = _number(jurisdiction).read(values | every)
    if inside <= FEW:
        return None
    statuses = list(criteria.statuses or STANDARD_STATUSES)
    wanted = {"services": list(services), "statuses": statuses}
    filtered = bool(criteria.services), bool(criteria.statuses)
    return _totals(jurisdiction, *filtered).read(values | wanted)


def _values(box: Box, covering: Covering) -> dict[str, Any]:
    runs, finer = covering.runs, covering.block.at(FINEST_LEVEL)
    return {
        "levels": [one.level for one in runs],
        "columns": [one.column for one in runs],
        "first_rows": [one.first_row for one in runs],
        "last_rows": [one.last_row for one in runs],
        "first_x": finer.first_column,
        "last_x": finer.last_column,
        "first_y": finer.first_row,
        "last_y": finer.last_row,
        **_sides("box", [box]),
        **_sides("edge", covering.edges),
    }


def _sides(name: str, boxes: Sequence[Box]) -> Mapping[str, str]:
    return {f"{name}_{place}": one.diagonals[0] for place, one in enumerate(boxes)}


@lru_cache
def _number(jurisdiction: Scope) -> Statement:
    kept = _kept(jurisdiction).subquery()
    number = func.coalesce(func.sum(kept.c.requests), literal_column("0"))
    return Statement(select(number), prepared=False)


@lru_cache
def _totals(jurisdiction: Scope, by_service: bool, by_status: bool) -> Statement:
    """Add the totals, what is not in them yet, and the requests at the edges, in one statement."""
    edges = _at_edges(jurisdiction)
    for is_filtered, condition in zip(
        (by_service, by_status), _wanted(ServiceRequest), strict=True
    ):
        if is_filtered:  # otherwise PostgreSQL expects few rows, and reads an index of all requests
            edges = edges.where(condition)
    every = (_kept(jurisdiction), _logged(jurisdiction), edges)
    found = union_all(*every).subquery("found")
    keys, number = (found.c.status, found.c.service_id), func.sum(found.c.requests)
    return Statement(select(*keys, number).group_by(*keys).having(number > 0), prepared=False)


def _kept(jurisdiction: Scope) -> Select[Any]:
    grid, names = request_grid.c, ("levels", "columns", "first_rows", "last_rows")
    arrays = [bindparam(name, type_=ARRAY(Integer)) for name in names]
    run = func.unnest(*arrays).table_valued("level", "x", "first", "last").render_derived("run")
    # With an offset, PostgreSQL looks for each run by itself, and never reads all totals instead.
    found = (
        select(grid.status, grid.service_id, grid.requests)
        .where(
            visible_totals(Audience.STAFF, jurisdiction, request_grid),
            *_wanted(grid),
            grid.level == run.c.level,
            grid.x == run.c.x,
            grid.y.between(run.c.first, run.c.last),
        )
        .offset(literal_column("0", Integer))
        .lateral("found")
    )
    return select(*found.c).select_from(run.join(found, true()))


def _logged(jurisdiction: Scope) -> Select[Any]:
    log = request_grid_log.c
    return select(log.status, log.service_id, log.requests).where(
        visible_totals(Audience.STAFF, jurisdiction, request_grid_log),
        *_wanted(log),
        _is_inside(log.x, log.y),
    )


def _at_edges(jurisdiction: Scope) -> Select[Any]:
    """Select the requests of the box that are in none of its cells, as beyond the map's end."""
    one = ServiceRequest
    edges = [func.ST_Envelope(func.ST_GeomFromEWKT(_text(f"edge_{n}"))) for n in range(4)]
    outside_cells = ~func.coalesce(_is_inside(one.cell_x, one.cell_y), literal(False, Boolean))
    columns: list[Any] = [one.status, one.service_id, literal_column("1", Integer)]
    return select(*columns).where(
        visible_to(Audience.STAFF, jurisdiction),
        or_(*(one.location.op("&&")(edge) for edge in edges)),
        touches(one.location, [_text("box_0")]),
        outside_cells,
    )


def _text(name: str) -> Any:
    return bindparam(name, type_=String)


def _is_inside(x: Any, y: Any) -> ColumnElement[bool]:
    first_x, last_x, first_y, last_y = (
        bindparam(name, type_=Integer) for name in ("first_x", "last_x", "first_y", "last_y")
    )
    return and_(x.between(first_x, last_x), y.between(first_y, last_y))


def _wanted(columns: Any) -> list[ColumnElement[bool]]:
    services = bindparam("services", type_=ARRAY(Integer))
    statuses = bindparam("statuses", type_=ARRAY(String))
    return [columns.service_id == any_(services), columns.status == any_(statuses)]
