"""How often what a rule sent was handed over, and what that says: decided from counts alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 10
"""Service requests below which no share means anything."""

CLEAR = 0.5
"""A share that the truth must exceed, at 95 %, before a rule is called wrong."""

_Z = 1.96


@dataclass(frozen=True)
class Transfers:
    """What became of the service requests that a rule routed: how many each department got.

    rule is None for those that no rule was for. kept is how many were never handed over.
    """

    rule: str | None
    department: str
    routed: int
    handed_over_to: Mapping[str, int]

    @property
    def handed_over(self) -> int:
        """How many were handed over to another department."""
        return sum(self.handed_over_to.values())

    @property
    def main_target(self) -> tuple[str, int] | None:
        """The department that got most of them, the first by name of several, and how many."""
        ranked = sorted(self.handed_over_to.items(), key=lambda entry: (-entry[1], entry[0]))
        return ranked[0] if ranked else None

    @property
    def suggestion(self) -> str:
        """Say what to change where the numbers are clear; empty where they are not."""
        if self.main_target is None:
            return ""
        target, times = self.main_target
        if self.routed < LEAST:
            return f"fewer than {LEAST}, too few to tell"
        if lowest_share(times, self.routed) <= CLEAR:
            return ""
        share = f"{100 * times / self.routed:.0f}%"
        return f"{share} end at {target}: should the rule name it?"


def lowest_share(times: int, of: int) -> float:
    """Give the lower end of the 95 % interval of a share (Wilson 1927, doi:10.2307/2276774)."""
    if of == 0:
        return 0.0
    share = times / of
    centre = share + _Z**2 / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return max((centre - spread) / (1 + _Z**2 / of), 0.0)
