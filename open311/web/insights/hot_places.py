"""Finds places of a week at which more came in than is normal there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import into_wgs84, reference_system
from open311.figures.hot_cells import CELL, HotCell, examine_cells, hot_cells, merge_touching
from open311.queries.city import City
from open311.queries.insights.cells import Moments, count_cells, utm_of
from open311.queries.insights.population import Population
from open311.web.insights.asked import WEEK, first_moment

BEFORE = 8
"""Weeks before that a week is compared with."""

LAST_YEAR = (51, 52, 53)
"""Weeks around the same one of last year, as numbers of weeks before."""


@dataclass(frozen=True)
class HotGroup:
    """Cells that touch, of a service by its code; outline is a ring of (lat, long) around them."""

    service_code: str
    cells: Sequence[HotCell]
    outline: Sequence[tuple[float, float]]


def find_hot_groups(city: City, population: Population, week: date) -> list[HotGroup]:
    """Return the places of a week, by service; none in a city that has neither an area nor maps."""
    srid = projection_of(city)
    if srid is None:
        return []
    past = [_moments(city, week, number) for number in (*range(1, BEFORE + 1), *LAST_YEAR)]
    counts = count_cells(population, _moments(city, week, 0), past, srid)
    return [
        HotGroup(code, group, outline_of(group, srid))
        for code, one in counts.items()
        for group in merge_touching(hot_cells(examine_cells(one.past, one.observed)))
    ]


def projection_of(city: City) -> int | None:
    """Return the EPSG code of a projection in meters; None if nothing tells where the city is."""
    mapped = (boundary.geometry for one in city.maps.sets for boundary in one.boundaries)
    area = city.service_area or next(mapped, None)
    return None if area is None else utm_of(area.centroid.x, area.centroid.y)


def _moments(city: City, week: date, weeks_before: int) -> Moments:
    begin = week - weeks_before * WEEK
    return first_moment(begin, city), first_moment(begin + WEEK, city)


def outline_of(cells: Sequence[HotCell], srid: int) -> list[tuple[float, float]]:
    """Return a ring around cells as (lat, long): their outline, or what encloses them all.

    It goes counterclockwise, as GeoJSON wants it (RFC 7946, section 3.1.6).
    """
    boxes = [
        shapely.box(x * CELL, y * CELL, (x + 1) * CELL, (y + 1) * CELL)
        for x, y in (one.cell for one in cells)
    ]
    joined = shapely.union_all(boxes).simplify(0)
    outline = joined if isinstance(joined, Polygon) and not joined.interiors else joined.convex_hull
    return ring_around(shapely.orient_polygons(outline), srid)


def ring_around(outline: BaseGeometry, srid: int) -> list[tuple[float, float]]:
    """Return the corners of a polygon of a projection as (lat, long)."""
    corners = shapely.get_coordinates(into_wgs84(outline, reference_system(srid)))
    return [(float(lat), float(long)) for long, lat in corners[:-1]]
