"""How soon people report: from what others report of a problem that is known already.

Liu, Bhandaram, and Garg, Nature Computational Science 2023 (arXiv 2204.08620): nobody knows when a
problem began, but once it is reported, further reports until the first action show how often
somebody reports there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from open311.figures.poisson import poisson_interval

FEWEST_REPEATS = 30
"""Further reports that a service needs in all areas together."""

LONGEST = 30
"""Days after the first report in which further ones count."""


class Exposure(NamedTuple):
    """Problems of a service in an area, their further reports, and the days in which those came."""

    service: str
    area: str
    problems: int
    repeats: int
    days: float


@dataclass(frozen=True)
class ReportingRate:
    """Reports a day of a problem that is there; lower and upper are the 95 % interval."""

    problems: int
    repeats: int
    days: float

    @property
    def rate(self) -> float:
        return self.repeats / self.days

    @property
    def interval(self) -> tuple[float, float]:
        lower, upper = poisson_interval(self.repeats)
        return lower / self.days, upper / self.days

    @property
    def delay(self) -> float | None:
        """The mean days until a problem is reported; None if that is not known."""
        return self.days / self.repeats if self.repeats else None


def reporting_rates(exposures: Iterable[Exposure]) -> Mapping[str, Mapping[str, ReportingRate]]:
    """Return the rates by service and area, of services with enough further reports."""
    known = [one for one in exposures if one.days > 0]
    repeats = Counter[str]()
    for one in known:
        repeats[one.service] += one.repeats
    found: dict[str, dict[str, ReportingRate]] = {}
    for one in known:
        if repeats[one.service] >= FEWEST_REPEATS:
            rate = ReportingRate(one.problems, one.repeats, one.days)
            found.setdefault(one.service, {})[one.area] = rate
    return found
