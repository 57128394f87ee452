"""Latitude and longitude, x and y, degrees and meters."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geo import coordinates
from geo.coordinates import square_meters, to_wgs84
from geo.degrees import looks_like_degrees

SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1)]
HOLE = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]
SQUARE_DEGREE = 111_320 * 110_574  # square meters at the equator


def test_a_point_is_written_longitude_first() -> None:
    assert coordinates.Point(lat=42.36, long=-71.06).ewkt == "SRID=4326;POINT(-71.06 42.36)"


def test_a_point_takes_its_coordinates_by_name_only() -> None:
    with pytest.raises(TypeError):
        coordinates.Point(42.36, -71.06)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_point_is_written_without_loss(lat: float, long: float) -> None:
    written = coordinates.Point(lat=lat, long=long).ewkt
    match = re.fullmatch(r"SRID=4326;POINT\((\S+) (\S+)\)", written)
    assert match
    assert [float(number) for number in match.groups()] == [long, lat]


def test_the_origin_of_ohio_south_in_feet_is_where_its_definition_says() -> None:
    there = to_wgs84(CRS.from_epsg(3735))(Point(1_968_500, 0))
    assert (there.x, there.y) == pytest.approx((-82.5, 38.0), abs=1e-6)


def test_every_corner_is_turned_to_degrees_as_pyproj_does() -> None:
    feet = box(1_400_000, 400_000, 1_410_000, 430_000)
    expected = Transformer.from_crs("EPSG:3735", "EPSG:4326", always_xy=True)
    corners = [expected.transform(x, y) for x, y in feet.exterior.coords]
    turned = to_wgs84(CRS.from_epsg(3735))(feet)
    for corner, pair in zip(turned.exterior.coords, corners, strict=True):
        assert corner == pytest.approx(pair, abs=1e-9)


def test_a_system_that_puts_the_northing_first_is_read_easting_first() -> None:
    munich = to_wgs84(CRS.from_epsg(31468))(Point(4_468_000, 5_334_000))
    assert (munich.x, munich.y) == pytest.approx((11.57, 48.14), abs=0.05)


@pytest.mark.parametrize("name", ["EPSG:4326", "OGC:CRS84"])
def test_wgs84_is_taken_as_it_is_longitude_first(name: str) -> None:
    there = to_wgs84(CRS.from_user_input(name))(Point(-71.06, 42.36))
    assert (there.x, there.y) == (-71.06, 42.36)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((-180, -90, 180, 90), True),
        ((-180.001, 0, 0, 1), False),
        ((0, -90.001, 1, 1), False),
        ((0, 0, 180.001, 1), False),
        ((0, 0, 1, 90.001), False),
        ((100, 0, 179, 1), True),
    ],
)
def test_degrees_are_told_from_other_coordinates(
    bounds: tuple[float, float, float, float], expected: bool
) -> None:
    assert looks_like_degrees(box(*bounds)) is expected


def test_a_square_degree_at_the_equator_is_as_large_as_the_textbook_says() -> None:
    assert square_meters(box(0, 0, 1, 1)) == pytest.approx(SQUARE_DEGREE, rel=0.001)


def test_a_degree_of_longitude_shrinks_to_half_at_sixty_degrees() -> None:
    assert square_meters(box(0, 59.5, 1, 60.5)) == pytest.approx(SQUARE_DEGREE / 2, rel=0.02)


@pytest.mark.parametrize("shell", [SQUARE, SQUARE[::-1]])
@pytest.mark.parametrize("hole", [HOLE, HOLE[::-1]])
def test_a_hole_is_no_area_whichever_way_its_ring_runs(shell: list, hole: list) -> None:
    assert square_meters(Polygon(shell, [hole])) == pytest.approx(SQUARE_DEGREE * 0.75, rel=0.001)


@pytest.mark.parametrize("ways", [(True, True), (True, False), (False, True), (False, False)])
def test_parts_add_up_whichever_way_their_rings_run(ways: tuple[bool, bool]) -> None:
    parts = MultiPolygon([box(0, 0, 1, 1, ccw=ways[0]), box(2, 0, 3, 1, ccw=ways[1])])
    assert square_meters(parts) == pytest.approx(2 * SQUARE_DEGREE, rel=0.001)


def test_a_point_is_longitude_first_in_geojson() -> None:
    point = coordinates.Point(lat=42.36, long=-71.06)
    assert point.geojson == {"type": "Point", "coordinates": [-71.06, 42.36]}


def test_a_box_is_one_rectangle_and_across_the_antimeridian_two() -> None:
    assert coordinates.Box(minlong=1, minlat=2, maxlong=3, maxlat=4).rectangles == [(1, 2, 3, 4)]
    assert coordinates.Box(minlong=179, minlat=2, maxlong=-178, maxlat=4).rectangles == [
        (179, 2, 180, 4),
        (-180, 2, -178, 4),
    ]


latitudes = st.floats(-90, 90) | st.floats(89, 90) | st.floats(-90, -89)
longitudes = st.floats(-180, 180) | st.floats(179, 180) | st.floats(-180, -179)


@given(latitudes, longitudes, st.floats(0.01, 100_000), st.floats(0, 360), st.floats(0, 1))
def test_the_box_around_a_place_holds_all_within_the_radius(
    lat: float, long: float, radius: float, azimuth: float, part: float
) -> None:
    x, y, _back = Geod(ellps="WGS84").fwd(long, lat, azimuth, radius * part)
    around = coordinates.Box.around(coordinates.Point(lat=lat, long=long), radius)
    hair = 1e-9  # degrees, a tenth of a millimeter: what pyproj rounds
    assert any(
        x_low - hair <= turned <= x_high + hair and y_low - hair <= y <= y_high + hair
        for x_low, y_low, x_high, y_high in around.rectangles
        for turned in (x, x - 360, x + 360)
    )


@given(st.floats(-80, 80), longitudes, st.floats(1, 100_000))
def test_the_box_around_a_place_is_not_much_larger_than_the_circle(
    lat: float, long: float, radius: float
) -> None:
    around = coordinates.Box.around(coordinates.Point(lat=lat, long=long), radius)
    height = around.maxlat - around.minlat
    width = sum(x_high - x_low for x_low, _, x_high, _ in around.rectangles)
    assert height * 110_574 == pytest.approx(2 * radius, rel=0.02)
    assert width * 111_319 * math.cos(math.radians(lat)) == pytest.approx(2 * radius, rel=0.12)


@pytest.mark.parametrize("lat", [90, -90, 89.95, -89.95])
def test_around_a_pole_lie_all_longitudes(lat: float) -> None:
    around = coordinates.Box.around(coordinates.Point(lat=lat, long=7), 10_000)
    assert (around.minlong, around.maxlong) == (-180, 180)
    assert max(abs(around.minlat), abs(around.maxlat)) == 90


@pytest.mark.parametrize(
    ("lat", "long", "position"),
    [
        (0, 0, (6_378_137, 0, 0)),
        (0, 90, (0, 6_378_137, 0)),
        (0, -180, (-6_378_137, 0, 0)),
        (90, 12, (0, 0, 6_356_752.3142)),
        (-90, 12, (0, 0, -6_356_752.3142)),
    ],
)
def test_a_point_has_a_position_in_space(
    lat: float, long: float, position: tuple[float, float, float]
) -> None:
    point = coordinates.Point(lat=lat, long=long)
    assert coordinates.from_center(point) == pytest.approx(position, abs=1e-4)


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(0, 1))
def test_a_place_on_a_piece_is_nearest_to_itself(lat: float, long: float, share: float) -> None:
    piece = (long, lat, long + 0.003, lat - 0.004)
    place = coordinates.Point(lat=lat - share * 0.004, long=long + share * 0.003)
    assert coordinates.share_along(place, piece) == pytest.approx(share, abs=1e-9)
    assert coordinates.meters_to(place, piece, share) == pytest.approx(0, abs=1e-7)


def test_lines_are_cut_into_pieces_and_keep_their_vertices() -> None:
    lines = [LineString([(0, 0), (0, 0), (3, 4)]), LineString([(7, 7), (8, 7)])]
    pieces, line = coordinates.as_pieces(lines, longest=3)
    assert pieces.tolist() == [[0, 0, 1.5, 2], [1.5, 2, 3, 4], [7, 7, 8, 7]]
    assert line.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("north", "east", "direction"),
    [
        *((1, 0, "N"), (1, 1, "NE"), (0, 1, "E"), (-1, 1, "SE")),
        *((-1, 0, "S"), (-1, -1, "SW"), (0, -1, "W"), (1, -1, "NW")),
        *((1, 0.4, "N"), (1, 0.42, "NE"), (-1, -0.4, "S"), (-0.4, -1, "W"), (0, 0, None)),
    ],
)
@pytest.mark.parametrize("long", [0, -82.6, 180])
def test_a_direction_is_the_nearest_of_eight(
    north: float, east: float, direction: str | None, long: float
) -> None:
    start = coordinates.Point(lat=0, long=long)
    end_long = math.remainder(long + east / 1000, 360)
    end = coordinates.Point(lat=north / 1000, long=end_long)
    if start.long == 180 and not east:
        end = coordinates.Point(lat=north / 1000, long=180)
    assert coordinates.compass_direction(start, end) == direction


def test_a_direction_is_that_on_the_ground_far_from_the_equator() -> None:
    """A degree of longitude is half as long at 60 degrees as one of latitude"""
    start = coordinates.Point(lat=60, long=10)
    assert coordinates.compass_direction(start, coordinates.Point(lat=60.01, long=10.01)) == "NE"
    assert coordinates.compass_direction(start, coordinates.Point(lat=60.01, long=10.007)) == "N"
