"""Cells of the map that a box contains."""

import math
import random

import pytest

from geo.coordinates import Box
from geo.search.cells import Block, Covering, block_inside, cover, lat_of, long_of

CITY = Box(minlong=-82.62, minlat=39.69, maxlong=-82.58, maxlat=39.73)
BOXES = [
    CITY,
    Box(minlong=-82.62, minlat=39.69, maxlong=-82.60, maxlat=39.7301),
    Box(minlong=-180, minlat=-90, maxlong=180, maxlat=90),
    Box(minlong=179.2, minlat=-1, maxlong=180, maxlat=0.5),
    Box(minlong=12.5, minlat=84.9, maxlong=13.9, maxlat=86),
]


def cell(long: float, lat: float, level: int) -> tuple[int, int]:
    """Return column and row of a place, of which the last ones end with the world."""
    side = 1 << level
    row = (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * side
    return min(math.floor((long + 180) / 360 * side), side - 1), math.floor(row)


def times_in_runs(covering: Covering, long: float, lat: float) -> int:
    return sum(
        one.column == cell(long, lat, one.level)[0]
        and one.first_row <= cell(long, lat, one.level)[1] <= one.last_row
        for one in covering.runs
    )


def contains(box: Box, long: float, lat: float) -> bool:
    return box.minlong <= long <= box.maxlong and box.minlat <= lat <= box.maxlat


@pytest.mark.parametrize("box", BOXES)
def test_each_place_of_a_box_is_in_one_cell_or_at_an_edge(box: Box) -> None:
    covering = cover(box, 6, 18, 64)
    assert covering is not None
    assert len(covering.runs) < 1_500
    rng = random.Random(311)
    inside = 0
    for _ in range(400):
        long = rng.uniform(box.minlong, box.maxlong)
        lat = rng.uniform(max(box.minlat, -84), min(box.maxlat, 85.04))
        times = times_in_runs(covering, long, lat)
        assert times in (0, 1)
        assert times or any(contains(edge, long, lat) for edge in covering.edges)
        inside += times
    assert inside > 200
    for long, lat in [(box.minlong, box.minlat), (box.maxlong, box.maxlat), (box.minlong, 0)]:
        assert abs(lat) > 85 or not times_in_runs(covering, long, lat)


def test_no_cell_reaches_out_of_the_box() -> None:
    covering = cover(CITY, 6, 18, 64)
    assert covering is not None
    for run in covering.runs:
        assert CITY.minlong < long_of(run.column, run.level)
        assert long_of(run.column + 1, run.level) < CITY.maxlong
        assert lat_of(run.first_row, run.level) < CITY.maxlat
        assert CITY.minlat < lat_of(run.last_row + 1, run.level)


def test_the_same_area_is_in_fewer_cells_of_several_levels() -> None:
    covering = cover(CITY, 6, 18, 64)
    assert covering is not None
    block = covering.block
    assert block == block_inside(CITY, 18)
    levels = {one.level for one in covering.runs}
    assert levels == {14, 15, 16, 17, 18}
    cells = sum(
        (one.last_row - one.first_row + 1) << 2 * (block.level - one.level) for one in covering.runs
    )
    columns = block.last_column - block.first_column + 1
    assert cells == columns * (block.last_row - block.first_row + 1)


@pytest.mark.parametrize(
    "box",
    [
        Box(minlong=170, minlat=0, maxlong=-170, maxlat=1),
        Box(minlong=1, minlat=1, maxlong=1, maxlat=1),
        Box(minlong=1, minlat=1, maxlong=1.001, maxlat=1.001),
    ],
)
def test_boxes_across_the_antimeridian_and_small_ones_have_no_cells(box: Box) -> None:
    assert cover(box, 6, 18, 64) is None


def test_an_area_without_a_hole_is_one_run_for_each_column() -> None:
    block = Block(10, 3, 5, 7, 9)
    assert len([*block.runs_around(None)]) == 3
    assert block.at(12) == Block(12, 12, 23, 28, 39)
