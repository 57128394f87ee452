"""Cells of a grid in which more came in than is normal there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

CELL = 500
"""Meters of a side of a cell, in the city's projection."""

FEWEST = 5
"""Requests in a cell that is shown."""

FALSE_SHARE = 0.05
"""Share of the cells found that may be chance."""

PRIOR = 0.5

Cell = tuple[int, int]


@dataclass(frozen=True)
class HotCell:
    """What was observed in a cell, and expected; p is the probability of as many by chance."""

    cell: Cell
    past: int
    observed: int
    expected: float
    p: float
    is_hot: bool


def examine_cells(past: Mapping[Cell, int], observed: Mapping[Cell, int]) -> list[HotCell]:
    """Return all cells with requests of a service, before or in a week, in their order.

    A cell is expected to have its share of the past, with a Gamma(0.5, 0.5 · cells) prior, of all
    that came in this week: what the whole city has more of marks no cell. Then the number in a cell
    is negative-binomial. Which cells are hot is decided by Benjamini and Hochberg's procedure.
    """
    cells = sorted({*past, *observed})
    before = PRIOR * len(cells) + sum(past.values())
    now = sum(observed.values())
    found = []
    for cell in cells:
        shape, count = PRIOR + past.get(cell, 0), observed.get(cell, 0)
        expected = shape * now / before
        p = negative_binomial_tail(count, shape, before / (before + now))
        found.append((cell, past.get(cell, 0), count, expected, p))
    limit = false_discovery_limit([p for *_others, p in found])
    return [HotCell(*one, is_hot=one[-1] <= limit) for one in found]


def hot_cells(cells: Iterable[HotCell]) -> list[HotCell]:
    """Return those that are shown."""
    return [one for one in cells if one.is_hot and one.observed >= FEWEST]


def negative_binomial_tail(count: int, shape: float, success: float) -> float:
    """Return the probability of at least a count.

    The smaller tail is added up, so that no digits are lost.
    """
    if count <= 0:
        return 1.0
    mean = shape * (1 - success) / success
    if count <= mean:
        return 1 - sum(_mass(one, shape, success) for one in range(count))
    total, one = 0.0, count
    while True:
        term = _mass(one, shape, success)
        total += term
        if term <= total * 1e-16:
            return min(1.0, total)
        one += 1


def _mass(count: int, shape: float, success: float) -> float:
    if success >= 1:
        return float(count == 0)
    ways = lgamma(count + shape) - lgamma(shape) - lgamma(count + 1)
    return exp(ways + shape * log(success) + count * log1p(-success))


def false_discovery_limit(ps: Sequence[float], share: float = FALSE_SHARE) -> float:
    """Return the largest p that counts as found (Benjamini and Hochberg 1995); -1 for none."""
    ordered = sorted(ps)
    passed = [p for rank, p in enumerate(ordered, 1) if p <= share * rank / len(ordered)]
    return max(passed, default=-1.0)


def merge_touching(cells: Iterable[HotCell]) -> list[list[HotCell]]:
    """Group cells that touch, also at a corner; the group with the most above normal first."""
    left = {one.cell: one for one in cells}
    groups = []
    while left:
        waiting, group = [left.pop(min(left))], []
        while waiting:
            one = waiting.pop()
            group.append(one)
            x, y = one.cell
            around = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
            waiting += [left.pop(cell) for cell in around if cell in left]
        groups.append(sorted(group, key=lambda one: one.cell))
    return sorted(groups, key=lambda group: (-_excess(group), group[0].cell))


def _excess(group: Iterable[HotCell]) -> float:
    return sum(one.observed - one.expected for one in group)
