"""Boundaries, changes and findings as one GeoJSON to be drawn: light enough for a browser."""

from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import CleanBoundary
from geo.changes import Change
from geo.lint import Finding

FINENESS = 4000
"""Of how many parts of the map's extent a line may be off: less than a pixel of a screen."""

_DETAIL = 0.00001
"""Degrees, about a metre, that the outline of what changes hands may be off."""

_DECIMALS = 6  # about 0.1 m


def outlines(boundaries: Sequence[CleanBoundary], role: str) -> Iterator[dict[str, Any]]:
    """Give boundaries as features with their code, name and a role, their lines simplified."""
    extent = shapely.total_bounds([one.geometry for one in boundaries]) if boundaries else [0] * 4
    tolerance = max(extent[2] - extent[0], extent[3] - extent[1]) / FINENESS
    for one in boundaries:
        shape = shapely.simplify(one.geometry, tolerance, preserve_topology=True)
        yield _feature(shape, role=role, code=one.code, name=one.name)


def changed_areas(changes: Sequence[Change]) -> Iterator[dict[str, Any]]:
    """Give what changes hands as features, numbered in their order."""
    for number, one in enumerate(changes):
        shape = shapely.simplify(one.geometry, _DETAIL, preserve_topology=True)
        yield _feature(shape, role="change", number=number, before=one.before, after=one.after)


def found_areas(findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Give findings as features, numbered in their order, with a point for what is tiny."""
    for number, one in enumerate(findings):
        more = {"number": number, "kind": one.kind, "sentence": str(one)}
        yield _feature(one.geometry, role="finding", **more)
        yield _feature(shapely.point_on_surface(one.geometry), role="finding-point", **more)


def extent_of(geometry: BaseGeometry) -> str:
    """Give west, south, east and north in degrees, between commas."""
    return ",".join(f"{degrees:.{_DECIMALS}f}" for degrees in geometry.bounds)


def _feature(geometry: BaseGeometry, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda points: points.round(_DECIMALS))
    return {"type": "Feature", "properties": properties, "geometry": rounded.__geo_interface__}
