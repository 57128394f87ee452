"""Upkeep of the totals of service requests by cells of the map (open311/models/grid.py)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    cast,
    delete,
    extract,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, lift_time_limit
from open311.models import ServiceRequest, request_grid, request_grid_log
from open311.models.grid import (
    ALL_SERVICES,
    COARSEST_LEVEL,
    FINEST_LEVEL,
    FINEST_LEVEL_BY_SERVICE,
    KEYS,
    SUMS,
    WORLD_BITS,
)
from open311.operations.transaction import operation
from open311.queries.requests.conditions import not_withdrawn, submitted
from open311.steps.analyze import store_statistics

_LOCK = 311_0331  # any number that no other lock uses

_IS_NEW = text(
    "SELECT reltuples < :changed OR NOT EXISTS ("
    " SELECT FROM pg_stats WHERE schemaname = current_schema() AND tablename = relname)"
    " FROM pg_class WHERE oid = CAST(:table AS regclass)"
)
"""An index that is built after a restore counts the rows, but knows nothing of their values."""

_COLUMNS = [*KEYS, *SUMS]

_ENTRY_KEYS = [name for name in KEYS if name != "level"]


@operation
def fold_grid() -> int:
    """Move the log of changes into the grid, and return the number of changed cells.

    Returns 0 if another process is doing it. One statement, so that no reader sees a change twice
    or not at all.
    """
    lift_time_limit()
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return 0
    if not db.session.scalar(select(select(request_grid_log).exists())):
        return 0
    gone = delete(request_grid_log).returning(request_grid_log).cte("gone")
    number = _add(union_all(*_all_levels(gone)))
    _analyze_if_new(number)
    return number


@operation
def check_grid() -> int:
    """Compare the grid with the service requests; correct it, and return the number of wrong cells.

    One statement reads both, and subtracts what is still in the log: no writer has to wait.
    """
    lift_time_limit()
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    expected = union_all(
        *_all_levels(union_all(_of_table(), _signed(request_grid_log)).cte("here"))
    )
    both = union_all(expected, _signed(request_grid, level=True)).cte("compared")
    wrong = select(*(both.c[name] for name in KEYS), *_sums_of(both))
    wrong = wrong.group_by(*(both.c[name] for name in KEYS))
    number = _add(wrong.having(or_(*(func.sum(both.c[name]) != 0 for name in SUMS))))
    db.session.execute(delete(request_grid).where(request_grid.c.requests == 0))
    _analyze_if_new(number)
    return number


def _analyze_if_new(changed: int) -> None:
    """Analyze the grid if it has no statistics, or PostgreSQL knows fewer cells than were changed.

    So it is after an import and after a restore, until autovacuum comes. Without it, a list with a
    map box reads the whole grid.
    """
    if db.session.scalar(_IS_NEW, {"changed": changed, "table": request_grid.name}):
        store_statistics(request_grid)


def _add(rows: Any) -> int:
    """Add rows to the grid, and return their number."""
    statement = insert(request_grid).from_select(_COLUMNS, rows)
    added = {name: request_grid.c[name] + statement.excluded[name] for name in SUMS}
    changing: Executable = statement.on_conflict_do_update(index_elements=KEYS, set_=added)
    options = {"preserve_rowcount": True}
    return db.session.connection().execute(changing, execution_options=options).rowcount


def _all_levels(entries: CTE) -> Iterator[Select[Any]]:
    """Sum entries, by cells of FINEST_LEVEL, to all levels, each from the next finer one."""
    every: ColumnElement[int] = literal_column(str(ALL_SERVICES))
    yield from _from_level(entries, FINEST_LEVEL, FINEST_LEVEL, every)
    yield from _from_level(entries, FINEST_LEVEL, FINEST_LEVEL_BY_SERVICE, None)


def _from_level(
    rows: CTE, level: int, finest: int, service: ColumnElement[int] | None
) -> Iterator[Select[Any]]:
    for coarser in range(finest, COARSEST_LEVEL - 1, -1):
        name = f"{'service' if service is None else 'all'}_{coarser}"
        rows = _summed(rows, coarser, level - coarser, service).cte(name)
        level = coarser
        yield select(*(rows.c[column] for column in _COLUMNS))


def _summed(rows: CTE, level: int, bits: int, service: ColumnElement[int] | None) -> Select[Any]:
    """Sum rows to cells that are coarser by some bits on each axis."""
    x, y = (_shifted(rows.c[name], bits) for name in ("x", "y"))
    kept = [rows.c[name] for name in ("jurisdiction_id", "sandbox", "public", "status")]
    of_service = [rows.c.service_id] if service is None else []
    return select(
        *kept,
        (rows.c.service_id if service is None else service).label("service_id"),
        literal_column(str(level)).label("level"),
        x.label("x"),
        y.label("y"),
        *_sums_of(rows),
    ).group_by(*kept, *of_service, x, y)


def _sums_of(rows: CTE) -> list[ColumnElement[int]]:
    return [cast(func.sum(rows.c[name]), BigInteger).label(name) for name in SUMS]


def _shifted(column: Any, bits: int) -> ColumnElement[int]:
    """Return a coordinate of a coarser cell; without parameters, as GROUP BY repeats it."""
    shifted: ColumnElement[int] = column.op(">>")(literal_column(str(bits)))
    return shifted


def _of_table() -> Select[Any]:
    """Select one entry for each service request, as the triggers log it."""
    one = ServiceRequest
    x, y = func.grid_x(one.location), func.grid_y(one.location)
    cell = {"x": x, "y": y}
    keys = [
        _shifted(cell[name], WORLD_BITS - FINEST_LEVEL) if name in cell else getattr(one, name)
        for name in _ENTRY_KEYS
    ]
    sums: list[Any] = [literal_column("1"), x, y, extract("epoch", submitted()), one.pk]
    return select(
        *(key.label(name) for name, key in zip(_ENTRY_KEYS, keys, strict=True)),
        *(cast(value, BigInteger).label(name) for name, value in zip(SUMS, sums, strict=True)),
    ).where(not_withdrawn(), y.is_not(None))


def _signed(table: Any, *, level: bool = False) -> Select[Any]:
    """Select the rows of a table with negative sums."""
    names = _COLUMNS if level else [*_ENTRY_KEYS, *SUMS]
    return select(*(-table.c[name] if name in SUMS else table.c[name] for name in names))
