"""Areas compared with the city by the mix of their services, in funnels wide enough for chance.

Spiegelhalter, Statistics in Medicine 24:1185 (2005): limits are widened by how much the areas
differ from each other more than chance.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from open311.figures.poisson import poisson_interval

WARNING, ALARM = 0.95, 0.998
"""Levels of the limits of a funnel."""

Z_OF = {WARNING: 1.959963984540054, ALARM: 3.090232306167813}


class Times(NamedTuple):
    """Requests of a service in an area that were closed, or were last seen open, after hours."""

    service: Hashable
    area: str
    hours: int
    closed: bool
    requests: int


class Dues(NamedTuple):
    """Requests of a service in an area that fell due, and how many of them were closed by then."""

    service: Hashable
    area: str
    fell_due: int
    kept: int


@dataclass(frozen=True)
class AreaRatio:
    """What was observed in an area, and what its mix of services lets expect.

    lower and upper are the 95 % interval of the ratio. z is how far it is from the city, and
    z_wide the same, divided by how much areas differ from each other more than chance (spread).
    """

    area: str
    requests: int
    observed: int
    expected: float
    lower: float
    upper: float
    z: float
    spread: float
    variance: float

    @property
    def ratio(self) -> float:
        return self.observed / self.expected

    @property
    def z_wide(self) -> float:
        return self.z / sqrt(self.spread)

    @property
    def level(self) -> float | None:
        """The widest limit that the area is outside of, WARNING or ALARM; None inside of both."""
        passed = [level for level, z in Z_OF.items() if abs(self.z_wide) > z]
        return max(passed, default=None)

    def limits(self, level: float) -> tuple[float, float]:
        """Return the ratios between which the area would be by chance, at a level."""
        width = Z_OF[level] * sqrt(self.variance * self.spread) / self.expected
        return max(0.0, 1 - width), 1 + width


def closing_ratios(times: Iterable[Times]) -> list[AreaRatio]:
    """Return closings by area, compared with the city's for each service at each age, in hours.

    What is expected is the sum of the city's hazard over the requests of the area (Nelson-Aalen).
    Areas come in the order of their names; those in which nothing was to be expected are left out.
    """
    counted = list(times)
    hazards = _hazards(counted)
    requests, observed, expected = Counter[str](), Counter[str](), defaultdict[str, float](float)
    for one in counted:
        requests[one.area] += one.requests
        observed[one.area] += one.requests * one.closed
        expected[one.area] += one.requests * hazards[one.service][one.hours]
    known = sorted(area for area in requests if expected[area] > 0)
    z = {area: 2 * (sqrt(observed[area]) - sqrt(expected[area])) for area in known}
    spread = _spread(z.values())
    found = []
    for area in known:
        count, mean = observed[area], expected[area]
        low, high = (limit / mean for limit in poisson_interval(count))
        found.append(AreaRatio(area, requests[area], count, mean, low, high, z[area], spread, mean))
    return found


def promise_ratios(dues: Sequence[Dues]) -> list[AreaRatio]:
    """Return promises kept by area, compared with the city's share for each service.

    Areas come in the order of their names; those in which all services keep all of their promises,
    or none, are left out.
    """
    due, kept = Counter[Hashable](), Counter[Hashable]()
    for one in dues:
        due[one.service] += one.fell_due
        kept[one.service] += one.kept
    requests, observed = Counter[str](), Counter[str]()
    expected, variance = defaultdict[str, float](float), defaultdict[str, float](float)
    for one in dues:
        share = kept[one.service] / due[one.service] if due[one.service] else 0.0
        requests[one.area] += one.fell_due
        observed[one.area] += one.kept
        expected[one.area] += one.fell_due * share
        variance[one.area] += one.fell_due * share * (1 - share)
    known = sorted(area for area in requests if variance[area] > 0)
    z = {area: (observed[area] - expected[area]) / sqrt(variance[area]) for area in known}
    spread = _spread(z.values())
    found = []
    for area in known:
        count, mean, width = observed[area], expected[area], Z_OF[WARNING] * sqrt(variance[area])
        low, high = max(0.0, (count - width) / mean), (count + width) / mean
        found.append(
            AreaRatio(area, requests[area], count, mean, low, high, z[area], spread, variance[area])
        )
    return found


def _spread(z: Iterable[float]) -> float:
    squares = [one**2 for one in z]
    return max(1.0, sum(squares) / len(squares)) if squares else 1.0


def _hazards(times: Iterable[Times]) -> Mapping[Hashable, Mapping[int, float]]:
    """Return the sum of the hazard up to each hour at which a request was closed or last seen."""
    closed: dict[Hashable, Counter[int]] = defaultdict(Counter)
    left: dict[Hashable, Counter[int]] = defaultdict(Counter)
    for one in times:
        left[one.service][one.hours] += one.requests
        closed[one.service][one.hours] += one.requests * one.closed
    return {service: _hazard(closed[service], left[service]) for service in left}


def _hazard(closed: Counter[int], left: Counter[int]) -> dict[int, float]:
    at_risk, total, found = left.total(), 0.0, {}
    for hours in sorted(left):
        total += closed[hours] / at_risk
        found[hours] = total
        at_risk -= left[hours]
    return found
