"""Areas within a distance of a line, in meters on the ground."""

import shapely
from shapely.geometry.base import BaseGeometry

from geo.coordinates import around_center

_QUARTER = 16
"""Segments per quarter circle: the outline is at most 0.12% nearer than requested."""


def within_reach(geometry: BaseGeometry, meters: float) -> BaseGeometry:
    """Return the area within a distance in meters of a geometry; both in WGS 84 degrees.

    Uses an azimuthal equidistant projection around the geometry's center, accurate to 0.01% for
    geometries up to 300 kilometers long.
    """
    flat, back = around_center(geometry)
    return back(shapely.buffer(flat, meters, quad_segs=_QUARTER))
