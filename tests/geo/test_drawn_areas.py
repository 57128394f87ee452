"""Areas as they are drawn: by corners, around a place, along a line."""

import json
import math
import random

import pytest
import shapely

from geo.coordinates import Point, covers, meters_between, square_meters
from geo.errors import InvalidFilter
from geo.search.drawn_areas import circle_of, corners_of, polygon_of, strip_of, to_geojson, to_wkt


def places(*pairs: tuple[float, float]) -> list[Point]:
    return [Point(lat=lat, long=long) for lat, long in pairs]


def test_a_polygon_closes_itself_whatever_way_it_goes() -> None:
    corners = places((0, 0), (0, 2), (1, 2), (1, 0))
    for drawn in (corners, corners[::-1], [*corners, corners[0]]):
        area = polygon_of(drawn)
        assert covers(area, Point(lat=0.5, long=1.9))
        assert not covers(area, Point(lat=1.9, long=0.5))


def test_one_that_crosses_itself_is_all_that_it_goes_around() -> None:
    bow_tie = polygon_of(places((0, 0), (1, 1), (1, 0), (0, 1)))
    assert covers(bow_tie, Point(lat=0.1, long=0.5)) != covers(bow_tie, Point(lat=0.5, long=0.1))
    assert bow_tie.is_valid


def test_what_is_enclosed_twice_belongs_to_it() -> None:
    star = [(math.sin(4 * math.pi * n / 5), math.cos(4 * math.pi * n / 5)) for n in range(5)]
    assert covers(polygon_of(places(*star)), Point(lat=0, long=0))


def test_an_outline_that_crosses_itself_thousands_of_times_is_one_small_polygon() -> None:
    chance = random.Random(1)
    corners = places(*((chance.random(), chance.random()) for _ in range(200)))
    assert shapely.get_num_coordinates(polygon_of(corners)) < 500


def test_a_polygon_across_the_antimeridian_is_refused() -> None:
    with pytest.raises(InvalidFilter, match=r"area\.too_wide"):
        polygon_of(places((0, 179.9), (0, -179.9), (1, -179.9), (1, 179.9)))


@pytest.mark.parametrize(
    "corners",
    [
        places((0, 0), (1, 1)),
        places((0, 0), (1, 1), (0, 0)),
        places((0, 0), (1, 1), (2, 2)),
        places((0, 0), (0, 1e-9), (1e-9, 0)),
    ],
)
def test_what_has_no_area_is_refused(corners: list[Point]) -> None:
    with pytest.raises(InvalidFilter, match=r"area\.(too_few_corners|no_area)"):
        polygon_of(corners)


@pytest.mark.parametrize("lat", [0, 39.7, -60, 70])
def test_a_circle_is_as_wide_as_asked_wherever_it_is(lat: float) -> None:
    center = Point(lat=lat, long=10)
    area = circle_of(center, 250)
    assert square_meters(area) == pytest.approx(3.14159 * 250**2, rel=0.01)
    x_low, y_low, x_high, y_high = area.bounds
    assert meters_between(Point(lat=lat, long=x_low), Point(lat=lat, long=x_high)) == pytest.approx(
        500, rel=0.01
    )
    assert meters_between(Point(lat=y_low, long=10), Point(lat=y_high, long=10)) == pytest.approx(
        500, rel=0.01
    )


@pytest.mark.parametrize("center", [(90, 0), (-89.99, 10), (0, 180), (10, -179.9)])
def test_a_circle_over_a_pole_or_the_antimeridian_is_refused(center: tuple[float, float]) -> None:
    lat, long = center
    with pytest.raises(InvalidFilter, match=r"area\.over_pole"):
        circle_of(Point(lat=lat, long=long), 50_000)


@pytest.mark.parametrize("meters", [1e-9, 0.0001, 0.0005])
def test_a_circle_narrower_than_the_digits_of_a_coordinate_is_refused(meters: float) -> None:
    with pytest.raises(InvalidFilter, match=r"area\.no_area"):
        circle_of(Point(lat=39.7, long=-82.6), meters)


def test_a_strip_reaches_as_far_on_both_sides() -> None:
    area = strip_of(places((39.70, -82.60), (39.72, -82.60)), 100)
    for long, inside in ((-82.6011, True), (-82.5989, True), (-82.6013, False), (-82.5987, False)):
        assert covers(area, Point(lat=39.71, long=long)) == inside


def test_a_line_of_one_place_is_refused() -> None:
    with pytest.raises(InvalidFilter, match=r"area\.too_few_points"):
        strip_of(places((1, 1), (1, 1)), 10)


@pytest.mark.parametrize(
    "line",
    [
        places((0, 179.9), (0, -179.9)),
        places((89.9, 0), (89.9, 180)),
        places((39, -82), (42, -82)),
    ],
)
def test_a_line_that_is_too_long_to_measure_is_refused(line: list[Point]) -> None:
    with pytest.raises(InvalidFilter, match=r"area\.line_too_long.*300"):
        strip_of(line, 100)


def test_what_a_map_draws_is_geojson() -> None:
    drawn = json.loads(to_geojson(polygon_of(places((0, 0), (0, 2), (1, 2)))))
    assert drawn["type"] == "Polygon"
    assert [2.0, 0.0] in drawn["coordinates"][0]


def test_a_polygon_has_the_corners_that_were_drawn() -> None:
    drawn = places((0, 0), (0, 2), (1, 2))
    for area in (polygon_of(drawn), shapely.MultiPolygon([polygon_of(drawn)])):
        assert set(corners_of(area)) == set(drawn)
        assert len(corners_of(area)) == 3


def test_an_area_of_several_polygons_or_with_a_hole_has_no_corners() -> None:
    bow_tie = polygon_of(places((0, 0), (1, 1), (1, 0), (0, 1)))
    ring = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    assert corners_of(bow_tie) == corners_of(ring) == []


def test_an_area_as_text_is_the_same_area() -> None:
    area = polygon_of(places((39.7137, -82.5993), (39.72, -82.6), (39.73, -82.58)))
    assert shapely.from_wkt(to_wkt(area)).symmetric_difference(area).area < 1e-9
