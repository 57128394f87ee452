"""Counts of one period compared with those of another, wider where weeks vary more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, sqrt
from statistics import NormalDist, fmean

from open311.figures.hot_cells import false_discovery_limit

NORMAL = NormalDist()
Z = NORMAL.inv_cdf(0.975)


@dataclass(frozen=True)
class Change:
    """The ratio of two rates, with its 95 % interval; p is its probability by chance alone."""

    ratio: float
    lower: float
    upper: float
    p: float

    @property
    def is_real(self) -> bool:
        """Whether it is more than chance: the interval leaves out 1."""
        return self.lower > 1 or self.upper < 1


def overdispersion(*groups: Sequence[int]) -> float:
    """Return how much more weekly counts vary than Poisson counts; at least 1.

    Each group of weeks has a mean of its own.
    """
    known = [(fmean(one), one) for one in groups if sum(one)]
    free = sum(len(one) - 1 for _mean, one in known)
    if not free:
        return 1.0
    squares = sum((count - mean) ** 2 / mean for mean, one in known for count in one)
    return max(1.0, squares / free)


def compare(
    now: Sequence[int],
    before: Sequence[int],
    fewest: int,
    groups: Sequence[Sequence[int]] = (),
) -> Change | None:
    """Return the change of the mean week; None with fewer than a number of events in a period.

    groups are weekly counts that tell how much weeks vary; those of the period before if left out.
    The interval is that of a quasi-Poisson model: exp(ln(a/b) ± z √(φ(1/a + 1/b))).
    """
    total, total_before = sum(now), sum(before)
    if min(total, total_before) < max(fewest, 1):
        return None
    ratio = (total / len(now)) / (total_before / len(before))
    error = sqrt(overdispersion(*(groups or (before,))) * (1 / total + 1 / total_before))
    p = 2 * NORMAL.cdf(-abs(log(ratio)) / error)
    return Change(ratio, exp(log(ratio) - Z * error), exp(log(ratio) + Z * error), p)


def same_week_last_year(monday: date) -> date:
    """Return the Monday of the week with the same ISO number; of week 53, that of week 52."""
    year, week, _day = monday.isocalendar()
    return date.fromisocalendar(year - 1, min(week, 52), 1)


def around_last_year(begin: date, end: date) -> tuple[date, date]:
    """Return the days from which and before which the weeks of last year are, with one around them.

    begin and end are Mondays of a period of whole weeks.
    """
    week = timedelta(weeks=1)
    return same_week_last_year(begin) - week, same_week_last_year(end - week) + 2 * week


def real_changes(changes: Mapping[str, Change]) -> list[str]:
    """Return the keys of changes that are more than chance, although many are looked at.

    At most one of twenty is chance (Benjamini and Hochberg). The least probable come first.
    """
    limit = false_discovery_limit([one.p for one in changes.values()])
    found = [key for key, one in changes.items() if one.p <= limit]
    return sorted(found, key=lambda key: (changes[key].p, key))
