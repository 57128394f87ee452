"""Unions of boundaries, and which of them fit together, which several checks of one map need.

Both take most of the time of a check, so the last results are kept, by their content.
"""

from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np
import shapely
from cachetools import LRUCache, cached
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.maps.boundaries import CleanBoundary

_KEPT = 6


def content_key(
    boundaries: Sequence[CleanBoundary], service_area: BaseGeometry | None = None
) -> bytes:
    """Return a short text that tells the codes and geometries of boundaries from all others."""
    digest = blake2b(digest_size=32)
    geometries = [one.geometry for one in boundaries]
    codes = [one.code.encode() for one in boundaries]
    for part in (*shapely.to_wkb([*geometries, service_area]), *codes):
        digest.update(b"%d:" % len(part or b""))
        digest.update(part or b"")
    return digest.digest()


def shapes_of(boundaries: Sequence[CleanBoundary]) -> NDArray[np.object_]:
    """Return the geometries of boundaries as an array."""
    return np.array([one.geometry for one in boundaries], dtype=object)


@cached(LRUCache(_KEPT), key=content_key, lock=Lock())
def find_misfits(boundaries: Sequence[CleanBoundary]) -> NDArray[np.object_]:
    """Return the edges of each boundary that do not match those of its neighbors, or are in one.

    Of two boundaries that overlap, at least one has such an edge, maybe not in the other: the edges
    of that may match those of a third. In most maps, all geometries of the result are empty.
    """
    if len(boundaries) < 2:
        return np.array([shapely.LineString()] * len(boundaries), dtype=object)
    found: NDArray[np.object_] = shapely.coverage_invalid_edges(shapes_of(boundaries))
    return found


@cached(LRUCache(_KEPT), key=content_key, lock=Lock())
def union_of(boundaries: Sequence[CleanBoundary]) -> BaseGeometry:
    """Return the union of boundaries, which is found much faster if they fit together."""
    if shapely.is_empty(find_misfits(boundaries)).all():
        return shapely.coverage_union_all(shapes_of(boundaries))
    return shapely.union_all(shapes_of(boundaries))
