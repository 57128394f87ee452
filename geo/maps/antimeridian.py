"""Areas that cross the 180th meridian, cut there, as in GeoJSON (RFC 7946, 3.1.9)."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_WEST, _EAST = shapely.box(-180, -90, 180, 90), shapely.box(180, -90, 540, 90)


def crosses(geometry: BaseGeometry) -> bool:
    """Return whether a part extends beyond 180 degrees east, or over more than half the earth.

    Such a part has its vertices on both sides of the meridian, such as -179.9 and 179.9.
    """
    west, _south, east, _north = shapely.bounds(shapely.get_parts(geometry)).T
    return bool((east > 180).any() or (east - west > 180).any())


def cut(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry in WGS 84 degrees cut at the 180th meridian, from -180 to 180 degrees."""
    pieces = []
    for part in shapely.get_parts(geometry):
        west, _south, east, _north = part.bounds
        moved = shapely.transform(part, _eastward) if east - west > 180 else part
        whole = shapely.make_valid(moved)
        beyond = shapely.transform(shapely.intersection(whole, _EAST), _a_turn_back)
        pieces += [shapely.intersection(whole, _WEST), beyond]
    return shapely.union_all(pieces)


def _eastward(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move western longitudes a turn to the east."""
    return points + np.where(points[:, :1] < 0, (360, 0), (0, 0))


def _a_turn_back(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points - (360, 0)
