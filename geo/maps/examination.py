"""Examination of a whole map: whether its boundaries can be those of a service area."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
import shapely
from cachetools import LRUCache, cached
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.maps.boundaries import CleanBoundary
from geo.maps.feet import read_in_wrong_unit
from geo.maps.unions import content_key, union_of
from geo.notices import Notice

LITTLE = 0.1
"""Share below which boundaries and a service area are too little of each other."""

LEAST_INSIDE = 0.001
"""Share of boundaries inside the service area, below which they are of elsewhere."""

LEAST_KEPT = 0.8
"""Share of what the former version covers that a new one covers at least."""


def examine(
    boundaries: Sequence[CleanBoundary],
    service_area: MultiPolygon | None,
    former: Sequence[CleanBoundary] = (),
) -> list[Notice]:
    """List what is doubtful: boundaries elsewhere, or far less covered than by the former ones.

    Boundaries that cover much of the service area may be large, such as counties. Those inside it
    may be small, such as a downtown. All are in degrees on WGS 84.
    """
    return list(_examine(boundaries, service_area, former))


_KEPT = 4


def _key(
    boundaries: Sequence[CleanBoundary],
    service_area: MultiPolygon | None,
    former: Sequence[CleanBoundary],
) -> tuple[bytes, bytes]:
    return content_key(boundaries, service_area), content_key(former)


@cached(LRUCache(_KEPT), key=_key, lock=Lock())
def _examine(
    boundaries: Sequence[CleanBoundary],
    service_area: MultiPolygon | None,
    former: Sequence[CleanBoundary],
) -> tuple[Notice, ...]:
    """Return what examine lists. An import looks for it before and while it publishes."""
    union = union_of(boundaries)
    elsewhere = [] if service_area is None else _elsewhere(boundaries, union, service_area)
    return tuple(elsewhere or _covers_less(union, union_of(former), service_area))


def examine_area(
    area: MultiPolygon, former: MultiPolygon | None, boundaries: Sequence[CleanBoundary] = ()
) -> list[Notice]:
    """List what is doubtful about a service area: it is elsewhere, or far smaller than before.

    It is compared with the former area, or else with the boundaries of the city.
    """
    known = union_of(boundaries) if former is None else former
    if known.is_empty:
        return []
    if _common_share(area, known) < LITTLE:
        is_swapped = _common_share(shapely.transform(area, np.fliplr), known) >= LITTLE
        return [Notice("area.axes_swapped" if is_swapped else "area.elsewhere", {})]
    kept = shapely.intersection(area, known).area / known.area
    if former is None or kept >= LEAST_KEPT:
        return []
    return [Notice("area.covers_less", {"percent": _percent(kept)})]


def _elsewhere(
    boundaries: Sequence[CleanBoundary], union: BaseGeometry, service_area: MultiPolygon
) -> list[Notice]:
    if _common_share(union, service_area) >= LITTLE:
        return []
    swapped = shapely.transform(union, np.fliplr)
    if _common_share(swapped, service_area) >= LITTLE:
        return [Notice("map.axes_swapped", {})]
    unit = read_in_wrong_unit(union, service_area, LITTLE)
    if unit is not None:
        return [unit]
    inside = shapely.intersection(union, service_area).area / union.area
    if inside < LEAST_INSIDE:
        return [Notice("map.outside", {})]
    if any(shapely.covers(service_area, [one.geometry for one in boundaries])):
        return []  # such as the parks of a county, of which a few are in the city
    return [Notice("map.mostly_outside", {"percent": _percent(inside)})]


def _common_share(union: BaseGeometry, service_area: BaseGeometry) -> float:
    """Return the share that both have in common, of the smaller one; degrees are close enough."""
    common = shapely.intersection(union, service_area).area
    return float(common / min(union.area, service_area.area))


def _covers_less(
    union: BaseGeometry, former: BaseGeometry, service_area: MultiPolygon | None
) -> list[Notice]:
    """Compare what is covered inside the service area, if there is one."""
    if service_area is not None:
        former = shapely.intersection(former, service_area)
    if not former.area:
        return []
    kept = shapely.intersection(union, former).area / former.area
    return [] if kept >= LEAST_KEPT else [Notice("map.covers_less", {"percent": _percent(kept)})]


def _percent(share: float) -> int:
    """Return a share in percent, rounded down, so that it is below its limit."""
    return int(share * 100)
