"""Areas drawn on a map: polygons, circles, and strips along lines."""

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box, Point, length_meters
from geo.errors import InvalidFilter
from geo.reach import within_reach

LONGEST_LINE = 300_000
"""Meters up to which within_reach is accurate."""

WIDEST_LINE = 30
"""Degrees of longitude: a wider area crosses a pole or the antimeridian."""

WIDEST_POLYGON = 180
"""Degrees of longitude: a wider polygon crosses the antimeridian."""

_CENTIMETER = 1e-7
"""Degrees."""


def polygon_of(corners: Sequence[Point]) -> BaseGeometry:
    """Return the area of a polygon from its corners, in WGS 84 degrees, x first.

    The outline is closed automatically. If it crosses itself, the result is everything it encloses.
    Raises InvalidFilter if it has no area, or is wider than 180 degrees of longitude: it would be
    everything but what was meant.
    """
    pairs = [(corner.long, corner.lat) for corner in corners]
    if len(set(pairs)) < 3:
        raise InvalidFilter("area.too_few_corners", field="polygon")
    drawn = shapely.Polygon(pairs)
    west, _south, east, _north = drawn.bounds
    if east - west > WIDEST_POLYGON:
        raise InvalidFilter("area.too_wide", field="polygon")
    area = drawn if drawn.is_valid else _all_enclosed(drawn)
    if to_wkt(area).endswith("EMPTY"):  # narrower than the digits that tiles get
        raise InvalidFilter("area.no_area", field="polygon")
    return area


def _all_enclosed(drawn: shapely.Polygon) -> BaseGeometry:
    """Return what an outline that crosses itself encloses, however often.

    make_valid leaves out what is enclosed twice, and takes seconds for 200 corners at random.
    """
    return shapely.union_all(shapely.get_parts(shapely.polygonize([shapely.node(drawn.exterior)])))


def circle_of(center: Point, meters: float) -> BaseGeometry:
    """Return the area within a distance in meters of a point, in WGS 84 degrees, x first.

    Raises InvalidFilter for a circle that crosses a pole or the antimeridian, or is narrower than
    the digits of a coordinate.
    """
    box = Box.around(center, meters)
    if box.maxlong - box.minlong in (0, 360) or box.minlong > box.maxlong:
        raise InvalidFilter("area.over_pole", field="circle")
    circle = within_reach(shapely.Point(center.long, center.lat), meters)
    if circle.is_empty or not circle.is_valid:
        raise InvalidFilter("area.no_area", field="circle")
    return circle


def strip_of(line: Sequence[Point], meters: float) -> BaseGeometry:
    """Return the area within a distance in meters of a line, in WGS 84 degrees, x first.

    Raises InvalidFilter for an invalid line, or one too long for accurate distances.
    """
    pairs = [(place.long, place.lat) for place in line]
    if len(set(pairs)) < 2:
        raise InvalidFilter("area.too_few_points", field="along")
    drawn = shapely.LineString(pairs)
    west, _south, east, _north = drawn.bounds
    if length_meters(drawn) > LONGEST_LINE or east - west > WIDEST_LINE:
        raise InvalidFilter("area.line_too_long", field="along", limit=LONGEST_LINE // 1000)
    return within_reach(drawn, meters)


def to_geojson(area: BaseGeometry) -> str:
    """Return an area as a GeoJSON geometry (RFC 7946)."""
    return str(shapely.to_geojson(shapely.set_precision(area, _CENTIMETER)))


def to_wkt(area: BaseGeometry) -> str:
    """Return an area as Well-Known Text, x first, as filters in CQL2 have it."""
    return str(shapely.to_wkt(shapely.set_precision(area, _CENTIMETER), rounding_precision=7))


def corners_of(area: BaseGeometry) -> Sequence[Point]:
    """Return the corners of an area of one polygon without holes, the first one once; else none."""
    parts = _parts(area)
    if len(parts) != 1 or shapely.get_num_interior_rings(parts[0]):
        return []
    ring = shapely.get_coordinates(shapely.get_exterior_ring(parts[0])).tolist()
    return [Point(lat=lat, long=long) for long, lat in ring[:-1]]


def _parts(area: BaseGeometry) -> list[BaseGeometry]:
    """Return the simple parts of a geometry, however deeply its collections are nested."""
    parts = list(shapely.get_parts(area))
    return [one for part in parts for one in shapely.get_parts(part)]
