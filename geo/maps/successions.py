"""Which boundaries of a version continue those of another: the same area, splits, and merges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geo.maps.boundaries import CleanBoundary
from geo.maps.unions import shapes_of
from geo.notices import Notice

SHARE = 0.9
"""Least part of an area that two boundaries have in common if one continues the other.

Lines move by a street or two when wards are drawn anew, which changes a few percent. A ward that
loses more than a tenth of its area has been redrawn, and somebody should decide about its rules.
"""

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Succession:
    """Old codes and the codes that continue them: one of the two is a single code.

    One to one is a new code for the same area, one to several a split, several to one a merge.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def notice(self) -> Notice:
        """The succession as a statement."""
        if len(self.before) == len(self.after):
            return Notice("boundary.same_area", {"old": self.before[0], "new": self.after[0]})
        what = "split" if len(self.before) == 1 else "merged"
        return Notice(f"boundary.{what}", {"old": list(self.before), "new": list(self.after)})


def list_successions(
    old: Sequence[CleanBoundary], new: Sequence[CleanBoundary], share: float = SHARE
) -> list[Succession]:
    """List the boundaries whose area continues under other codes, in the order of the old ones.

    A boundary continues another if they have the share of the larger one in common. One is split if
    it has that share in common with several together, each of which is in it by that share; merges
    are the reverse. Boundaries that keep code and area, or that only changed, are not listed. Each
    boundary is in one succession at most.
    """
    if not old or not new:
        return []
    return list(_Matrix(old, new, share).find())


def without_continued(changes: Sequence[Notice], successions: Sequence[Succession]) -> list[Notice]:
    """Leave out codes that continue others from those that compare_boundaries lists.

    A succession counts if the old codes are removed or stay, and the new ones are added or stay. It
    does not if it is of other versions.
    """

    def of_kind(key: str) -> set[object]:
        return {one.values["code"] for one in changes if one.key == key}

    added, removed = of_kind("boundary.added"), of_kind("boundary.removed")
    continued: set[tuple[str, object]] = set()
    for one in successions:
        before, after = set(one.before), set(one.after)
        if after - before <= added and before - after <= removed:
            continued |= {("boundary.added", code) for code in after}
            continued |= {("boundary.removed", code) for code in before}
    return [one for one in changes if (one.key, one.values["code"]) not in continued]


class _Matrix:
    """The areas that old boundaries (rows) and new ones (columns) have in common.

    Areas are in square degrees: within a city, their ratios are those of square meters.
    """

    def __init__(
        self, old: Sequence[CleanBoundary], new: Sequence[CleanBoundary], share: float
    ) -> None:
        self._before, self._after = [one.code for one in old], [one.code for one in new]
        shapes = shapes_of(old), shapes_of(new)
        self._areas = shapely.area(shapes[0]), shapely.area(shapes[1])
        common = _common_areas(shapes, self._areas, share)
        self._common, self._share = common, share
        larger = np.maximum(self._areas[0][:, None], self._areas[1][None, :])
        self._same = common >= share * larger
        self._kept = {
            code
            for row, code in enumerate(self._before)
            if code in self._after and self._same[row, self._after.index(code)]
        }

    def find(self) -> Iterator[Succession]:
        """Yield the successions: splits and merges first, as a part may be nearly the whole."""
        found: list[tuple[list[int], list[int]]] = []
        used: tuple[set[int], set[int]] = (set(), set())
        for rows, columns in self._candidates():
            if used[0].isdisjoint(rows) and used[1].isdisjoint(columns):
                used[0].update(rows)
                used[1].update(columns)
                found.append((rows, columns))
        for rows, columns in sorted(found):
            before = tuple(self._before[row] for row in rows)
            after = tuple(self._after[column] for column in columns)
            if before != after:
                yield Succession(before, after)

    def _candidates(self) -> Iterator[tuple[list[int], list[int]]]:
        """Yield rows and columns that may be a succession, the ones that count first.

        Where a split and a merge share a boundary, the split counts: its parts are the whole of the
        old area, so that its rules leave nothing out.
        """
        yield from (([row], columns) for row, columns in self._parts(split=True))
        yield from ((rows, [column]) for column, rows in self._parts(split=False))
        for row, column in np.argwhere(self._same).tolist():
            if not {self._before[row], self._after[column]} & self._kept:
                yield [row], [column]

    def _parts(self, *, split: bool) -> Iterator[tuple[int, list[int]]]:
        """Yield each boundary that several others make up, and these."""
        common = self._common if split else self._common.T
        wholes, parts = self._areas if split else self._areas[::-1]
        names, others = (self._before, self._after) if split else (self._after, self._before)
        inside = common >= self._share * parts[None, :]
        taken: set[int] = set()
        for whole, name in enumerate(names):
            these = [
                part
                for part in np.flatnonzero(inside[whole]).tolist()
                if others[part] == name or others[part] not in self._kept
            ]
            together = float(common[whole, these].sum()) / float(wholes[whole])
            # Parts that overlap are layers on top of each other, not a split.
            is_whole = self._share <= together <= 2 - self._share
            if len(these) > 1 and is_whole and not taken.intersection(these):
                taken.update(these)
                yield whole, these


Shapes = NDArray[np.object_]


def _common_areas(
    shapes: tuple[Shapes, Shapes], areas: tuple[Shares, Shares], share: float
) -> Shares:
    """Return the areas that shapes (rows) have in common with others (columns).

    Those that are less than the share of either of the two do not matter, and are 0. Most of these
    are of neighbors, whose boxes tell.
    """
    rows, columns = STRtree(shapes[1]).query(shapes[0])
    boxes = shapely.bounds(shapes[0])[rows], shapely.bounds(shapes[1])[columns]
    starts = np.maximum(boxes[0][:, :2], boxes[1][:, :2])
    ends = np.minimum(boxes[0][:, 2:], boxes[1][:, 2:])
    at_most = np.prod(np.clip(ends - starts, 0, None), axis=1)
    near = at_most >= share * np.minimum(areas[0][rows], areas[1][columns])
    rows, columns = rows[near], columns[near]
    pairs = shapes[0][rows], shapes[1][columns]
    same = shapely.equals_exact(*pairs, tolerance=0)
    common = np.zeros((len(shapes[0]), len(shapes[1])))
    common[rows[same], columns[same]] = areas[0][rows[same]]
    rest = shapely.intersection(pairs[0][~same], pairs[1][~same])
    common[rows[~same], columns[~same]] = shapely.area(rest)
    return common
