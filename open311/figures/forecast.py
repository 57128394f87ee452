"""How many requests the next weeks bring, with an interval from the method's own past errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

AHEAD = 4
"""Weeks that are forecast."""

YEAR = 52
RECENT = 8
"""Weeks whose level the next ones are expected to keep."""

LEVEL = 0.8
"""Level of the interval."""

CHECKED = 26
"""Past weeks whose forecasts are compared with what came."""

FEWEST_ERRORS = 20
"""Errors that an interval needs."""

TRUSTED = (0.65, 0.95)
"""Shares of the past weeks within their intervals between which a forecast is shown."""


@dataclass(frozen=True)
class Expected:
    """The number of a week to come; its interval is of LEVEL."""

    number: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Forecast:
    """The next weeks, and for past weeks what was expected one week before, and what came.

    coverage is the share of past weeks within their intervals; None if too few are known.
    """

    weeks: Sequence[Expected]
    past: Sequence[tuple[Expected, int]]
    coverage: float | None

    @property
    def is_known(self) -> bool:
        """Whether there are enough past weeks for all intervals."""
        return self.coverage is not None and all(one.upper < inf for one in self.weeks)

    @property
    def is_trusted(self) -> bool:
        """Whether past forecasts were as good as they said."""
        return self.is_known and TRUSTED[0] <= (self.coverage or 0) <= TRUSTED[1]


def forecast(weekly: Sequence[int]) -> Forecast | None:
    """Forecast AHEAD weeks after some whole weeks, oldest first; None with fewer than RECENT.

    Expected are the same weeks of last year, smoothed over three, times how the last weeks compare
    with the same weeks then; without last year, the mean of the last weeks.
    """
    if len(weekly) < RECENT:
        return None
    errors = [_errors(weekly, ahead) for ahead in range(1, AHEAD + 1)]
    weeks = [_expected(_number(weekly, ahead), errors[ahead - 1]) for ahead in range(1, AHEAD + 1)]
    past = _past(weekly, errors[0])
    within = [expected.lower <= came <= expected.upper for expected, came in past]
    return Forecast(weeks, past, sum(within) / len(within) if within else None)


def _number(weekly: Sequence[int], ahead: int) -> float:
    """Return what is expected some weeks after the last."""
    recent = sum(weekly[-RECENT:])
    begin = len(weekly) - YEAR
    same = weekly[max(begin - RECENT, 0) : max(begin, 0)]
    middle = begin + ahead - 1
    if begin - RECENT < 0 or not sum(same):
        return recent / RECENT
    around = weekly[middle - 1 : middle + 2]
    return sum(around) / len(around) * recent / sum(same)


def _errors(weekly: Sequence[int], ahead: int) -> list[float]:
    """Return by how much each week was a multiple of what had been expected, oldest first."""
    found = []
    for end in range(RECENT, len(weekly) - ahead + 1):
        expected = _number(weekly[:end], ahead)
        came = weekly[end + ahead - 1]
        found.append((came + 0.5) / (expected + 0.5))
    return found


def _expected(number: float, errors: Sequence[float]) -> Expected:
    if len(errors) < FEWEST_ERRORS:
        return Expected(number, 0.0, inf)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(errors, [tail, 1 - tail])
    ends = ((number + 0.5) * factor - 0.5 for factor in (low, high))
    lower, upper = (max(0.0, float(one)) for one in ends)
    return Expected(number, min(lower, number), max(upper, number))


def _past(weekly: Sequence[int], errors: Sequence[float]) -> list[tuple[Expected, int]]:
    """Return past weeks, each with what was expected from all that was known a week before."""
    begin = max(RECENT + FEWEST_ERRORS, len(weekly) - CHECKED)
    return [
        (_expected(_number(weekly[:week], 1), errors[: week - RECENT]), weekly[week])
        for week in range(begin, len(weekly))
    ]
