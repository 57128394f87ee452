"""A city's dated maps in memory: which boundaries cover a point, and which others are nearest."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.coordinates import Degrees, Point, which_covered
from geo.routing.borders import Neighbor, as_neighbor
from geo.routing.outlines import Outlines
from geo.routing.rules import Hit

_A_MICROMETER = 1e-6
"""Distances that differ by less are equal: two boundaries may store their common edge in opposite
directions, which the last digits show."""

_KEPT_DAYS = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class MapBoundary:
    """A boundary of a set, such as a ward; position is its rank there.

    The geometry is in WGS 84 degrees. It is prepared, and must not change.
    """

    boundary_id: int
    code: str
    name: str
    position: int
    geometry: MultiPolygon

    def __post_init__(self) -> None:
        prepare_for_threads(self.geometry)


def prepare_for_threads(area: BaseGeometry) -> None:
    """Prepare a geometry that several threads will ask about.

    GEOS builds its index at the second question, and crashes if two threads ask it at once
    (https://github.com/libgeos/geos/issues/825).
    """
    shapely.prepare(area)
    vertex = shapely.Point(shapely.get_coordinates(area)[0])
    for _ in range(2):
        area.covers(vertex)


@dataclass(frozen=True, kw_only=True, eq=False)
class MapSet:
    """One published version of a layer, current from one day (included) until another (excluded).

    Days are of the jurisdiction's own calendar; None has no limit. The boundaries of an overlapping
    layer overlap on purpose.
    """

    set_id: int
    layer: str
    layer_id: int
    layer_position: int
    in_force_from: date | None
    in_force_until: date | None
    boundaries: tuple[MapBoundary, ...]
    overlapping: bool = False

    def is_current(self, day: date) -> bool:
        """Return whether the set is current on a day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_until is None or self.in_force_until > day)


def sets_on(sets: Iterable[MapSet], day: date) -> tuple[MapSet, ...]:
    """Return the sets that are current on a day, in the order of layers."""
    current = [one for one in sets if one.is_current(day)]
    return tuple(sorted(current, key=lambda one: (one.layer_position, one.layer_id)))


@dataclass(frozen=True, eq=False)
class DayMaps:
    """Boundary sets that count together, prepared for points.

    hits, areas, and the numbers in the tree and in outlines have the same order: by layer, then by
    position. groups tells the set of each.
    """

    hits: tuple[Hit, ...]
    areas: tuple[MultiPolygon, ...]
    groups: tuple[int, ...]
    tree: shapely.STRtree
    outlines: Outlines
    numbers: dict[int, int]

    @classmethod
    def of(cls, sets: Sequence[MapSet]) -> "DayMaps":
        """Prepare sets, which are in the order of layers. It takes 0.1 s for 250,000 vertices."""
        placed = [
            (group, one, boundary)
            for group, one in enumerate(sets)
            for boundary in sorted(one.boundaries, key=lambda each: each.position)
        ]
        areas = tuple(boundary.geometry for _, _, boundary in placed)
        groups = tuple(group for group, _, _ in placed)
        hits = tuple(_hit(one, boundary) for _, one, boundary in placed)
        numbers = {hit.boundary_id: number for number, hit in enumerate(hits)}
        tree = shapely.STRtree(areas)
        return cls(hits, areas, groups, tree, Outlines.of(areas, groups), numbers)


def _hit(one: MapSet, boundary: MapBoundary) -> Hit:
    return Hit(
        layer=one.layer,
        layer_position=one.layer_position,
        boundary_id=boundary.boundary_id,
        code=boundary.code,
        name=boundary.name,
        layer_id=one.layer_id,
        overlapping=one.overlapping,
    )


@dataclass(frozen=True, eq=False)
class DatedMaps:
    """The published sets of a jurisdiction.

    Days before known_from may have other sets, which are not among them; None if all are.
    """

    sets: tuple[MapSet, ...]
    known_from: date | None = None
    _prepared: Callable[[tuple[MapSet, ...]], DayMaps] = field(
        default_factory=lambda: lru_cache(_KEPT_DAYS)(DayMaps.of), init=False, repr=False
    )
    _days: dict[date, DayMaps] = field(default_factory=dict, init=False, repr=False)

    def know(self, day: date) -> bool:
        """Return whether all sets of a day are among them."""
        return self.known_from is None or day >= self.known_from

    def on(self, day: date) -> DayMaps:
        """Return the maps of a day; they are prepared once for all days with the same sets."""
        found = self._days.get(day)
        if found is None:
            found = self._prepared(sets_on(self.sets, day))
            if len(self._days) >= _KEPT_DAYS:
                self._days.clear()
            self._days[day] = found
        return found


def covering(maps: DayMaps, point: Point) -> list[Hit]:
    """List the boundaries that cover a point, edges included, by layer and position.

    Edges are straight in degrees, as for ST_Covers in PostGIS.
    """
    place = point.geometry
    boxes = sorted(maps.tree.query(place).tolist())
    return hits_at(maps, [number for number in boxes if maps.areas[number].covers(place)], point)


def hits_at(maps: DayMaps, numbers: Sequence[int], point: Point) -> list[Hit]:
    """Return what covers a point, by positions in maps.hits.

    Where several boundaries of a layer do that, each knows whether the point is on its edge.
    """
    hits = [maps.hits[number] for number in numbers]
    several = Counter(hit.layer_id for hit in hits if not hit.overlapping)
    return [
        hit
        if several[hit.layer_id] < 2
        else replace(hit, on_edge=not shapely.contains_properly(area, point.geometry))
        for hit, area in zip(hits, (maps.areas[number] for number in numbers), strict=True)
    ]


def covering_each(maps: DayMaps, lats: Degrees, longs: Degrees) -> list[tuple[int, ...]]:
    """Return the positions in maps.hits of what covers each of many points, as covering lists it.

    A point whose coordinates are not numbers is covered by nothing.
    """
    found: list[list[int]] = [[] for _ in lats]
    for number, area in enumerate(maps.areas):
        for place in which_covered(area, lats, longs).tolist():
            found[place].append(number)
    return [tuple(numbers) for numbers in found]


def nearest(maps: DayMaps, point: Point, hits: Iterable[Hit]) -> list[Neighbor]:
    """List the nearest boundary of each layer, without the hits.

    Distances are in meters on the ellipsoid. Of equally near boundaries, the one stored first
    counts.
    """
    without = [maps.numbers[hit.boundary_id] for hit in hits if hit.boundary_id in maps.numbers]
    by_group: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for number, meters in maps.outlines.near(point, without):
        by_group[maps.groups[number]].append((number, meters))
    return [_first_of(maps, by_group[group]) for group in sorted(by_group)]


def _first_of(maps: DayMaps, near: Sequence[tuple[int, float]]) -> Neighbor:
    if len(near) == 1:
        [(number, meters)] = near
        return as_neighbor(maps.hits[number], round(meters, 6))
    least = min(meters for _, meters in near)
    equal = {number for number, meters in near if meters <= least + _A_MICROMETER}
    hit = min((maps.hits[number] for number in equal), key=lambda one: one.boundary_id)
    return as_neighbor(hit, round(least, 6))
