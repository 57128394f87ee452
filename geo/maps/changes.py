"""Which areas change hands between two maps of a layer, measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.coordinates import square_metres
from geo.maps.boundaries import CleanBoundary
from geo.maps.lint import LEAST_SQUARE_METRES, Finding, areas_of
from geo.natural_order import natural_key


@dataclass(frozen=True)
class Change:
    """An area that goes from one boundary to another, by their codes; None is none at all.

    geometry is in degrees on WGS 84.
    """

    before: str | None
    after: str | None
    square_metres: float
    geometry: MultiPolygon


def list_changes(old: Sequence[CleanBoundary], new: Sequence[CleanBoundary]) -> list[Change]:
    """List what one boundary loses and another gains, the largest areas first.

    All of a pair is one change. What is smaller than a square metre is left of rounding.
    """
    before = {boundary.code: boundary.geometry for boundary in old}
    after = {boundary.code: boundary.geometry for boundary in new}
    lost, gained = _beyond(before, after), _beyond(after, before)
    found = [
        Change(one, other, square_metres(area), area)
        for one, other, area in _pairs(lost, gained)
        if not area.is_empty
    ]
    return sorted((one for one in found if one.square_metres >= LEAST_SQUARE_METRES), key=_order)


def _beyond(
    these: Mapping[str, BaseGeometry], those: Mapping[str, BaseGeometry]
) -> dict[str, BaseGeometry]:
    """Give what each has that its namesake among the others has not."""
    rest = {
        code: shapely.difference(shape, those[code]) if code in those else shape
        for code, shape in these.items()
    }
    return {code: shape for code, shape in rest.items() if not shape.is_empty}


def _pairs(
    lost: Mapping[str, BaseGeometry], gained: Mapping[str, BaseGeometry]
) -> Iterator[tuple[str | None, str | None, MultiPolygon]]:
    for one, left in lost.items():
        for other, won in gained.items():
            yield one, other, _area(shapely.intersection(left, won))
    all_lost, all_gained = (shapely.union_all(list(side.values())) for side in (lost, gained))
    for one, left in lost.items():
        yield one, None, _area(shapely.difference(left, all_gained))
    for other, won in gained.items():
        yield None, other, _area(shapely.difference(won, all_lost))


def _area(shape: BaseGeometry) -> MultiPolygon:
    return MultiPolygon(areas_of(shape))


def _order(one: Change) -> tuple[float, list[object]]:
    codes: list[object] = [natural_key(code or "") for code in (one.before, one.after)]
    return -one.square_metres, codes


def compare_boundaries(old: Sequence[CleanBoundary], new: Sequence[CleanBoundary]) -> list[str]:
    """Give a sentence for each boundary that is new, gone or changed; none if all is the same."""
    before = {boundary.code: boundary for boundary in old}
    after = {boundary.code: boundary for boundary in new}
    sentences = [f"{code}: new" for code in after if code not in before]
    sentences += [f"{code}: gone" for code in before if code not in after]
    for code, boundary in after.items():
        if code in before:
            sentences += _changes(before[code], boundary)
    return sentences


def _changes(before: CleanBoundary, after: CleanBoundary) -> list[str]:
    changes = []
    if before.name != after.name:
        changes.append(f"{after.code}: its name becomes {after.name!r}")
    if not before.geometry.equals(after.geometry):
        moved = square_metres(before.geometry.symmetric_difference(after.geometry))
        changes.append(f"{after.code}: {moved:,.0f} square meters change boundary")
    return changes


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
        more = {
            "number": number,
            "kind": one.kind,
            "codes": list(one.codes),
            "square_metres": one.square_metres,
            "sentence": str(one),
        }
        yield _feature(one.geometry, role="finding", **more)
        yield _feature(shapely.point_on_surface(one.geometry), role="finding-point", **more)


def extent_of(geometry: BaseGeometry) -> str:
    """Give west, south, east and north in degrees, between commas."""
    return ",".join(f"{degrees:.{_DECIMALS}f}" for degrees in geometry.bounds)


def _feature(geometry: BaseGeometry, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda points: points.round(_DECIMALS))
    return {"type": "Feature", "properties": properties, "geometry": rounded.__geo_interface__}
