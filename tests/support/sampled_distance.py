"""Distances to outlines by dense sampling: slow, and independent of how the product measures."""

import numpy as np
import shapely
from pyproj import Geod

from geo.coordinates import Point

ELLIPSOID = Geod(ellps="WGS84")
PARTS = 16
CLOSE_ENOUGH = 1e-5  # meters between two samples


def sampled_distance(area: shapely.Geometry, point: Point) -> float:
    """Return the distance in meters to the outline of an area, which is straight in degrees."""
    rings = shapely.get_parts(shapely.boundary(area))
    pairs, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    starts, spans = pairs[:-1][same], (pairs[1:] - pairs[:-1])[same]
    low, high = np.zeros(len(starts)), np.ones(len(starts))
    while True:
        shares = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, PARTS + 1)
        places = starts[:, None] + shares[..., None] * spans[:, None]
        meters = _meters(places, point)
        step = _lengths(places) / PARTS
        least = meters.min()
        if step.max() < CLOSE_ENOUGH:
            return float(least)
        # No place is nearer than the nearest sample less a step: look closer where it may be.
        may_be = (meters.min(axis=1) - step <= least) & (step >= CLOSE_ENOUGH)
        nearest, part = meters.argmin(axis=1), (high - low) / PARTS
        low, high = (
            low + np.maximum(nearest - 1, 0) * part,
            low + np.minimum(nearest + 1, PARTS) * part,
        )
        may_be |= meters.min(axis=1) == least
        low, high, starts, spans = low[may_be], high[may_be], starts[may_be], spans[may_be]


def _meters(places: np.ndarray, point: Point) -> np.ndarray:
    x, y = places[..., 0].ravel(), places[..., 1].ravel()
    here = np.full(x.size, point.long), np.full(x.size, point.lat)
    return ELLIPSOID.inv(*here, x, y)[2].reshape(places.shape[:-1])


def _lengths(places: np.ndarray) -> np.ndarray:
    first, last = places[:, 0], places[:, -1]
    return ELLIPSOID.inv(first[:, 0], first[:, 1], last[:, 0], last[:, 1])[2]
