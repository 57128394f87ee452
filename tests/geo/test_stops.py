"""The suggested order of stops."""

from geo.coordinates import Point
from geo.stops import nearest_first


def at(lat: float, long: float) -> Point:
    return Point(lat=lat, long=long)


def test_each_stop_is_followed_by_the_nearest_that_is_left() -> None:
    line = [at(0, 5), at(0, 1), at(0, 4), at(0, 9), at(0, 3)]
    assert nearest_first(line) == [0, 2, 4, 1, 3]
    assert nearest_first([]) == []


def test_a_degree_of_longitude_is_short_in_the_north_and_ends_at_the_antimeridian() -> None:
    assert nearest_first([at(60, 10), at(61.2, 10), at(60, 12)]) == [0, 2, 1]
    assert nearest_first([at(0, 179.9), at(0, 170), at(0, -179.9)]) == [0, 2, 1]


def test_equal_distances_and_missing_locations_keep_their_order() -> None:
    assert nearest_first([at(0, 0), at(0, 1), at(0, -1), at(1, 0)])[:2] == [0, 1]
    assert nearest_first([None, at(0, 2), None, at(0, 1)]) == [1, 3, 0, 2]
