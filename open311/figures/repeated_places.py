"""Places to which the city has to come again and again for one service."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import hypot
from typing import NamedTuple

REACH = 25
"""Meters within which requests belong together."""

WIDEST = 75
"""Meters across a place; requests that form a longer chain are of several places."""

APART = 7
"""Days after a visit until a request is of another one."""

FEWEST_VISITS = 3


class Spot(NamedTuple):
    """A request: its key, its location in meters of a projection, and its day."""

    pk: int
    x: float
    y: float
    day: date


@dataclass(frozen=True)
class RepeatedPlace:
    """Requests at one place, by their days, and the number of visits that they mean."""

    spots: Sequence[Spot]
    visits: int

    @property
    def newest(self) -> Spot:
        return self.spots[-1]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The place in meters: west, south, east, and north."""
        return _box_of(self.spots)


def repeated_places(chain: Iterable[Spot]) -> list[RepeatedPlace]:
    """Return the places of a chain of requests that are near each other, from west or south."""
    places = (sorted(part, key=lambda one: (one.day, one.pk)) for part in _parts(list(chain)))
    found = [RepeatedPlace(part, count_visits(one.day for one in part)) for part in places]
    return [one for one in found if one.visits >= FEWEST_VISITS]


def count_visits(days: Iterable[date]) -> int:
    """Count the visits of days in their order: one is for all requests less than APART days later.

    So two reports of one hole in the same week are one visit.
    """
    visits, last = 0, date.min
    for day in days:
        if not visits or (day - last).days >= APART:
            visits, last = visits + 1, day
    return visits


def _parts(chain: list[Spot]) -> Iterator[list[Spot]]:
    """Yield the parts of a chain that are no wider than WIDEST, cut where its gap is widest."""
    waiting = [chain]
    while waiting:
        part = waiting.pop()
        west, south, east, north = _box_of(part)
        if hypot(east - west, north - south) <= WIDEST:
            yield part
            continue
        along = _to_the_east if east - west >= north - south else _to_the_north
        part.sort(key=lambda one: (along(one), one.pk))
        gaps = [along(after) - along(before) for before, after in pairwise(part)]
        cut = gaps.index(max(gaps)) + 1
        waiting += [part[cut:], part[:cut]]


def _to_the_east(one: Spot) -> float:
    return one.x


def _to_the_north(one: Spot) -> float:
    return one.y


def _box_of(spots: Sequence[Spot]) -> tuple[float, float, float, float]:
    xs, ys = [one.x for one in spots], [one.y for one in spots]
    return min(xs), min(ys), max(xs), max(ys)
