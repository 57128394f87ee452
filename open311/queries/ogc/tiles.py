"""Mapbox vector tiles of a collection, made in the database (OGC 20-057, MVT 2.1)."""

from dataclasses import dataclass
from math import atan, degrees, pi, sinh
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    exists,
    func,
    literal_column,
    select,
    text,
)

from open311.database import db
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.clusters import EXTENT, select_clusters
from open311.queries.ogc.features import Wanted, matching_rows, shown_names
from open311.queries.ogc.grid import Square
from open311.queries.ogc.sources import FeatureSource

DEEPEST_ZOOM = 22
CLUSTERED_BELOW = 13
"""Zoom below which service requests are clustered: one point for each cell, with counts."""

CELLS = 64
"""Cells on each axis of a tile below CLUSTERED_BELOW."""

CELLS_BELOW = 32
"""Cells on each axis of a tile with more than MOST_SINGLE service requests, from there on."""

MOST_SINGLE = 2_000
"""Maximum service requests of a tile that are each a point of their own."""

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
    cells = _cells(source, matching, tile) if collection == REQUESTS else None
    if cells is None:
        near = matching.where(_is_in(source, tile.box(BUFFER / EXTENT)))
        rows = _shapes(source, wanted, near, tile)
    else:
        box = tile.box(1 / cells)
        near = matching.where(_is_in(source, box))
        rows = select_clusters(source, wanted, near, tile.square(cells), box)
    inside = rows.subquery("tile")
    made = select(func.ST_AsMVT(text("tile.*"), collection, EXTENT, "geometry")).select_from(inside)
    found = db.session.connection().execute(made).scalar()
    return bytes(found or b"")


def _is_in(source: FeatureSource, box: ColumnElement[Any]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = source.geometry.op("&&")(box)
    return condition


def _cells(source: FeatureSource, matching: Select[Any], tile: Tile) -> int | None:
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
