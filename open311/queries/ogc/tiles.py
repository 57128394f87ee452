"""Mapbox vector tiles of a collection, made in the database (OGC 20-057, MVT 2.1).

From afar, and where there are many, service requests are clustered: one point for each cell of a
grid, with counts.
"""

from dataclasses import dataclass
from math import atan, degrees, pi, sinh
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Select,
    String,
    case,
    cast,
    exists,
    extract,
    func,
    literal_column,
    select,
    text,
)

from open311.database import db
from open311.models.grid import WORLD_BITS
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted, matching_rows, shown_names
from open311.queries.ogc.grid import Square
from open311.queries.ogc.sources import FeatureSource
from open311.queries.requests.conditions import submitted

DEEPEST_ZOOM = 22
CLUSTERED_BELOW = 13
"""Zoom below which service requests are clustered: one point for each cell, with counts."""

CELLS = 64
"""Cells on each axis of a tile below CLUSTERED_BELOW."""

CELLS_BELOW = 32
"""Cells on each axis of a tile with more than MOST_SINGLE service requests, from there on."""

MOST_SINGLE = 2_000
"""Maximum service requests of a tile that are each a point of their own."""

EXTENT = 4096
BUFFER = 64
MERCATOR = 3857
MOST_POINTS = 20_000


@dataclass(frozen=True)
class Tile:
    """A tile of WebMercatorQuad (OGC 17-083r4): zoom, row and column, from the north west."""

    zoom: int
    row: int
    column: int

    @property
    def exists(self) -> bool:
        """Whether the tile exists."""
        side = 1 << self.zoom if 0 <= self.zoom <= DEEPEST_ZOOM else 0
        return 0 <= self.row < side and 0 <= self.column < side

    @property
    def envelope(self) -> ColumnElement[Any]:
        """The box of the tile in meters of Web Mercator."""
        return func.ST_TileEnvelope(self.zoom, self.column, self.row)

    def box(self, margin: float = 0) -> ColumnElement[Any]:
        """The box of the tile in degrees. margin is a part of its width, added on each side."""
        west, east = (self.column - margin, self.column + 1 + margin)
        north, south = (self.row - margin, self.row + 1 + margin)
        corners = (self._long(west), self._lat(south), self._long(east), self._lat(north))
        return func.ST_MakeEnvelope(*corners, 4326)

    def _long(self, column: float) -> float:
        return column / (1 << self.zoom) * 360 - 180

    def _lat(self, row: float) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * row / (1 << self.zoom)))))

    def square(self, cells: int) -> Square:
        """The cells of the tile, and those around it, whose points reach into it."""
        level = self.zoom + cells.bit_length() - 1
        return Square(level, self.column * cells - 1, self.row * cells - 1, cells + 2)


def make_tile(source: FeatureSource, collection: str, wanted: Wanted, tile: Tile) -> bytes:
    """Return a tile of the features of a query; empty if it contains none.

    Raises InvalidFilter and InvalidParameters. The layer has the id of the collection.
    """
    matching = matching_rows(source, wanted)
    cells = _cells_per_axis(source, matching, tile) if collection == REQUESTS else None
    if cells is None:
        near = matching.where(_is_in(source, tile.box(BUFFER / EXTENT)))
        rows = _shapes(source, wanted, near, tile)
    else:
        box = tile.box(1 / cells)
        near = matching.where(_is_in(source, box))
        rows = _clusters(source, wanted, near, tile.square(cells), box)
    inside = rows.subquery("tile")
    made = select(func.ST_AsMVT(text("tile.*"), collection, EXTENT, "geometry")).select_from(inside)
    found = db.session.connection().execute(made).scalar()
    return bytes(found or b"")


def _is_in(source: FeatureSource, box: ColumnElement[Any]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = source.geometry.op("&&")(box)
    return condition


def _cells_per_axis(source: FeatureSource, matching: Select[Any], tile: Tile) -> int | None:
    """Return the number of cells on each axis of a tile; None if it shows each request."""
    if tile.zoom < CLUSTERED_BELOW:
        return CELLS
    inside = matching.where(_is_in(source, tile.box()))
    more: Select[Any] = inside.with_only_columns(literal_column("1"), maintain_column_froms=True)
    statement = select(exists(more.offset(MOST_SINGLE)))
    return CELLS_BELOW if db.session.connection().execute(statement).scalar() else None


def _shapes(
    source: FeatureSource, wanted: Wanted, matching: Select[Any], tile: Tile
) -> Select[Any]:
    columns = [source.properties[name].column.label(name) for name in shown_names(source, wanted)]
    in_mercator = func.ST_Transform(source.geometry, MERCATOR)
    drawn = func.ST_AsMVTGeom(in_mercator, tile.envelope, EXTENT, BUFFER, True)
    return matching.with_only_columns(
        drawn.label("geometry"),
        cast(source.id, String).label("id"),
        *columns,
        maintain_column_froms=True,
    ).limit(MOST_POINTS)


def _clusters(
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
    cells = _kept_cells(source, wanted, square, box)
    cells = _counted_cells(source, matching, square) if cells is None else cells
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


def _kept_cells(
    source: FeatureSource, wanted: Wanted, square: Square, box: ColumnElement[Any]
) -> FromClause | None:
    """Return the cells from the kept totals; None if those do not have what is wanted."""
    is_plain = not wanted.equal and wanted.filter is None
    if source.grid is None or not is_plain:
        return None
    if not source.grid.can_answer(wanted.criteria, square.level):
        return None
    return source.grid.totals(wanted.criteria, square, box).subquery("cells")


def _counted_cells(source: FeatureSource, matching: Select[Any], square: Square) -> FromClause:
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
