"""Clusters of service requests for tiles: one point for each cell, with counts."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Select,
    case,
    cast,
    extract,
    func,
    select,
)

from open311.models.grid import WORLD_BITS
from open311.queries.ogc.features import Wanted
from open311.queries.ogc.grid import Square
from open311.queries.ogc.sources import FeatureSource
from open311.queries.requests.conditions import submitted

EXTENT = 4096


def select_clusters(
    source: FeatureSource,
    wanted: Wanted,
    matching: Select[Any],
    square: Square,
    box: ColumnElement[Any],
) -> Select[Any]:
    """Select one point for each cell of a square: the mean location of its requests, and counts.

    matching selects the service requests in box, which is the square in degrees. Points are in
    units of the tile that the square surrounds by one cell. age_days is the mean age, if the reader
    can see ages.
    """
    cells = _kept(source, wanted, square, box)
    cells = _counted(source, matching, square) if cells is None else cells
    number, opened = cells.c.requests, cells.c.opened
    side = square.side - 2
    units = EXTENT * 2.0 ** (square.level - WORLD_BITS) / side  # of the tile, in one of the grid
    x, y = (
        func.floor((total / cast(number, Float) + 0.5) * units - (first + 1) * EXTENT / side)
        for total, first in ((cells.c.sum_x, square.x), (cells.c.sum_y, square.y))
    )
    shown = [
        func.ST_MakePoint(x, y).label("geometry"),
        cast(number, Integer).label("point_count"),
        cast(opened, Integer).label("open_count"),
        cast(number - opened, Integer).label("closed_count"),
        cast(cells.c.overdue, Integer).label("overdue_count"),
        cells.c.id,
    ]
    if "age_days" in source.properties:
        now = extract("epoch", func.now())
        age = func.floor((now - cells.c.sum_submitted / cast(number, Float)) / 86_400)
        shown.append(cast(age, Integer).label("age_days"))
    return select(*shown)


def _kept(
    source: FeatureSource, wanted: Wanted, square: Square, box: ColumnElement[Any]
) -> FromClause | None:
    """Return the cells from the kept totals; None if those do not have what is wanted."""
    is_plain = not wanted.equal and wanted.filter is None
    if source.grid is None or not is_plain:
        return None
    if not source.grid.can_answer(wanted.criteria, square.level):
        return None
    return source.grid.totals(wanted.criteria, square, box).subquery("cells")


def _counted(source: FeatureSource, matching: Select[Any], square: Square) -> FromClause:
    """Return the cells, counted from the service requests."""
    rows = _placed(source, matching, square).subquery("placed")
    number = func.count()
    columns = select(
        number.label("requests"),
        number.filter(rows.c.status == "open").label("opened"),
        number.filter(rows.c.overdue).label("overdue"),
        func.sum(rows.c.grid_x).label("sum_x"),
        func.sum(rows.c.grid_y).label("sum_y"),
        func.sum(rows.c.submitted).label("sum_submitted"),
        case((number == 1, func.min(rows.c.id))).label("id"),
    )
    by_cell = columns.group_by(rows.c.x, rows.c.y).having(rows.c.y.is_not(None))
    return by_cell.subquery("cells")


def _placed(source: FeatureSource, matching: Select[Any], square: Square) -> Select[Any]:
    """Select each service request with its cell."""
    x, y = func.grid_x(source.geometry), func.grid_y(source.geometry)
    bits = WORLD_BITS - square.level
    status, overdue = (source.properties[name].column for name in ("status", "overdue"))
    return matching.with_only_columns(
        x.op(">>")(bits).label("x"),
        y.op(">>")(bits).label("y"),
        x.label("grid_x"),
        y.label("grid_y"),
        status.label("status"),
        overdue.label("overdue"),
        cast(extract("epoch", submitted()), BigInteger).label("submitted"),
        source.id.label("id"),
        maintain_column_froms=True,
    )
