"""Shares with their intervals."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""The 97.5th percentile of the normal distribution, for intervals of 95 %."""


@dataclass(frozen=True)
class Share:
    """A share of a number, from 0 to 1, with its 95 % interval; all None of none."""

    part: int
    whole: int
    value: float | None
    lower: float | None
    upper: float | None


def share(part: int, whole: int) -> Share:
    """Return a share with its Wilson interval."""
    if not whole:
        return Share(part, whole, None, None, None)
    value, square = part / whole, Z_95**2
    middle = (value + square / (2 * whole)) / (1 + square / whole)
    half = sqrt(value * (1 - value) / whole + square / (4 * whole**2)) / (1 + square / whole)
    half *= Z_95
    lower = 0.0 if part == 0 else middle - half
    upper = 1.0 if part == whole else middle + half
    return Share(part, whole, value, lower, upper)
