"""Times until something ends in one of several ways, with what is still open (Aalen-Johansen)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from open311.figures.shares import Z_95
from open311.figures.survival import A_HAIR, Numbers, Quantile


@dataclass(frozen=True)
class Incidence:
    """The share that has ended in one way, after each hour in which something ended.

    Other ways to end compete with it: what ended otherwise can never end in this way, so the share
    may never come to 1. n is the number of requests, happened that of those that ended in this way.
    """

    n: int
    happened: int
    hours: NDArray[np.int64]
    share: Numbers
    lower: Numbers
    upper: Numbers

    def quantile(self, wanted: float) -> Quantile:
        """Return when a share of all has ended in this way; lower is the earliest hour."""
        parts = (self.share, self.upper, self.lower)
        return Quantile(*(self._first(one, wanted) for one in parts))

    def _first(self, shares: Numbers, wanted: float) -> int | None:
        reached = np.flatnonzero(shares >= wanted - A_HAIR)
        return int(self.hours[reached[0]]) if reached.size else None


def incidence(rows: Iterable[tuple[int, int, int, int]]) -> Incidence:
    """Return the incidence of requests: rows of (hours, in this way, otherwise, still open).

    Hours are as those of curve(). The interval is that of Aalen's variance, on the scale of
    log(-log(1 - share)) (Marubini and Valsecchi, 1995, section 10.3).
    """
    counted = np.array(sorted(rows), dtype=np.int64).reshape(-1, 4)
    hours, places = np.unique(counted[:, 0], return_inverse=True)
    sums = np.zeros((len(hours), 3), dtype=np.int64)
    np.add.at(sums, places, counted[:, 1:])
    gone = sums.sum(axis=1)
    at_risk = (gone.sum() - (np.cumsum(gone) - gone)).astype(np.float64)
    kept = (sums[:, 0] + sums[:, 1]) > 0
    this, risk = sums[kept, 0].astype(np.float64), at_risk[kept]
    ended = (sums[kept, 0] + sums[kept, 1]).astype(np.float64)
    still_open = np.cumprod(1 - ended / risk)
    before = np.concatenate((np.ones(1), still_open))[:-1]
    share = np.cumsum(before * this / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = Z_95 * np.sqrt(_variance(share, before, risk, this, ended))
        width = error / np.abs((1 - share) * np.log(1 - share))
        lower, upper = (1 - (1 - share) ** np.exp(sign * width) for sign in (-1, 1))
    known = np.isfinite(lower) & np.isfinite(upper)
    bands = [np.where(known, one, share) for one in (lower, upper)]
    return Incidence(int(gone.sum()), int(this.sum()), hours[kept], share, *bands)


def _variance(
    share: Numbers, before: Numbers, risk: Numbers, this: Numbers, ended: Numbers
) -> Numbers:
    """Return Aalen's variance of the share after each hour, by sums that go along the hours."""
    others = np.maximum(risk - 1, 1)
    left = np.where(risk > ended, risk - ended, np.inf)  # nothing follows the end of all
    first = ended / (others * left)
    second = before**2 * this * (risk - this) / (risk**2 * others)
    third = before * this / (risk * others)
    spread = share**2 * np.cumsum(first) - 2 * share * np.cumsum(share * first)
    spread = spread + np.cumsum(share**2 * first) + np.cumsum(second)
    both = share * np.cumsum(third) - np.cumsum(share * third)
    return np.asarray(np.maximum(spread - 2 * both, 0.0))
