"""The order of stops by distance: from each one to the nearest that is left."""

import math
from collections.abc import Sequence

from geo.coordinates import Point

_METERS_OF_A_DEGREE = 111_319


def nearest_first(points: Sequence[Point | None]) -> list[int]:
    """Return the indexes of points in a suggested order, which begins with the first point.

    Each stop is followed by the nearest one that is left; of two that are equally near, the earlier
    comes first. Stops without a location come last, as they were.
    """
    left = [index for index, point in enumerate(points) if point is not None]
    order: list[int] = []
    while left:
        here = points[order[-1] if order else left[0]]
        nearest = min(left, key=lambda index: (_meters(here, points[index]), index))
        order.append(nearest)
        left.remove(nearest)
    return [*order, *(index for index, point in enumerate(points) if point is None)]


def _meters(one: Point | None, other: Point | None) -> float:
    """Return a distance in meters as on a flat map, which is right to compare short ways."""
    if one is None or other is None:
        return math.inf
    north = other.lat - one.lat
    east = (other.long - one.long + 180) % 360 - 180
    return _METERS_OF_A_DEGREE * math.hypot(north, east * math.cos(math.radians(one.lat)))
