"""Areas that someone draws on a map: polygons, circles, and strips along lines."""

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from geo.coordinates import Box, Point, length_metres
from geo.errors import InvalidFilter
from geo.reach import within_reach

LONGEST_LINE = 300_000
"""Metres, up to which within_reach is true."""

WIDEST_LINE = 30
"""Degrees of longitude: wider ones run over a pole or the antimeridian."""

_CENTIMETRE = 1e-7
"""Degrees."""


def polygon_of(corners: Sequence[Point]) -> BaseGeometry:
    """Give the area inside of corners, in degrees on WGS 84, x first; its outline closes itself.

    One that crosses itself is taken for all that it goes around. Raises InvalidFilter where it has
    no area.
    """
    pairs = [(corner.long, corner.lat) for corner in corners]
    if len(set(pairs)) < 3:
        raise InvalidFilter("area.too_few_corners", field="polygon")
    drawn = shapely.Polygon(pairs)
    area = drawn if drawn.is_valid else shapely.make_valid(drawn)
    parts = [part for part in _parts(area) if part.geom_type == "Polygon" and not part.is_empty]
    if not parts:
        raise InvalidFilter("area.no_area", field="polygon")
    return shapely.union_all(parts)


def circle_of(centre: Point, metres: float) -> BaseGeometry:
    """Give the area within so many metres of a place, in degrees on WGS 84, x first.

    Raises InvalidFilter for one that reaches over a pole or the antimeridian.
    """
    box = Box.around(centre, metres)
    if box.maxlong - box.minlong in (0, 360) or box.minlong > box.maxlong:
        raise InvalidFilter("area.over_pole", field="circle")
    return within_reach(shapely.Point(centre.long, centre.lat), metres)


def strip_of(line: Sequence[Point], metres: float) -> BaseGeometry:
    """Give the area within so many metres of a line, in degrees on WGS 84, x first.

    Raises InvalidFilter for a line that is none, or so long that metres on it are no longer true.
    """
    pairs = [(place.long, place.lat) for place in line]
    if len(set(pairs)) < 2:
        raise InvalidFilter("area.too_few_points", field="along")
    drawn = shapely.LineString(pairs)
    west, _south, east, _north = drawn.bounds
    if length_metres(drawn) > LONGEST_LINE or east - west > WIDEST_LINE:
        raise InvalidFilter("area.line_too_long", field="along", limit=LONGEST_LINE // 1000)
    return within_reach(drawn, metres)


def to_geojson(area: BaseGeometry) -> str:
    """Give an area as GeoJSON (RFC 7946), for a map to draw."""
    return str(shapely.to_geojson(shapely.set_precision(area, _CENTIMETRE)))


def _parts(area: BaseGeometry) -> list[BaseGeometry]:
    """Give the simple parts of a geometry, however deep they lie in collections."""
    parts = list(shapely.get_parts(area))
    return [one for part in parts for one in shapely.get_parts(part)]
