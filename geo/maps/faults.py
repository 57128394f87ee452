"""Lint warnings that are large enough to stop a version from taking effect."""

from collections.abc import Iterator, Sequence

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.coordinates import square_meters
from geo.distances import Area
from geo.maps.boundaries import CleanBoundary
from geo.maps.lint import Finding
from geo.maps.unions import union_of
from geo.notices import Notice

LEAST_SQUARE_METERS = {"overlap": 1000, "gap": 1000, "sliver": 10_000}
"""Size by kind of warning from which it is a fault: a lot, or two kilometers of a thin strip."""

NAMES = ("overlaps", "gaps", "slivers")
"""Names of the faults, which exceptions approve."""

_BETWEEN = ("warning.thin_overlap", "warning.thin_enclosed")
"""Slivers between boundaries; those at the edge of the service area come from another source."""

_WHOLE = 0.9
"""Share of the service area from which a layer is meant to cover all of it."""


def list_faults(
    boundaries: Sequence[CleanBoundary],
    service_area: MultiPolygon | None,
    findings: Sequence[Finding],
    former: Sequence[Finding],
) -> Iterator[tuple[str, Notice]]:
    """Yield faults by name: overlaps, gaps, and slivers that the version before did not have.

    Boundaries that cover little of the service area, such as parks, have no gaps. Nor is there one
    without a service area, since parks have openings, too.
    """
    for kind, name in zip(("overlap", "gap", "sliver"), NAMES, strict=True):
        if kind == "gap" and not _covers_all(boundaries, service_area):
            continue
        before = shapely.union_all([one.geometry for one in former if one.kind == kind])
        sizes = [_new_area(one, before) for one in findings if _counts(one, kind)]
        large = [size for size in sizes if size >= LEAST_SQUARE_METERS[kind]]
        if large:
            key = f"fault.one_{kind}" if len(large) == 1 else f"fault.{name}"
            yield name, Notice(key, {"count": len(large), "area": Area(sum(large))})


def _counts(one: Finding, kind: str) -> bool:
    return one.kind == kind and (kind != "sliver" or one.notice.key in _BETWEEN)


def _new_area(one: Finding, before: BaseGeometry) -> float:
    if one.square_meters < min(LEAST_SQUARE_METERS.values()):
        return 0
    return square_meters(shapely.difference(one.geometry, before))


def _covers_all(boundaries: Sequence[CleanBoundary], service_area: MultiPolygon | None) -> bool:
    if service_area is None:
        return False
    union = union_of(boundaries)
    return bool(shapely.intersection(union, service_area).area >= _WHOLE * service_area.area)
