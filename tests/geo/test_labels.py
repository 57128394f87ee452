"""Places of names on maps."""

import pytest
from shapely import MultiPolygon, Point, Polygon, box

from geo.maps.labels import label_place


def test_a_name_is_in_the_middle_of_the_largest_part() -> None:
    place = label_place(MultiPolygon([box(0, 0, 1, 1), box(10, 10, 14, 12)]))
    assert (place.long, place.lat, place.width) == (12, 11, 4)


def test_a_name_is_inside_even_if_the_middle_is_not() -> None:
    ring = Polygon(box(0, 0, 10, 10).exterior.coords, [list(box(1, 1, 9, 9).exterior.coords)])
    place = label_place(MultiPolygon([ring]))
    assert ring.contains(Point(place.long, place.lat))
    assert place.width == pytest.approx(10)
