"""How many requests would be open with more or fewer crews, if crews stay as productive."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

BUSIEST = 12
"""Weeks in which productivity is measured: those with the largest backlog.

In other weeks, crews wait for work, and idle time would be taken for a lack of capacity.
"""

PATHS = 1000
SEED = 311
"""Of the random paths, so that a page that is loaded again says the same."""


@dataclass(frozen=True)
class Backlog:
    """Open requests at the end of a week: their median, and the bounds of 8 of 10 paths."""

    median: int
    lower: int
    upper: int


def closings_per_crew(closed: Sequence[int], backlogs: Sequence[int], crews: int) -> float | None:
    """Return the closings of a crew in a week; None if no week had a backlog.

    closed and backlogs are of the same weeks; a backlog is that at the beginning of the week.
    """
    busiest = sorted(zip(backlogs, closed, strict=True), reverse=True)[:BUSIEST]
    counted = [number for backlog, number in busiest if backlog > 0]
    return fmean(counted) / crews if counted and crews else None


def backlog_paths(
    backlog: int, expected: Sequence[float], crews: int, per_crew: float
) -> list[Backlog]:
    """Return the backlog at the end of each week for which a number of requests is expected.

    What comes in and what is closed are Poisson numbers, and a backlog is never below none.
    """
    random = np.random.default_rng(SEED)
    open_now = np.full(PATHS, backlog)
    found = []
    for number in expected:
        received = random.poisson(number, PATHS)
        closed = random.poisson(crews * per_crew, PATHS)
        open_now = np.maximum(0, open_now + received - closed)
        lower, median, upper = (round(float(one)) for one in np.quantile(open_now, [0.1, 0.5, 0.9]))
        found.append(Backlog(median, lower, upper))
    return found
