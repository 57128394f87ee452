"""Whether coordinates can be degrees on WGS 84: x from -180 to 180, y from -90 to 90."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def looks_like_degrees(geometry: BaseGeometry, *, east: float = 180) -> bool:
    """Return whether all coordinates are from -180 to east in x, and within ±90 in y.

    East is up to 360 in files that do not cut what crosses the 180th meridian.
    """
    points = shapely.get_coordinates(geometry)
    return bool(((points >= (-180, -90)) & (points <= (east, 90))).all())


def share_in_degrees(geometries: Sequence[BaseGeometry]) -> float:
    """Return the share of vertices from -180 to 360 in x and within ±90 in y; 1 for no vertices.

    Vertices that are not numbers do not count.
    """
    points = shapely.get_coordinates(geometries)
    numbers = points[np.isfinite(points).all(axis=1)]
    inside = ((numbers >= (-180, -90)) & (numbers <= (360, 90))).all(axis=1)
    return float(np.mean(inside)) if len(numbers) else 1.0


def first_not_in_degrees(geometry: BaseGeometry) -> int | None:
    """Return the number from 1 of the first vertex beyond ±180 in x or ±90 in y, or not a number.

    None if all vertices are in degrees, or if none is.
    """
    points = shapely.get_coordinates(geometry)
    good = (np.abs(points) <= (180, 90)).all(axis=1)
    return None if good.all() or not good.any() else int(np.argmin(good)) + 1
