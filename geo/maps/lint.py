"""Lint warnings for boundaries: overlaps, gaps, slivers, and holes, with their areas."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import shapely
from cachetools import LRUCache, cached
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.coordinates import length_meters, square_meters
from geo.distances import Area
from geo.maps.boundaries import CleanBoundary, Feature
from geo.maps.unions import content_key, find_misfits, shapes_of, union_of
from geo.natural_order import natural_key
from geo.notices import Notice

SLIVER_METERS = 5.0
"""Average width in meters below which an overlap or gap is a drawing error (a sliver)."""

LEAST_SQUARE_METERS = 1.0
"""Smaller areas are rounding errors."""

_MOST_EDGE = 0.25
"""Share of a thin gap's outline on the edge of the service area; a strip along it has half."""

_ON_EDGE = 1e-7
"""Degrees, about a centimeter, within which a point is on the edge of the service area."""

KINDS = ("missing", "duplicate", "overlap", "gap", "hole", "outside", "sliver")
"""Kinds of warnings, in the order in which they are listed."""


@dataclass(frozen=True)
class Finding:
    """A lint warning: its kind, the codes it concerns, its area in square meters, its geometry.

    geometry is in degrees on WGS 84. A sliver is a thin overlap, gap, or area outside; notice says
    which.
    """

    kind: str
    codes: tuple[str, ...]
    notice: Notice
    square_meters: float
    geometry: BaseGeometry


def lint_boundaries(
    boundaries: Sequence[CleanBoundary],
    service_area: MultiPolygon | None = None,
    *,
    overlapping: bool = False,
) -> list[Finding]:
    """List lint warnings for boundaries, by kind, the largest first.

    A gap is a part of the service area outside every boundary. Without a service area, it is an
    area that boundaries together enclose. A hole is an opening inside a boundary that no other
    boundary fills. An overlapping layer is meant to have overlaps, and need not cover everything.
    """
    union = union_of(boundaries)
    found = [
        *lint_between(boundaries, service_area, overlapping=overlapping),
        *_holes(boundaries, union, service_area),
        *_outside(boundaries, service_area),
    ]
    return _in_order(found)


def lint_between(
    boundaries: Sequence[CleanBoundary],
    service_area: MultiPolygon | None = None,
    *,
    overlapping: bool = False,
) -> list[Finding]:
    """List overlaps, gaps, and slivers between boundaries as lint_boundaries does.

    What is outside the service area costs most, and is not looked for.
    """
    return [] if overlapping else list(_between(boundaries, service_area))


_KEPT = 4


@cached(LRUCache(_KEPT), key=content_key, lock=Lock())
def _between(
    boundaries: Sequence[CleanBoundary], service_area: MultiPolygon | None
) -> tuple[Finding, ...]:
    """Return what lint_between lists. An import looks for it before and while it publishes."""
    gaps = _gaps(union_of(boundaries), service_area)
    return tuple(_in_order([*_overlaps(boundaries), *gaps]))


def _in_order(found: Iterable[Finding]) -> list[Finding]:
    kept = [one for one in found if one.square_meters >= LEAST_SQUARE_METERS]
    return sorted(kept, key=_order)


def lint_codes(features: Iterable[Feature]) -> list[Finding]:
    """List features of a file that share a code, and features that have no code.

    An import merges features that share a code and rejects features without one.
    """
    by_code: dict[str, list[Feature]] = {}
    for feature in features:
        if feature.geometry is not None and not feature.geometry.is_empty:
            by_code.setdefault(feature.code, []).append(feature)
    found = []
    for code, same in by_code.items():
        if not code:
            found += [_code_finding("missing", "", [feature]) for feature in same]
        elif len(same) > 1:
            found.append(_code_finding("duplicate", code, same))
    return sorted(found, key=_order)


def _code_finding(kind: str, code: str, features: Sequence[Feature]) -> Finding:
    shapes = [shapely.make_valid(one.geometry) for one in features if one.geometry is not None]
    area = shapely.union_all([part for shape in shapes for part in areas_of(shape)])
    numbers = [feature.number for feature in features]
    named = {"numbers": numbers, "code": code} if code else {"number": numbers[0]}
    size = square_meters(area)
    notice = Notice(f"warning.{kind}", {**named, "area": Area(size)})
    return Finding(kind, (code,) if code else (), notice, size, area)


def _order(one: Finding) -> tuple[int, float, list[object], bytes]:
    codes: list[object] = [natural_key(code) for code in one.codes]
    return KINDS.index(one.kind), -one.square_meters, codes, shapely.to_wkb(one.geometry)


def _overlaps(boundaries: Sequence[CleanBoundary]) -> Iterator[Finding]:
    shapes = shapes_of(boundaries)
    suspects = np.flatnonzero(~shapely.is_empty(find_misfits(boundaries)))
    numbers, others = shapely.STRtree(shapes).query(shapes[suspects], "intersects")
    pairs = zip(suspects[numbers].tolist(), others.tolist(), strict=True)
    for one, other in sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}):
        common = shapely.intersection(shapes[one], shapes[other])
        codes = (boundaries[one].code, boundaries[other].code)
        for part in areas_of(common):
            yield _finding("overlap", codes, part)


def _gaps(union: BaseGeometry, service_area: MultiPolygon | None) -> Iterator[Finding]:
    if service_area is not None:
        edge = service_area.boundary
        shapely.prepare(edge)
        for part in areas_of(shapely.difference(service_area, union)):
            finding = _finding("gap", (), part)
            if finding.kind == "sliver" and _edge_share(part, edge) < _MOST_EDGE:
                finding = _finding("gap", (), part, "enclosed")
            yield finding
        return
    for part in areas_of(union):
        for ring in part.interiors:
            yield _finding("gap", (), Polygon(ring), "enclosed")


def _edge_share(part: Polygon, edge: BaseGeometry) -> float:
    """Return the share of the outline of an area that is on the edge of the service area."""
    corners = shapely.get_coordinates(part.exterior)
    steps = np.diff(corners, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    middles = shapely.points((corners[1:] + corners[:-1]) / 2)
    return float(lengths[shapely.dwithin(edge, middles, _ON_EDGE)].sum() / lengths.sum())


def _holes(
    boundaries: Sequence[CleanBoundary], union: BaseGeometry, service_area: MultiPolygon | None
) -> Iterator[Finding]:
    """Yield openings, without enclaves of others, which are outside the service area."""
    for boundary in boundaries:
        for part in boundary.geometry.geoms:
            for ring in part.interiors:
                left = shapely.difference(Polygon(ring), union)
                if service_area is not None:
                    left = shapely.intersection(left, service_area)
                for opening in areas_of(left):
                    yield _finding("hole", (boundary.code,), opening)


def _outside(
    boundaries: Sequence[CleanBoundary], service_area: MultiPolygon | None
) -> Iterator[Finding]:
    if service_area is None:
        return
    shapely.prepare(service_area)
    reaching = [one for one in boundaries if not shapely.covers(service_area, one.geometry)]
    for boundary in reaching:
        for part in areas_of(shapely.difference(boundary.geometry, service_area)):
            yield _finding("outside", (boundary.code,), part)


def _finding(kind: str, codes: tuple[str, ...], part: Polygon, what: str = "") -> Finding:
    area = square_meters(part)
    thin = kind in ("overlap", "gap", "outside") and _mean_width(part, area) < SLIVER_METERS
    key = f"warning.{'thin_' if thin else ''}{what or kind}"
    named = zip(("code",) if len(codes) == 1 else ("one", "other"), codes, strict=False)
    notice = Notice(key, {**dict(named), "area": Area(area)})
    return Finding("sliver" if thin else kind, codes, notice, area, part)


def _mean_width(part: Polygon, area: float) -> float:
    """Return the width in meters of a band with the same area and half the outline as length."""
    return 2 * area / length_meters(part.exterior)


def areas_of(geometry: BaseGeometry) -> list[Polygon]:
    """Return the non-empty polygons in a geometry, without lines and points."""
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    return [part for one in getattr(geometry, "geoms", []) for part in areas_of(one)]


def feature_collection(findings: Iterable[tuple[Finding, str]]) -> dict[str, Any]:
    """Return lint warnings with their sentences as a GeoJSON FeatureCollection (RFC 7946)."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "kind": one.kind,
                    "codes": list(one.codes),
                    "square_meters": round(one.square_meters, 1),
                    "sentence": sentence,
                },
                # Exterior rings go counterclockwise (RFC 7946, 3.1.6).
                "geometry": shapely.orient_polygons(one.geometry).__geo_interface__,
            }
            for one, sentence in findings
        ],
    }
