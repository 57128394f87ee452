"""Points as latitude and longitude: the only module that converts them to x and y."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from shapely.geometry.base import BaseGeometry

WGS84 = CRS.from_epsg(4326)
_ELLIPSOID = Geod(ellps="WGS84")

Degrees = NDArray[np.float64]
Meters = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point in degrees on WGS 84: lat from -90 to 90, long from -180 to 180."""

    lat: float
    long: float

    @property
    def ewkt(self) -> str:
        """The point as lossless EWKT for PostGIS: x is the longitude, y the latitude."""
        return f"SRID=4326;POINT({self.long!r} {self.lat!r})"

    @property
    def geojson(self) -> dict[str, object]:
        """The point as a GeoJSON geometry (RFC 7946, 3.1.2)."""
        return {"type": "Point", "coordinates": [self.long, self.lat]}

    @cached_property
    def geometry(self) -> shapely.Point:
        """The point as a geometry in WGS 84 degrees."""
        point: shapely.Point = shapely.points([self.long, self.lat])
        return point


# Meters on WGS 84. A degree of latitude is shortest at the equator. A degree of longitude is at
# least that long, times the cosine of the latitude.
_METERS_OF_LATITUDE = 110_574
_METERS_OF_LONGITUDE = 111_319


@dataclass(frozen=True, kw_only=True)
class Box:
    """An area between two parallels and two meridians, in degrees on WGS 84, edges included.

    A box whose minlong is greater than its maxlong crosses the antimeridian.
    """

    minlong: float
    minlat: float
    maxlong: float
    maxlat: float

    @classmethod
    def around(cls, point: Point, radius: float) -> "Box":
        """Return a box that contains all points within a radius in meters; it may be larger.

        If the circle reaches a pole, the box spans all longitudes.
        """
        lat_margin = radius / _METERS_OF_LATITUDE
        farthest = abs(point.lat) + lat_margin
        if farthest >= 90:
            long_margin = 180.0
        else:
            shrunk = _METERS_OF_LONGITUDE * math.cos(math.radians(farthest))
            long_margin = min(radius / shrunk, 180.0)
        everywhere = long_margin == 180
        return cls(
            minlong=-180 if everywhere else _on_earth(point.long - long_margin),
            minlat=max(point.lat - lat_margin, -90),
            maxlong=180 if everywhere else _on_earth(point.long + long_margin),
            maxlat=min(point.lat + lat_margin, 90),
        )

    @property
    def rectangles(self) -> list[tuple[float, float, float, float]]:
        """The box as (x, y, x, y), lowest first: one rectangle, or two at the antimeridian."""
        if self.minlong <= self.maxlong:
            return [(self.minlong, self.minlat, self.maxlong, self.maxlat)]
        return [
            (self.minlong, self.minlat, 180, self.maxlat),
            (-180, self.minlat, self.maxlong, self.maxlat),
        ]

    @property
    def diagonals(self) -> list[str]:
        """The diagonal of each rectangle as EWKT for PostGIS; its envelope is the rectangle.

        This also works if the box is a line or a point, which cannot be a polygon.
        """
        return [
            f"SRID=4326;LINESTRING({x_low!r} {y_low!r},{x_high!r} {y_high!r})"
            for x_low, y_low, x_high, y_high in self.rectangles
        ]


def _on_earth(long: float) -> float:
    """Return a longitude wrapped to -180 to 180."""
    return math.remainder(long, 360)


def as_point(geometry: BaseGeometry) -> Point | None:
    """Return a geometry in WGS 84 degrees as a point; None if it is not a point."""
    if not isinstance(geometry, shapely.Point):
        return None
    return Point(lat=geometry.y, long=geometry.x)


def covers(area: BaseGeometry, point: Point) -> bool:
    """Return whether an area in WGS 84 degrees contains a point, its edge included."""
    return bool(area.covers(point.geometry))


def which_covered(area: BaseGeometry, lats: Degrees, longs: Degrees) -> NDArray[np.int_]:
    """Return the positions of the points that an area in WGS 84 degrees contains, as covers tells.

    A position whose coordinates are not numbers is left out. It is fast for a prepared area.
    """
    west, south, east, north = area.bounds
    near = np.flatnonzero((longs >= west) & (longs <= east) & (lats >= south) & (lats <= north))
    return near[shapely.intersects_xy(area, longs[near], lats[near])]


def to_wgs84(source: CRS) -> Callable[[BaseGeometry], BaseGeometry]:
    """Return a function that transforms geometries of a system to WGS 84 degrees, x first.

    The axis order is that of the file (x = easting or longitude), as GIS files store it, whatever
    order the authority defines.
    """
    if source.equals(WGS84, ignore_axis_order=True):
        return lambda geometry: geometry
    transformer = Transformer.from_crs(source, WGS84, always_xy=True)

    def reproject(geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, _columns(transformer))

    return reproject


def around_center(
    geometry: BaseGeometry,
) -> tuple[BaseGeometry, Callable[[BaseGeometry], BaseGeometry]]:
    """Return a geometry in meters around its own center, and the inverse function.

    geometry is in WGS 84 degrees. Distances from the center are exact, others approximate.
    """
    middle = shapely.centroid(geometry)
    local = CRS.from_proj4(
        f"+proj=aeqd +lat_0={middle.y!r} +lon_0={middle.x!r} +datum=WGS84 +units=m"
    )
    there = Transformer.from_crs(WGS84, local, always_xy=True)
    back = Transformer.from_crs(local, WGS84, always_xy=True)

    def in_degrees(flat: BaseGeometry) -> BaseGeometry:
        return shapely.transform(flat, _columns(back))

    return shapely.transform(geometry, _columns(there)), in_degrees


def _columns(transformer: Transformer) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Adapt a transformer of two columns to an array of pairs."""

    def transform(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(pairs[:, 0], pairs[:, 1]))

    return transform


def meters_between(one: Point, other: Point) -> float:
    """Return the distance between two points on the ellipsoid, in meters."""
    return float(_ELLIPSOID.inv(one.long, one.lat, other.long, other.lat)[2])


COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def compass_direction(start: Point, end: Point) -> str | None:
    """Return the direction in which one point is seen from another, as one of COMPASS.

    None if they are the same.
    """
    azimuth, _back, meters = _ELLIPSOID.inv(start.long, start.lat, end.long, end.lat)
    return COMPASS[round(azimuth / 45) % 8] if meters else None


def length_meters(geometry: BaseGeometry) -> float:
    """Return the length of lines in WGS 84 degrees on the ellipsoid, in meters."""
    return float(_ELLIPSOID.geometry_length(geometry))


def square_meters(geometry: BaseGeometry) -> float:
    """Return the area of a geometry in WGS 84 degrees on the ellipsoid, in square meters."""
    oriented = shapely.orient_polygons(geometry)  # opposite signs would cancel out
    area, _perimeter = _ELLIPSOID.geometry_area_perimeter(oriented)
    return abs(float(area))


def mean_widths(polygons: Sequence[shapely.Polygon]) -> Meters:
    """Return the width in meters of bands with the areas of polygons and half their outlines.

    The polygons are in WGS 84 degrees and within a degree of latitude of each other, or the widths
    are approximate.
    """
    shapes = np.asarray(polygons, dtype=object)
    if not len(shapes):
        return np.zeros(0)
    _west, south, _east, north = shapely.total_bounds(shapes)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = np.array([_METERS_OF_LONGITUDE * narrow, _METERS_OF_LATITUDE])
    flat = shapely.transform(shapes, lambda points: points * scale)
    return 2 * shapely.area(flat) / shapely.length(flat)


Piece = tuple[float, float, float, float]
"""A short straight line in WGS 84 degrees: x and y of its start, x and y of its end."""


def as_pieces(
    lines: Sequence[BaseGeometry] | NDArray[np.object_], longest: float
) -> tuple[Degrees, NDArray[np.int_]]:
    """Cut lines into straight pieces, none longer than so many degrees.

    lines are in WGS 84 degrees; their vertices do not move. Returns an array with the four numbers
    of a Piece in each row, and the position in lines of each piece.
    """
    cut = shapely.segmentize(np.asarray(lines), longest)
    pairs, line = shapely.get_coordinates(cut, return_index=True)
    joined = (line[1:] == line[:-1]) & (pairs[1:] != pairs[:-1]).any(axis=1)
    return np.hstack([pairs[:-1], pairs[1:]])[joined], line[1:][joined]


def ends_from_center(pieces: Degrees) -> tuple[Meters, Meters]:
    """Return the starts and the ends of pieces in meters from the center of the earth.

    pieces has the four numbers of a Piece in its last dimension; the three numbers of a position
    are in the first dimension of the results.
    """
    return _from_center(pieces[..., 0], pieces[..., 1]), _from_center(
        pieces[..., 2], pieces[..., 3]
    )


def from_center(point: Point) -> Meters:
    """Return the position of a point in meters from the center of the earth: three numbers."""
    return _from_center(point.long, point.lat)


def _from_center(x: Degrees | float, y: Degrees | float) -> Meters:
    """Return x toward the prime meridian, y toward 90 degrees east, and z toward the north pole."""
    long, lat = np.radians(x), np.radians(y)
    sine, cosine = np.sin(lat), np.cos(lat)
    normal = _ELLIPSOID.a / np.sqrt(1 - _ELLIPSOID.es * sine * sine)
    to_axis = normal * cosine
    return np.array(
        [to_axis * np.cos(long), to_axis * np.sin(long), normal * (1 - _ELLIPSOID.es) * sine]
    )


def share_along(point: Point, piece: Piece) -> float:
    """Return where a piece is nearest to a point next to it: from 0, its start, to 1, its end.

    This is exact on the piece. A hundred meters away, it is off by millimeters along the piece, and
    the distance by nothing.
    """
    x_start, y_start, x_end, y_end = piece
    lat = math.radians(point.lat)
    # The ratio of a degree of longitude to one of latitude on the ellipsoid
    narrow = math.cos(lat) * (1 - _ELLIPSOID.es * math.sin(lat) ** 2) / (1 - _ELLIPSOID.es)
    across, along = (x_end - x_start) * narrow, y_end - y_start
    from_start = math.remainder(point.long - x_start, 360) * narrow, point.lat - y_start
    share = (from_start[0] * across + from_start[1] * along) / (across * across + along * along)
    return min(max(share, 0.0), 1.0)


def meters_to(point: Point, piece: Piece, share: float) -> float:
    """Return the distance on the ellipsoid to a place on a piece, from 0 (start) to 1 (end)."""
    x_start, y_start, x_end, y_end = piece
    x, y = x_start + share * (x_end - x_start), y_start + share * (y_end - y_start)
    return float(_ELLIPSOID.inv(point.long, point.lat, x, y)[2])
