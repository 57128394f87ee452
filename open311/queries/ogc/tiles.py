"""Mapbox vector tiles of a collection, made in the database (OGC 20-057, MVT 2.1).

From afar, and where there are many, service requests are clustered: one point for each cell of a
grid, with counts.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Float,
    FromClause,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    extract,
    func,
    select,
    text,
)

from geo.search.cells import lat_of, long_of
from open311.database import db
from open311.models import CityVersion
from open311.models.grid import COARSEST_LEVEL, WORLD_BITS
from open311.queries.city import Stale
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted, matching_rows, shown_names
from open311.queries.ogc.grid import Grid, Square, X, Y
from open311.queries.ogc.sources import FeatureSource
from open311.queries.requests.conditions import submitted
from open311.queries.search.criteria import EVERYTHING
from open311.queries.search.kept import Selection, read_rows

DEEPEST_ZOOM = 22
CLUSTERED_BELOW = 13
"""Zoom below which service requests are clustered: one point for each cell, with counts."""


@dataclass(frozen=True)
class Clustering:
    """How service requests are clustered. Cells are counted on each axis of a tile.

    cells are those below CLUSTERED_BELOW. From there on, a tile with more than most_single service
    requests has cells_below; in others, each request is a point of its own.
    """

    cells: int
    cells_below: int
    most_single: int

    def cells_at(self, zoom: int) -> int:
        """Return the cells of a tile of an overview, at least as fine as the kept totals are."""
        return max(self.cells, 1 << max(0, COARSEST_LEVEL - zoom))


DOTS = Clustering(cells=64, cells_below=32, most_single=2_000)
"""For marks as small as a dot, which show where requests are dense."""

RINGS = Clustering(cells=16, cells_below=16, most_single=400)
"""For marks with a number. A tile has 512 pixels, so that a cell has room for one."""

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

    def values(self, margin: float = 0) -> dict[str, Any]:
        """Return the values of parameters: the place of the tile, and its box in degrees.

        margin is a part of its width, added on each side.
        """
        return {
            "column": self.column,
            "row": self.row,
            "west": long_of(self.column - margin, self.zoom),
            "south": lat_of(self.row + 1 + margin, self.zoom),
            "east": long_of(self.column + 1 + margin, self.zoom),
            "north": lat_of(self.row - margin, self.zoom),
        }

    def square(self, cells: int) -> Square:
        """The cells of the tile, and those around it, whose points reach into it."""
        level = self.zoom + cells.bit_length() - 1
        return Square(level, cells + 2, self.column * cells - 1, self.row * cells - 1)


_COLUMN, _ROW = (bindparam(name, type_=Integer) for name in ("column", "row"))
_SIDES = [bindparam(name, type_=Float) for name in ("west", "south", "east", "north")]
_BOX = func.ST_MakeEnvelope(*_SIDES, 4326)


def make_tile(
    source: FeatureSource,
    collection: str,
    wanted: Wanted,
    tile: Tile,
    version: UUID | None = None,
    clustering: Clustering = DOTS,
) -> bytes:
    """Return a tile of the features of a query; empty if it contains none.

    Raises InvalidFilter and InvalidParameters, and Stale if version, that of a snapshot, is given
    and is no longer current. The layer has the id of the collection.
    """
    names = shown_names(source, wanted)
    cells = _cells_per_axis(source, wanted, tile, clustering) if collection == REQUESTS else None
    if cells is None:
        form: Hashable = ("shapes", tile.zoom, *names)
        rows = partial(_shapes, source, wanted, names, tile.zoom)
        values = tile.values(BUFFER / EXTENT)
    else:
        square = tile.square(cells)
        form = ("clusters", square.level, square.side)
        rows = partial(_clusters, source, wanted, square)
        values = tile.values(1 / cells) | square.values

    def layer() -> Select[Any]:
        drawn = func.ST_AsMVT(text("tile.*"), collection, EXTENT, "geometry")
        current = select(CityVersion.version).scalar_subquery()
        return select(drawn, current).select_from(rows().subquery("tile"))

    [[made, current]] = _read(source, wanted, form, layer, values)
    if version not in (None, current):
        raise Stale
    return bytes(made or b"")


def _read(
    source: FeatureSource,
    wanted: Wanted,
    form: Hashable,
    statement: Callable[[], Select[Any]],
    values: Mapping[str, Any],
) -> Sequence[Sequence[Any]]:
    """Run a statement, which is kept by its form if nothing special is wanted."""
    if source.key is None or not _is_plain(wanted) or wanted.criteria != EVERYTHING:
        return db.session.connection().execute(statement(), values).all()
    return read_rows(Selection(("tile", source.key, form), statement), values, prepared=False)


def _is_plain(wanted: Wanted) -> bool:
    """Return whether criteria alone say what is wanted."""
    return not wanted.equal and wanted.filter is None


def _cells_per_axis(
    source: FeatureSource, wanted: Wanted, tile: Tile, clustering: Clustering
) -> int | None:
    """Return the number of cells on each axis of a tile; None if it shows each request."""
    if tile.zoom < CLUSTERED_BELOW:
        return clustering.cells_at(tile.zoom)
    most = clustering.most_single
    [[number]] = _read_number(source, wanted, tile, most)
    return clustering.cells_below if number > most else None


def _read_number(
    source: FeatureSource, wanted: Wanted, tile: Tile, most: int
) -> Sequence[Sequence[Any]]:
    """Read the number of service requests in a tile, which is one cell; most + 1 is many."""
    grid = _kept_grid(source, wanted, tile.zoom)
    if grid is not None:
        cell = Square(tile.zoom, 1, tile.column, tile.row)
        number = partial(grid.number, wanted.criteria, cell)
        return _read(source, wanted, ("number", tile.zoom), number, cell.values)

    def counted() -> Select[Any]:
        inside = _in_box(source, wanted).with_only_columns(
            source.order.pk, maintain_column_froms=True
        )
        return select(func.count()).select_from(inside.limit(most + 1).subquery())

    return _read(source, wanted, ("counted", most), counted, tile.values())


def _in_box(source: FeatureSource, wanted: Wanted) -> Select[Any]:
    """Select the rows that touch the box of the parameters."""
    return matching_rows(source, wanted).where(source.geometry.op("&&")(_BOX))


def _shapes(source: FeatureSource, wanted: Wanted, names: Sequence[str], zoom: int) -> Select[Any]:
    columns = [source.properties[name].column.label(name) for name in names]
    in_mercator = func.ST_Transform(source.geometry, MERCATOR)
    envelope = func.ST_TileEnvelope(zoom, _COLUMN, _ROW)
    drawn = func.ST_AsMVTGeom(in_mercator, envelope, EXTENT, BUFFER, True)
    return (
        _in_box(source, wanted)
        .with_only_columns(
            drawn.label("geometry"),
            cast(source.id, String).label("id"),
            *columns,
            maintain_column_froms=True,
        )
        .limit(MOST_POINTS)
    )


def _clusters(source: FeatureSource, wanted: Wanted, square: Square) -> Select[Any]:
    """Select one point for each cell of a square: the mean location of its requests, and counts.

    Points are in units of the tile that the square surrounds by one cell. age_days is the mean age,
    if the reader can see ages.
    """
    grid = _kept_grid(source, wanted, square.level)
    if grid is None:
        cells: FromClause = _counted_cells(source, wanted, square)
    else:
        cells = grid.totals(wanted.criteria, square).subquery("cells")
    number, opened = cells.c.requests, cells.c.opened
    side = square.side - 2
    units = EXTENT * 2.0 ** (square.level - WORLD_BITS) / side  # of the tile, in one of the grid
    x, y = (
        func.floor((total / cast(number, Float) + 0.5) * units - (first + 1) * (EXTENT // side))
        for total, first in ((cells.c.sum_x, X), (cells.c.sum_y, Y))
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


def _kept_grid(source: FeatureSource, wanted: Wanted, level: int) -> Grid | None:
    """Return the kept totals; None if those of a level do not have what is wanted."""
    if source.grid is None or not _is_plain(wanted):
        return None
    return source.grid if source.grid.can_answer(wanted.criteria, level) else None


def _counted_cells(source: FeatureSource, wanted: Wanted, square: Square) -> FromClause:
    """Return the cells, counted from the service requests."""
    rows = _placed(source, wanted, square).subquery("placed")
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


def _placed(source: FeatureSource, wanted: Wanted, square: Square) -> Select[Any]:
    """Select each service request with its cell."""
    x, y = func.grid_x(source.geometry), func.grid_y(source.geometry)
    bits = WORLD_BITS - square.level
    status, overdue = (source.properties[name].column for name in ("status", "overdue"))
    return _in_box(source, wanted).with_only_columns(
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
