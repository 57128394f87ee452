"""Times until something happens, with what has not happened yet (Kaplan-Meier)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from open311.figures.shares import Z_95

A_HAIR = 1e-9
"""Where a curve is at a share but for rounding, it has reached it."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Quantile:
    """The first hour at which a share has happened, with its 95 % interval.

    None is never: the curve, or the limit of its interval, does not come so far.
    """

    value: int | None
    lower: int | None
    upper: int | None


class Times(Protocol):
    """What tables and sentences say of times: how many, how many of them closed, and quantiles."""

    @property
    def n(self) -> int: ...
    @property
    def closed(self) -> int: ...
    @property
    def longest(self) -> int: ...

    def quantile(self, closed_share: float) -> Quantile: ...


@dataclass(frozen=True)
class Quartiles:
    """What is kept of a curve: the hours after which half and three in four are closed."""

    n: int
    closed: int
    longest: int
    half: Quantile
    three_in_four: Quantile

    @classmethod
    def of(cls, times: Times) -> "Quartiles":
        """Return those of a curve."""
        quantiles = times.quantile(0.5), times.quantile(0.75)
        return cls(times.n, times.closed, times.longest, *quantiles)

    def quantile(self, closed_share: float) -> Quantile:
        """Return when a half or three in four are closed; raises KeyError for other shares."""
        return {0.5: self.half, 0.75: self.three_in_four}[closed_share]


@dataclass(frozen=True)
class Curve:
    """The share that is still open, after each hour in which something was closed.

    n is the number of requests, closed that of those closed. at_risk are those that had been open
    up to each hour. lower and upper are the 95 % band of the share.
    """

    n: int
    closed: int
    hours: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    share: Numbers
    lower: Numbers
    upper: Numbers
    longest: int

    def quantile(self, closed_share: float) -> Quantile:
        """Return when a share from 0 to 1 is closed."""
        left = 1 - closed_share
        return Quantile(*(self._first(one, left) for one in (self.share, self.lower, self.upper)))

    def _first(self, shares: Numbers, left: float) -> int | None:
        reached = np.flatnonzero(shares <= left + A_HAIR)
        return int(self.hours[reached[0]]) if reached.size else None

    def at(self, hour: int) -> tuple[float, float, float]:
        """Return the share open after a number of hours, and its 95 % band."""
        place = int(np.searchsorted(self.hours, hour, side="right")) - 1
        if place < 0:
            return 1.0, 1.0, 1.0
        return float(self.share[place]), float(self.lower[place]), float(self.upper[place])


def curve(
    rows: Iterable[tuple[int, int, int]], entries: Iterable[tuple[int, int]] | None = None
) -> Curve:
    """Return the curve of counted requests: rows of (hours, closed, still open after them).

    Hours are whole: of closed ones rounded up, of open ones down. At equal hours, closings come
    before the end of observation. With entries, rows of (hours, requests), requests are known only
    from that age on (left truncation); each is among the rows, with more hours than at its entry.
    """
    counted = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    hours, places = np.unique(counted[:, 0], return_inverse=True)
    closed, gone = (np.zeros(len(hours), dtype=np.int64) for _ in range(2))
    np.add.at(closed, places, counted[:, 1])
    np.add.at(gone, places, counted[:, 1] + counted[:, 2])
    at_risk = _entered(hours, int(gone.sum()), entries) - (np.cumsum(gone) - gone)
    kept = closed > 0
    return _curve(
        hours[kept],
        at_risk[kept],
        closed[kept],
        int(gone.sum()),
        int(hours[-1]) if len(hours) else 0,
    )


def _entered(
    hours: NDArray[np.int64], n: int, entries: Iterable[tuple[int, int]] | None
) -> NDArray[np.int64]:
    """Return how many had come in before each hour; with equal hours of entry, not yet."""
    if entries is None:
        return np.full(len(hours), n, dtype=np.int64)
    counted = np.array(sorted(entries), dtype=np.int64).reshape(-1, 2)
    before = np.concatenate(([0], np.cumsum(counted[:, 1])))
    return np.asarray(before[np.searchsorted(counted[:, 0], hours, side="left")], dtype=np.int64)


def _curve(
    hours: NDArray[np.int64],
    at_risk: NDArray[np.int64],
    closed: NDArray[np.int64],
    n: int,
    longest: int,
) -> Curve:
    risk, events = at_risk.astype(np.float64), closed.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.cumsum(np.log1p(-events / risk))
        share = np.exp(logs)
        variance = np.cumsum(events / (risk * (risk - events)))
        width = np.exp(Z_95 * np.sqrt(variance) / np.abs(logs))
        lower, upper = share**width, share ** (1 / width)
    ended = ~np.isfinite(logs)  # all at risk were closed at once: nothing is open, for certain
    for one in (share, lower, upper):
        one[ended] = 0.0
    return Curve(n, int(closed.sum()), hours, at_risk, share, lower, upper, longest)
