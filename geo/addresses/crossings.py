"""Crossings of two streets, estimated from the houses on them.

A register has houses and no streets. Where the houses of two streets come closest is their corner.
A line through the houses around it, for each street, leads to the crossing itself.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPoint
from shapely.ops import nearest_points

from geo.addresses.words import address_words
from geo.coordinates import Point

_BETWEEN = re.compile(r"\s*(?:[&@/+]|\b(?:and|at|y|und|et)\b)\s*", re.IGNORECASE)

_CORNER = re.compile(r"^\s*(?:the\s+)?(?:corner|intersection)\s+of\s+", re.IGNORECASE)

_DIRECTIONS = ("n", "s", "e", "w", "ne", "nw", "se", "sw")

_SUFFIXES = ("st", "ave", "rd", "dr", "blvd", "ln", "ct", "pl", "way", "pkwy", "pike", "hwy")
"""What people leave out when they name two streets."""

_MOST_WORDS = 6
"""Words of a street's name."""

_APART = 100
"""Meters between the nearest houses of two streets up to which they cross."""

_AROUND = 150
"""Meters from the corner within which houses decide the course of a street."""

_LEAST_LENGTH = 20
"""Meters between such houses from which they have a direction."""

_LEAST_ANGLE = 0.35
"""Sine of the angle between two streets from which their lines meet at one point."""

_METERS_OF_DEGREE = 111_195

Meters = NDArray[np.float64]


@dataclass(frozen=True)
class TwoStreets:
    """The streets that a text may name, as normalized words, the most specific ones first."""

    one: Sequence[str]
    other: Sequence[str]

    @property
    def all(self) -> set[str]:
        """All streets that may be meant."""
        return {*self.one, *self.other}


def two_streets(text: str) -> TwoStreets | None:
    """Return the streets that a text such as "Main St & Broad St, Lancaster" may name, or None.

    The first street ends, and the second one begins, at the sign or word between them.
    """
    parts = _BETWEEN.split(_CORNER.sub("", text), maxsplit=1)
    if len(parts) != 2:
        return None
    before, after = (address_words(part)[:_MOST_WORDS] for part in parts)
    if not before or not after:
        return None
    ending = [" ".join(before[start:]) for start in range(len(before))]
    beginning = [" ".join(after[:end]) for end in range(len(after), 0, -1)]
    return TwoStreets(_complete(ending), _complete(beginning))


def _complete(streets: Sequence[str]) -> list[str]:
    """Add streets of these names with a suffix and a direction, as Main may be East Main Street."""
    named = [*streets, *(f"{street} {suffix}" for street in streets for suffix in _SUFFIXES)]
    parts = [
        part
        for street in named
        for direction in _DIRECTIONS
        for part in (f"{direction} {street}", f"{street} {direction}")
    ]
    return [*named, *parts]


def find_crossing(streets: TwoStreets, houses: Mapping[str, Sequence[Point]]) -> Point | None:
    """Return where two streets cross, by the houses on them; None if they do not.

    houses are by street, as normalized words. Of several streets that the text may name, those
    whose houses come closest are meant.
    """
    one = [point for street in streets.one for point in houses.get(street, ())]
    other = [point for street in streets.other for point in houses.get(street, ())]
    if not one or not other or {*one} == {*other}:
        return None
    origin = one[0]
    here, there = _in_meters(one, origin), _in_meters(other, origin)
    nearest = nearest_points(MultiPoint(here), MultiPoint(there))
    ends = np.array([point.coords[0] for point in nearest])
    if np.linalg.norm(ends[0] - ends[1]) > _APART:
        return None
    corner = ends.mean(axis=0)
    met = _meeting(_line(here, corner), _line(there, corner))
    if met is None or np.linalg.norm(met - corner) > _APART:
        met = corner
    return _in_degrees(met, origin)


def _in_meters(points: Sequence[Point], origin: Point) -> Meters:
    """Return points as meters to the east and north of an origin, exact enough for a city."""
    scale = _METERS_OF_DEGREE * np.cos(np.radians(origin.lat))
    return np.array(
        [
            ((one.long - origin.long) * scale, (one.lat - origin.lat) * _METERS_OF_DEGREE)
            for one in points
        ]
    )


def _in_degrees(place: Meters, origin: Point) -> Point:
    scale = _METERS_OF_DEGREE * np.cos(np.radians(origin.lat))
    return Point(
        lat=round(origin.lat + float(place[1]) / _METERS_OF_DEGREE, 6) + 0.0,  # not -0.0
        long=round(origin.long + float(place[0]) / scale, 6) + 0.0,
    )


def _line(houses: Meters, corner: Meters) -> tuple[Meters, Meters] | None:
    """Return a point and the direction of a street at a corner; None if its houses have none."""
    near = houses[np.linalg.norm(houses - corner, axis=1) <= _AROUND]
    if len(near) < 2:
        return None
    middle = near.mean(axis=0)
    _left, sizes, axes = np.linalg.svd(near - middle)
    if 2 * sizes[0] / np.sqrt(len(near)) < _LEAST_LENGTH:
        return None
    return middle, axes[0]


def _meeting(
    one: tuple[Meters, Meters] | None, other: tuple[Meters, Meters] | None
) -> Meters | None:
    """Return where two lines meet; None if one is missing, or if they are nearly parallel."""
    if one is None or other is None:
        return None
    (start, along), (end, across) = one, other
    sine = along[0] * across[1] - along[1] * across[0]
    if abs(sine) < _LEAST_ANGLE:
        return None
    gap = end - start
    return np.asarray(start + along * ((gap[0] * across[1] - gap[1] * across[0]) / sine))
