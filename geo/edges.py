"""The outlines of boundaries in short pieces, by which a database finds the nearest one."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon

_LONGEST_SEGMENT = 0.005
"""Degrees. A straight line of this length and the shortest way on the ellipsoid differ by less
than a centimetre, up to 80 degrees of latitude."""

_MOST_POINTS = 32


def outline_pieces(area: MultiPolygon) -> Iterator[LineString]:
    """Cut the outlines of an area, those of holes too, into lines of at most 32 points.

    area is in degrees on WGS 84. Vertices stay exactly where they are.
    """
    for ring in shapely.get_parts(shapely.boundary(area)):
        points = shapely.get_coordinates(shapely.segmentize(ring, _LONGEST_SEGMENT))
        for start in range(0, max(len(points) - 1, 1), _MOST_POINTS - 1):
            piece = points[start : start + _MOST_POINTS]
            if len(np.unique(piece, axis=0)) > 1:
                yield LineString(piece)
