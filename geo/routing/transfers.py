"""Statistics of requests that were transferred after a rule routed them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 10
"""Number of service requests below which a share means nothing."""

CLEAR = 0.5
"""Share of transferred requests that the true share must exceed, at 95%, to suggest a change."""

_Z = 1.96


@dataclass(frozen=True)
class Transfers:
    """The final departments of the service requests that a rule routed, with counts.

    rule is None for requests without a matching rule. kept counts requests never transferred.
    """

    rule: str | None
    department: str
    routed: int
    handed_over_to: Mapping[str, int]

    @property
    def handed_over(self) -> int:
        """The number of requests transferred to another department."""
        return sum(self.handed_over_to.values())

    @property
    def main_target(self) -> tuple[str, int] | None:
        """The department with most transferred requests (ties by name), and their number."""
        ranked = sorted(self.handed_over_to.items(), key=lambda entry: (-entry[1], entry[0]))
        return ranked[0] if ranked else None

    @property
    def suggestion(self) -> str:
        """A suggested change to the rule if the numbers are clear, else ""."""
        if self.main_target is None:
            return ""
        target, times = self.main_target
        if self.routed < LEAST:
            return f"fewer than {LEAST}, too few for a suggestion"
        if lowest_share(times, self.routed) <= CLEAR:
            return ""
        share = f"{100 * times / self.routed:.0f}%"
        return f"{share} go to {target}; consider changing the rule"


def lowest_share(times: int, of: int) -> float:
    """Return the lower bound of the 95% interval of a share (Wilson 1927, doi:10.2307/2276774)."""
    if of == 0:
        return 0.0
    share = times / of
    center = share + _Z**2 / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return max((center - spread) / (1 + _Z**2 / of), 0.0)
