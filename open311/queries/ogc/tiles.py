"""Mapbox vector tiles of a collection, made in the database (OGC 20-057, MVT 2.1)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, case, cast, func, select, text

from open311.database import db
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Wanted, matching_rows, shown_names
from open311.queries.ogc.sources import FeatureSource

DEEPEST_ZOOM = 22
CLUSTERED_BELOW = 13
"""Zoom below which service requests are clustered: one point for each cell, with a count."""

CELLS = 64
"""In a tile, on each axis: four pixels of a map, of 256 to a tile."""

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


def make_tile(source: FeatureSource, collection: str, wanted: Wanted, tile: Tile) -> bytes:
    """Return a tile of the features of a query; empty if it contains none.

    Raises InvalidFilter and InvalidParameters. The layer has the id of the collection.
    """
    matching = matching_rows(source, wanted).where(_is_in(source, tile))
    clusters = collection == REQUESTS and tile.zoom < CLUSTERED_BELOW
    if clusters:
        rows = _clusters(source, matching, tile)
    else:
        rows = _shapes(source, wanted, matching, tile)
    inside = rows.subquery("tile")
    made = select(func.ST_AsMVT(text("tile.*"), collection, EXTENT, "geometry")).select_from(inside)
    found = db.session.connection().execute(made).scalar()
    return bytes(found or b"")


def _is_in(source: FeatureSource, tile: Tile) -> ColumnElement[bool]:
    """Return the condition that a geometry is in a tile or its margin; the index is in degrees."""
    margin = func.ST_Expand(tile.envelope, _width(tile) * BUFFER / EXTENT)
    condition: ColumnElement[bool] = source.geometry.op("&&")(func.ST_Transform(margin, 4326))
    return condition


def _width(tile: Tile) -> float:
    """Return the width of a tile in meters of Web Mercator."""
    return 40_075_016.685578488 / (1 << tile.zoom)


def _in_mercator(source: FeatureSource) -> ColumnElement[Any]:
    return func.ST_Transform(source.geometry, MERCATOR)


def _as_drawn(geometry: Any, tile: Tile) -> ColumnElement[Any]:
    drawn = func.ST_AsMVTGeom(geometry, tile.envelope, EXTENT, BUFFER, True)
    return drawn.label("geometry")


def _shapes(
    source: FeatureSource, wanted: Wanted, matching: Select[Any], tile: Tile
) -> Select[Any]:
    columns = [source.properties[name].column.label(name) for name in shown_names(source, wanted)]
    return matching.with_only_columns(
        _as_drawn(_in_mercator(source), tile),
        cast(source.id, String).label("id"),
        *columns,
        maintain_column_froms=True,
    ).limit(MOST_POINTS)


def _oldest(source: FeatureSource) -> list[ColumnElement[Any]]:
    """Return the age of the oldest request of a cell, if the reader can see ages."""
    age = source.properties.get("age_days")
    return [] if age is None else [func.max(age.column).label("age_days")]


def _clusters(source: FeatureSource, matching: Select[Any], tile: Tile) -> Select[Any]:
    """Select one point for each cell: the mean location of its service requests, and the count."""
    place = _in_mercator(source)
    cell = _width(tile) / CELLS
    x, y = func.floor(func.ST_X(place) / cell), func.floor(func.ST_Y(place) / cell)
    status, overdue = (source.properties[name].column for name in ("status", "overdue"))
    middle = func.ST_SetSRID(
        func.ST_MakePoint(func.avg(func.ST_X(place)), func.avg(func.ST_Y(place))), MERCATOR
    )
    return matching.with_only_columns(
        _as_drawn(middle, tile),
        cast(func.count(), Integer).label("point_count"),
        cast(func.count().filter(status == "open"), Integer).label("open_count"),
        cast(func.count().filter(overdue), Integer).label("overdue_count"),
        *_oldest(source),
        case((func.count() == 1, func.min(source.id))).label("id"),
        maintain_column_froms=True,
    ).group_by(x, y)
