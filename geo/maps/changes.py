"""Areas that change from one boundary to another between two versions of a layer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.coordinates import mean_widths, square_meters
from geo.distances import Area
from geo.maps.boundaries import CleanBoundary
from geo.maps.lint import LEAST_SQUARE_METERS, Finding, areas_of
from geo.natural_order import natural_key
from geo.notices import Notice

ROUNDING = 0.2
"""Average width in meters below which an area comes from coordinates rounded to 6 decimals."""


@dataclass(frozen=True)
class Change:
    """An area that moves from one boundary code to another; None is no boundary.

    geometry is in degrees on WGS 84.
    """

    before: str | None
    after: str | None
    square_meters: float
    geometry: MultiPolygon


def list_changes(old: Sequence[CleanBoundary], new: Sequence[CleanBoundary]) -> list[Change]:
    """List the areas that one boundary loses and another gains, largest first.

    Each pair of boundaries is one change. Areas below a square meter, and narrower than ROUNDING
    on average, come from rounding and are left out.
    """
    before = {boundary.code: boundary.geometry for boundary in old}
    after = {boundary.code: boundary.geometry for boundary in new}
    lost, gained = _beyond(before, after), _beyond(after, before)
    found = [
        Change(one, other, square_meters(area), area)
        for one, other, area in _pairs(lost, gained)
        if not area.is_empty
    ]
    return sorted((one for one in found if one.square_meters >= LEAST_SQUARE_METERS), key=_order)


def _beyond(
    these: Mapping[str, BaseGeometry], those: Mapping[str, BaseGeometry]
) -> dict[str, BaseGeometry]:
    """Return the part of each geometry outside the geometry of the same code in those."""
    rest = {
        code: shapely.difference(shape, those[code]) if code in those else shape
        for code, shape in these.items()
        if code not in those or not _are_identical(shape, those[code])
    }
    return {code: shape for code, shape in rest.items() if not shape.is_empty}


def _are_identical(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Return whether two geometries have the same vertices in the same order, as most have."""
    return bool(shapely.equals_exact(one, other, tolerance=0))


def _pairs(
    lost: Mapping[str, BaseGeometry], gained: Mapping[str, BaseGeometry]
) -> Iterator[tuple[str | None, str | None, MultiPolygon]]:
    losing, winning = list(lost), list(gained)
    lefts, wons = (np.array(list(side.values()), dtype=object) for side in (lost, gained))
    rows, columns = shapely.STRtree(wons).query(lefts)
    common = shapely.intersection(lefts[rows], wons[columns])
    for row, column, shape in zip(rows.tolist(), columns.tolist(), common, strict=True):
        yield losing[row], winning[column], _area(shape)
    all_lost, all_gained = shapely.union_all(lefts), shapely.union_all(wons)
    for one, left in lost.items():
        yield one, None, _area(shapely.difference(left, all_gained))
    for other, won in gained.items():
        yield None, other, _area(shapely.difference(won, all_lost))


def _area(shape: BaseGeometry) -> MultiPolygon:
    """Return the areas of a geometry that did not come from rounding."""
    parts = areas_of(shape)
    wide = mean_widths(parts) >= ROUNDING
    return MultiPolygon([part for part, is_wide in zip(parts, wide, strict=True) if is_wide])


def _order(one: Change) -> tuple[float, list[object]]:
    codes: list[object] = [natural_key(code or "") for code in (one.before, one.after)]
    return -one.square_meters, codes


def compare_boundaries(old: Sequence[CleanBoundary], new: Sequence[CleanBoundary]) -> list[Notice]:
    """List the boundaries that are new or removed, and what changed in the others."""
    before = {boundary.code: boundary for boundary in old}
    after = {boundary.code: boundary for boundary in new}
    changes = [Notice("boundary.added", {"code": code}) for code in after if code not in before]
    changes += [Notice("boundary.removed", {"code": code}) for code in before if code not in after]
    for code, boundary in after.items():
        if code in before:
            changes += _changes(before[code], boundary)
    return changes


def _changes(before: CleanBoundary, after: CleanBoundary) -> Iterator[Notice]:
    if before.name != after.name:
        yield Notice("boundary.renamed", {"code": after.code, "name": after.name})
    if _are_identical(before.geometry, after.geometry) or before.geometry.equals(after.geometry):
        return
    moved = square_meters(_area(before.geometry.symmetric_difference(after.geometry)))
    if moved >= LEAST_SQUARE_METERS:
        yield Notice("boundary.reshaped", {"code": after.code, "area": Area(moved)})


FINENESS = 4000
"""Fraction of the extent by which a simplified line may be off: less than a screen pixel."""

_DETAIL = 0.00001
"""Degrees, about a meter, by which the outline of a changed area may be off."""

_DECIMALS = 6  # about 0.1 m


def outlines(boundaries: Sequence[CleanBoundary], role: str) -> Iterator[dict[str, Any]]:
    """Yield boundaries as GeoJSON features with code, name, and role, their lines simplified."""
    extent = shapely.total_bounds([one.geometry for one in boundaries]) if boundaries else [0] * 4
    tolerance = max(extent[2] - extent[0], extent[3] - extent[1]) / FINENESS
    for one in boundaries:
        shape = shapely.simplify(one.geometry, tolerance, preserve_topology=True)
        yield _feature(shape, role=role, code=one.code, name=one.name)


def changed_areas(changes: Sequence[Change]) -> Iterator[dict[str, Any]]:
    """Yield changed areas as GeoJSON features, numbered in their order."""
    for number, one in enumerate(changes):
        shape = shapely.simplify(one.geometry, _DETAIL, preserve_topology=True)
        yield _feature(shape, role="change", number=number, before=one.before, after=one.after)


def found_areas(findings: Iterable[tuple[Finding, str]]) -> Iterator[dict[str, Any]]:
    """Yield lint warnings with their sentences as GeoJSON features, each also as a point."""
    for number, (one, sentence) in enumerate(findings):
        more = {
            "number": number,
            "kind": one.kind,
            "codes": list(one.codes),
            "square_meters": one.square_meters,
            "sentence": sentence,
        }
        yield _feature(one.geometry, role="finding", **more)
        yield _feature(shapely.point_on_surface(one.geometry), role="finding-point", **more)


def extent_of(geometry: BaseGeometry) -> str:
    """Return west, south, east, and north in degrees, separated by commas."""
    return ",".join(f"{degrees:.{_DECIMALS}f}" for degrees in geometry.bounds)


def _feature(geometry: BaseGeometry, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda points: points.round(_DECIMALS))
    return {"type": "Feature", "properties": properties, "geometry": rounded.__geo_interface__}
