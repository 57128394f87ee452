"""Unions of boundaries, which several checks of one map need, and which take most of their time."""

from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

import shapely
from cachetools import LRUCache, cached
from shapely.geometry.base import BaseGeometry

from geo.maps.boundaries import CleanBoundary

_KEPT = 6


def _key(boundaries: Sequence[CleanBoundary]) -> bytes:
    digest = blake2b(digest_size=32)
    for wkb in shapely.to_wkb([one.geometry for one in boundaries]):
        digest.update(wkb)
    return digest.digest()


@cached(LRUCache(_KEPT), key=_key, lock=Lock())
def union_of(boundaries: Sequence[CleanBoundary]) -> BaseGeometry:
    """Return the union of boundaries; the last ones are kept."""
    return shapely.union_all([one.geometry for one in boundaries])
