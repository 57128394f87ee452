"""Crossings of streets, by the houses on them."""

import pytest

from geo.addresses.crossings import find_crossing, two_streets
from geo.coordinates import Point, meters_between

CROSSING = Point(lat=39.7137, long=-82.5993)
EAST, NORTH = 0.0000117, 0.000009
"""Degrees of a meter."""


def at(east: float, north: float) -> Point:
    return Point(lat=CROSSING.lat + north * NORTH, long=CROSSING.long + east * EAST)


TOWN = {
    "e main st": [at(east, side) for east in range(30, 400, 20) for side in (-12, 12)],
    "w main st": [at(-east, side) for east in range(30, 400, 20) for side in (-12, 12)],
    "s broad st": [at(side, -north) for north in range(30, 400, 20) for side in (-12, 12)],
    "wheeling st": [at(east, 300) for east in range(-300, 300, 20)],
}


@pytest.mark.parametrize(
    "text",
    [
        "Main St & Broad St",
        "E. Main Street and South Broad St, Lancaster, OH 43130",
        "corner of Broad Street and West Main Street",
        "S Broad St at E Main St",
        "Main St / Broad St",
        "Main St @ Broad St",
        "Main and Broad",
    ],
)
def test_a_crossing_is_where_the_lines_of_the_houses_meet(text: str) -> None:
    streets = two_streets(text)
    assert streets is not None
    found = find_crossing(streets, TOWN)
    assert found is not None
    assert meters_between(found, CROSSING) < 5


def test_streets_that_do_not_meet_have_no_crossing() -> None:
    for text in ("Main St & Wheeling St", "Main St & Nowhere Ave", "Main St & Main St"):
        streets = two_streets(text)
        assert streets is not None
        assert find_crossing(streets, TOWN) is None


def test_one_house_on_each_street_is_enough_for_the_corner() -> None:
    streets = two_streets("A St & B St")
    assert streets is not None
    found = find_crossing(streets, {"a st": [at(20, 0)], "b st": [at(0, 20)]})
    assert found is not None
    assert meters_between(found, at(10, 10)) < 1


@pytest.mark.parametrize("text", ["", "Main St", "& Main St", "Main St &", "104 E Main St", "@/@"])
def test_what_names_no_two_streets_is_no_crossing(text: str) -> None:
    assert two_streets(text) is None
