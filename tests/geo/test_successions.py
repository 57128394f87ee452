"""Which boundaries continue others: the same area under a new code, splits, and merges."""

import itertools

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, box

from geo.maps.boundaries import CleanBoundary
from geo.maps.successions import SHARE, Succession, list_successions

ROUNDING = 1e-7
"""Degrees by which lines move that were written with six decimals."""

Boxes = dict[str, tuple[float, float, float, float]]


def boundary(code: str, *boxes: tuple[float, float, float, float]) -> CleanBoundary:
    union = shapely.union_all([box(*corners) for corners in boxes])
    parts = union.geoms if isinstance(union, MultiPolygon) else [union]
    return CleanBoundary(code, "", MultiPolygon(list(parts)))


def wards(boxes: Boxes) -> list[CleanBoundary]:
    return [boundary(code, corners) for code, corners in boxes.items()]


def found(old: Boxes, new: Boxes) -> list[tuple[str, str]]:
    pairs = list_successions(wards(old), wards(new))
    return [(" ".join(one.before), " ".join(one.after)) for one in pairs]


OLD: Boxes = {"21": (0, 0, 1, 1), "22": (1, 0, 2, 1), "23": (2, 0, 3, 1)}
LEFT, RIGHT = (1, 0, 1.5, 1), (1.5, 0, 2, 1)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD, []),
        ({"A21": (0, 0, 1, 1), "22": (1, 0, 2, 1), "23": (2, 0, 3, 1)}, [("21", "A21")]),
        # Codes that change places
        (
            {"22": (0, 0, 1, 1), "21": (1, 0, 2, 1), "23": (2, 0, 3, 1)},
            [("21", "22"), ("22", "21")],
        ),
        ({"21": (0, 0, 1, 1), "22": LEFT, "24": RIGHT, "23": (2, 0, 3, 1)}, [("22", "22 24")]),
        ({"21": (0, 0, 1, 1), "a": LEFT, "b": RIGHT, "23": (2, 0, 3, 1)}, [("22", "a b")]),
        # A small part is a part, although the rest is nearly the whole
        (
            {"21": (0, 0, 1, 1), "22": (1, 0, 1.95, 1), "24": (1.95, 0, 2, 1), "23": (2, 0, 3, 1)},
            [("22", "22 24")],
        ),
        ({"21": (0, 0, 1, 1), "22": (1, 0, 3, 1)}, [("22 23", "22")]),
        ({"all": (0, 0, 3, 1)}, [("21 22 23", "all")]),
        # A code that goes to another split at the same time
        ({"21": (0, 0, 1, 1), "22": LEFT, "23": RIGHT, "24": (2, 0, 3, 1)},
         [("22", "22 23"), ("23", "24")]),
        # Redrawn: no one continues 21 and 22
        ({"21": (0, 0, 1.5, 1), "22": (1.5, 0, 2, 1), "23": (2, 0, 3, 1)}, []),
        ({"x": (0, 0, 1.5, 1), "y": (1.5, 0, 3, 1)}, []),
        ({"21": (5, 5, 6, 6)}, []),
    ],
)  # fmt: skip
def test_codes_are_followed_by_their_areas(new: Boxes, expected: list[tuple[str, str]]) -> None:
    assert found(OLD, new) == expected


@pytest.mark.parametrize(("part", "is_same"), [(SHARE + 0.01, True), (SHARE - 0.01, False)])
def test_the_same_area_may_differ_by_a_tenth(part: float, is_same: bool) -> None:
    assert found({"a": (0, 0, 1, 1)}, {"b": (0, 0, part, 1)}) == ([("a", "b")] if is_same else [])


def test_boundaries_on_top_of_each_other_are_no_split() -> None:
    at_large: Boxes = {"all": (0, 0, 3, 1)}
    new: Boxes = {**at_large, "A21": (0, 0, 1, 1), "22": (1, 0, 2, 1), "23": (2, 0, 3, 1)}
    assert found({**at_large, **OLD}, new) == [("21", "A21")]
    assert found(at_large, {"whole": (0, 0, 3, 1), "again": (0, 0, 3, 1)}) == [("all", "whole")]


STRIPS_OLD: Boxes = {"A": (0, 0, 0.95, 1), "B": (0.95, 0, 1, 1)}
STRIPS_NEW: Boxes = {"Y": (0, 0, 0.05, 1), "X": (0.05, 0, 1, 1)}


def test_a_split_counts_before_a_merge_that_shares_a_boundary_with_it() -> None:
    assert found(STRIPS_OLD, STRIPS_NEW) == [("A", "Y X")]


CUTS = st.lists(st.sampled_from([1, 2, 3, 10, 19, 20, 21, 30, 38, 39]), max_size=4, unique=True)


@given(CUTS, CUTS)
def test_no_boundary_of_a_strip_that_is_cut_anew_is_in_two_successions(
    before: list[int], after: list[int]
) -> None:
    old, new = (
        {
            f"{name}{left}": (left, 0, right, 1)
            for left, right in itertools.pairwise([0, *sorted(cuts), 40])
        }
        for name, cuts in (("o", before), ("n", after))
    )
    pairs = found(old, new)
    for side in (0, 1):
        codes = " ".join(pair[side] for pair in pairs).split()
        assert len(codes) == len(set(codes))


CELLS = list(itertools.product(range(4), range(4)))


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[CleanBoundary], list[CleanBoundary], set[Succession]]:
    """A random partition of a grid, and another with its boundaries renamed, split, and merged.

    All lines of the second one are moved by rounding.
    """
    owners = draw(st.lists(st.integers(0, 5), min_size=16, max_size=16))
    cells: dict[str, list[tuple[int, int]]] = {}
    for cell, owner in zip(CELLS, owners, strict=True):
        cells.setdefault(f"o{owner}", []).append(cell)
    waiting = sorted(cells)
    after: dict[str, list[tuple[int, int]]] = {}
    expected = set()
    while waiting:
        code = waiting.pop()
        kind = draw(st.sampled_from(["keep", "rename", "split", "merge"]))
        if kind == "split" and len(cells[code]) > 1:
            at = draw(st.integers(1, len(cells[code]) - 1))
            first = draw(st.sampled_from([code, f"n{code}"]))
            after[first], after[f"p{code}"] = cells[code][:at], cells[code][at:]
            expected.add(Succession((code,), (first, f"p{code}")))
        elif kind == "merge" and waiting:
            other = waiting.pop()
            name = draw(st.sampled_from([code, other, f"n{code}"]))
            after[name] = cells[code] + cells[other]
            expected.add(Succession((other, code), (name,)))
        elif kind == "rename":
            after[f"n{code}"] = cells[code]
            expected.add(Succession((code,), (f"n{code}",)))
        else:
            after[code] = cells[code]
    return _boundaries(cells, 0), _boundaries(after, ROUNDING), expected


def _boundaries(cells: dict[str, list[tuple[int, int]]], off: float) -> list[CleanBoundary]:
    return [
        boundary(code, *((x + off, y + off, x + 1 + off, y + 1 + off) for x, y in some))
        for code, some in sorted(cells.items())
    ]


@given(partitions())
def test_what_was_renamed_split_and_merged_is_found(
    made: tuple[list[CleanBoundary], list[CleanBoundary], set[Succession]],
) -> None:
    old, new, expected = made
    assert set(list_successions(old, new)) == expected
    back = {Succession(one.after, one.before) for one in expected}
    assert set(list_successions(new, old)) == back


@given(partitions(), partitions())
def test_each_boundary_is_in_one_succession_at_most(
    one: tuple[list[CleanBoundary], list[CleanBoundary], set[Succession]],
    other: tuple[list[CleanBoundary], list[CleanBoundary], set[Succession]],
) -> None:
    pairs = list_successions(one[0], other[1])
    for codes in (
        [code for pair in pairs for code in getattr(pair, side)] for side in ("before", "after")
    ):
        assert len(codes) == len(set(codes))
    assert all(1 in (len(pair.before), len(pair.after)) for pair in pairs)
