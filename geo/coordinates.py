"""Places as latitude and longitude: the one file where they become x and y."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from shapely.geometry.base import BaseGeometry

WGS84 = CRS.from_epsg(4326)
_ELLIPSOID = Geod(ellps="WGS84")


@dataclass(frozen=True, kw_only=True)
class Point:
    """A place in degrees on WGS 84: lat from -90 to 90, long from -180 to 180."""

    lat: float
    long: float

    @property
    def ewkt(self) -> str:
        """The point as PostGIS reads it, without loss: x is the longitude, y the latitude."""
        return f"SRID=4326;POINT({self.long!r} {self.lat!r})"


def covers(area: BaseGeometry, point: Point) -> bool:
    """Tell whether a point lies in an area in WGS 84 degrees or on its edge."""
    return bool(area.covers(shapely.Point(point.long, point.lat)))


def to_wgs84(source: CRS) -> Callable[[BaseGeometry], BaseGeometry]:
    """Give a function that turns geometries of a coordinate system into WGS 84 degrees, x first.

    Axis order follows the file (x = easting or longitude), as GIS files store it, whatever the
    authority says of the system.
    """
    if source.equals(WGS84, ignore_axis_order=True):
        return lambda geometry: geometry
    transformer = Transformer.from_crs(source, WGS84, always_xy=True)

    def reproject(geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, _columns(transformer))

    return reproject


def _columns(transformer: Transformer) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Let a transformer of two columns work on an array of pairs."""

    def transform(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(pairs[:, 0], pairs[:, 1]))

    return transform


def looks_like_degrees(geometry: BaseGeometry) -> bool:
    """Tell whether all coordinates lie within 180 degrees of x and 90 degrees of y."""
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return False
    x_low, y_low, x_high, y_high = geometry.bounds
    return x_low >= -180 and x_high <= 180 and y_low >= -90 and y_high <= 90


def square_metres(geometry: BaseGeometry) -> float:
    """Give the area of a geometry in WGS 84 degrees, on the ellipsoid, in square metres."""
    oriented = shapely.orient_polygons(geometry)  # else the parts' signs could cancel out
    area, _perimeter = _ELLIPSOID.geometry_area_perimeter(oriented)
    return abs(float(area))
