"""Clean boundaries from the features of a file: valid MultiPolygons with unique codes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.coordinates import square_meters
from geo.degrees import first_not_in_degrees, looks_like_degrees
from geo.distances import Area
from geo.errors import InvalidFeature, InvalidGeometry
from geo.natural_order import natural_key
from geo.notices import Notice


@dataclass(frozen=True)
class Feature:
    """A feature of a file; number counts from 1, geometry is in WGS 84 degrees."""

    number: int
    code: str
    name: str
    geometry: BaseGeometry | None


@dataclass(frozen=True)
class CleanBoundary:
    """A boundary ready to be stored: its code and name, and a valid, non-empty MultiPolygon."""

    code: str
    name: str
    geometry: MultiPolygon


PROBLEMS = {
    "Self-intersection": "self_intersection",
    "Ring Self-intersection": "ring_self_intersection",
    "Hole lies outside shell": "hole_outside",
    "Holes are nested": "nested_holes",
    "Nested holes": "nested_holes",
    "Nested shells": "nested_shells",
    "Interior is disconnected": "disconnected",
    "Duplicate Rings": "duplicate_rings",
    "Too few points in geometry component": "too_few_points",
}
"""Repairable problems, by the name that GEOS gives them; all others are "invalid"."""


@dataclass(frozen=True)
class Repair:
    """A repair: one of PROBLEMS or "invalid", and the change of the area in square meters."""

    problem: str
    square_meters: float


@dataclass
class CleaningReport:
    """The results of cleaning: the repaired, merged, and rejected features."""

    repaired: list[Notice] = field(default_factory=list)
    merged: list[Notice] = field(default_factory=list)
    refused: list[InvalidFeature] = field(default_factory=list)


def clean_boundaries(features: Iterable[Feature]) -> tuple[list[CleanBoundary], CleaningReport]:
    """Repair geometries, merge features that share a code, and reject the rest.

    Boundaries are in the natural order of their codes.
    """
    report = CleaningReport()
    parts: dict[str, list[tuple[Feature, MultiPolygon]]] = {}
    for feature in features:
        polygons = _clean_feature(feature, report)
        if polygons is not None:
            parts.setdefault(feature.code, []).append((feature, polygons))
    codes = sorted(parts, key=natural_key)
    return [_merge(code, parts[code], report) for code in codes], report


def _clean_feature(feature: Feature, report: CleaningReport) -> MultiPolygon | None:
    if not feature.code:
        report.refused.append(InvalidFeature("feature.no_code", number=feature.number))
        return None
    try:
        polygons, repair = to_multipolygon(feature.geometry)
    except InvalidGeometry as error:
        report.refused.append(
            InvalidFeature(
                "feature.refused", number=feature.number, code=feature.code, problem=error
            )
        )
        return None
    if repair is not None:
        report.repaired.append(_repaired(feature, repair))
    return polygons


def _repaired(feature: Feature, repair: Repair) -> Notice:
    return Notice(
        "feature.repaired",
        {
            "number": feature.number,
            "code": feature.code,
            "problem": Notice(f"geometry.{repair.problem}"),
            "change": Area(repair.square_meters),
        },
    )


def _merge(
    code: str, parts: list[tuple[Feature, MultiPolygon]], report: CleaningReport
) -> CleanBoundary:
    name = next((feature.name for feature, _ in parts if feature.name), "")
    if len(parts) == 1:
        return CleanBoundary(code, name, parts[0][1])
    numbers = [feature.number for feature, _ in parts]
    report.merged.append(Notice("feature.merged", {"code": code, "numbers": numbers}))
    union, _repair = to_multipolygon(shapely.union_all([polygons for _, polygons in parts]))
    return CleanBoundary(code, name, union)


def to_multipolygon(geometry: BaseGeometry | None) -> tuple[MultiPolygon, Repair | None]:
    """Return a valid two-dimensional MultiPolygon, and the repair if one was needed.

    Lines and points, in the original or left by a repair, are dropped. Raises InvalidGeometry if no
    area is left.
    """
    if geometry is None or geometry.is_empty:
        raise InvalidGeometry("geometry.missing")
    if not looks_like_degrees(geometry):
        vertex = first_not_in_degrees(geometry)
        if vertex is None:
            raise InvalidGeometry("geometry.not_degrees")
        raise InvalidGeometry("geometry.bad_vertex", vertex=vertex)
    flat = shapely.force_2d(geometry)
    repair = None
    if not flat.is_valid:
        problem = shapely.is_valid_reason(flat).partition("[")[0].strip()
        before = square_meters(flat)
        flat = shapely.make_valid(flat, method="structure", keep_collapsed=False)
        repair = Repair(PROBLEMS.get(problem, "invalid"), square_meters(flat) - before)
    polygons = [part for part in _polygons(flat) if part.area > 0]
    if not polygons:
        raise InvalidGeometry("geometry.no_area", kind=geometry.geom_type)
    if isinstance(flat, GeometryCollection):
        polygons = _polygons(shapely.union_all(polygons))  # the parts of a collection may overlap
    return MultiPolygon(polygons), repair


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    if isinstance(geometry, Polygon):
        return [geometry]
    return [polygon for part in getattr(geometry, "geoms", []) for polygon in _polygons(part)]


def merge_all(boundaries: list[CleanBoundary]) -> MultiPolygon:
    """Return the union of all boundaries as one MultiPolygon, such as a service area."""
    union = shapely.union_all([boundary.geometry for boundary in boundaries])
    merged, _repair = to_multipolygon(union)
    return merged


_LONGEST_SEGMENT = 0.005
"""Degrees. A straight line of this length is less than a centimeter from the shortest path on the
ellipsoid, up to 80 degrees of latitude."""

_MOST_POINTS = 32


def outline_pieces(area: MultiPolygon) -> Iterator[LineString]:
    """Cut the outlines of an area, holes included, into lines of at most 32 points.

    area is in degrees on WGS 84. Vertices do not move.
    """
    for ring in shapely.get_parts(shapely.boundary(area)):
        points = shapely.get_coordinates(shapely.segmentize(ring, _LONGEST_SEGMENT))
        for start in range(0, max(len(points) - 1, 1), _MOST_POINTS - 1):
            piece = points[start : start + _MOST_POINTS]
            if (piece != piece[0]).any():
                yield LineString(piece)
