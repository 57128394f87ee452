"""Boundaries in memory: which cover a point on a day, and which others are nearest."""

from datetime import date, timedelta
from unittest.mock import patch

import numpy as np
import pytest
import shapely
from sampled_distance import ELLIPSOID, sampled_distance
from shapely.geometry import MultiPolygon, Polygon, box

from geo.coordinates import Point
from geo.routing import outlines
from geo.routing.map_sets import DatedMaps, DayMaps, MapBoundary, MapSet, covering, nearest, sets_on

DAY = date(2026, 11, 29)
DEGREE_OF_THE_EQUATOR = 111_319.490793
FIRST_DEGREE_OF_A_MERIDIAN = 110_574.388558
LAST_DEGREE_OF_A_MERIDIAN = 111_693.864914


def boundary(id_: int, *parts: Polygon, position: int | None = None) -> MapBoundary:
    place = id_ if position is None else position
    area = MultiPolygon(parts)
    return MapBoundary(boundary_id=id_, code=str(id_), name="", position=place, geometry=area)


def layer(
    code: str,
    *boundaries: MapBoundary,
    position: int = 1,
    id_: int = 1,
    begin: date | None = None,
    until: date | None = None,
) -> MapSet:
    return MapSet(
        set_id=10 * id_,
        layer=code,
        layer_id=id_,
        layer_position=position,
        in_force_from=begin,
        in_force_until=until,
        boundaries=boundaries,
    )


def maps(*sets: MapSet) -> DayMaps:
    return DatedMaps(sets).on(DAY)


def codes_at(these: DayMaps, lat: float, long: float) -> list[str]:
    return [hit.code for hit in covering(these, Point(lat=lat, long=long))]


def nearest_to(these: DayMaps, lat: float, long: float) -> list[tuple[str, float]]:
    """List the nearest by code, found among all outlines and among chosen blocks alike."""
    point = Point(lat=lat, long=long)
    hits = covering(these, point)
    found = nearest(these, point, hits)
    with patch.object(outlines, "_FEW_BLOCKS", 0):
        assert nearest(these, point, hits) == found
    return [(one.code, one.meters) for one in found]


WARDS = layer("ward", boundary(1, box(-1, -1, 0, 1)), boundary(2, box(0, -1, 1, 1)))


@pytest.mark.parametrize(
    ("lat", "long", "codes"),
    [
        (0.5, -0.5, ["1"]),
        (0.5, 0, ["1", "2"]),
        (1, 0, ["1", "2"]),
        (-1, 1, ["2"]),
        (np.nextafter(1, 2), 0.5, []),
        (0.5, np.nextafter(1, 2), []),
        (0.5, -np.nextafter(0, 1), ["1"]),
        (0.5, 179, []),
    ],
)
def test_edges_and_corners_belong_to_a_boundary(lat: float, long: float, codes: list[str]) -> None:
    assert codes_at(maps(WARDS), lat, long) == codes


def test_hits_are_in_the_order_of_layers_and_then_of_positions() -> None:
    area = box(0, 0, 1, 1)
    sets = [
        layer("third", boundary(1, area), position=2, id_=2),
        layer("first", boundary(2, area), position=1, id_=9),
        layer("second", boundary(3, area, position=7), boundary(4, area, position=2), position=2),
    ]
    hits = covering(maps(*sets), Point(lat=0.5, long=0.5))
    assert [(hit.layer, hit.code) for hit in hits] == [
        ("first", "2"),
        ("second", "4"),
        ("second", "3"),
        ("third", "1"),
    ]
    assert vars(hits[0]) == {
        "layer": "first",
        "layer_position": 1,
        "boundary_id": 2,
        "code": "2",
        "name": "",
        "layer_id": 9,
        "overlapping": False,
        "on_edge": False,
    }


def test_hits_of_many_boundaries_are_in_their_order() -> None:
    areas = [box(n % 7 - 9, -1 - n % 11, n % 5 + 1, 1) for n in range(60)]
    these = maps(layer("ward", *(boundary(n, area) for n, area in enumerate(areas))))
    assert codes_at(these, 0, 0) == [str(n) for n in range(60)]


def test_a_set_counts_from_its_first_day_until_its_last() -> None:
    tomorrow = DAY + timedelta(days=1)
    old = layer("ward", boundary(1, box(0, 0, 1, 1)), until=DAY)
    now = layer("ward", boundary(2, box(0, 0, 1, 1)), begin=DAY, until=tomorrow, id_=2)
    new = layer("ward", boundary(3, box(0, 0, 1, 1)), begin=tomorrow, id_=3)
    never = layer("ward", boundary(4, box(0, 0, 1, 1)), begin=DAY, until=DAY, id_=4)
    city = DatedMaps((new, never, old, now))
    days = [DAY - timedelta(days=1), DAY, tomorrow, tomorrow + timedelta(days=1)]
    assert [sets_on(city.sets, day) for day in days] == [(old,), (now,), (new,), (new,)]
    assert [codes_at(city.on(day), 0.5, 0.5) for day in days] == [["1"], ["2"], ["3"], ["3"]]
    assert city.on(days[2]) is city.on(days[3])


def test_days_before_all_sets_are_known_are_told() -> None:
    sets = (layer("ward", boundary(1, box(0, 0, 1, 1))),)
    assert DatedMaps(sets).know(DAY - timedelta(days=9_999))
    assert not DatedMaps(sets, known_from=DAY).know(DAY - timedelta(days=1))
    assert DatedMaps(sets, known_from=DAY).know(DAY)


def test_distances_are_those_of_the_ellipsoid() -> None:
    assert nearest_to(maps(WARDS), 0, 1.1) == [("2", pytest.approx(DEGREE_OF_THE_EQUATOR / 10))]
    assert nearest_to(maps(WARDS), 0, -0.001) == [
        ("2", pytest.approx(DEGREE_OF_THE_EQUATOR / 1000))
    ]
    pole_side = maps(layer("ward", boundary(1, box(-9, 1, 9, 9))))
    assert nearest_to(pole_side, 0, 0) == [
        ("1", pytest.approx(FIRST_DEGREE_OF_A_MERIDIAN, abs=1e-5))
    ]


def test_each_layer_has_its_nearest_boundary_other_than_the_hits() -> None:
    park = layer("park", boundary(5, box(0.2, 0.2, 0.3, 0.3)), position=0, id_=2)
    whole = layer("city", boundary(7, box(-1, -1, 1, 1)), position=2, id_=3)
    empty = layer("district", position=3, id_=4)
    found = nearest_to(maps(WARDS, park, whole, empty), 0.25, 0.1)
    assert [code for code, _ in found] == ["5", "1"]
    assert nearest_to(maps(empty), 0, 0) == nearest_to(maps(), 0, 0) == []


@pytest.mark.parametrize("turned", [False, True])
def test_of_equally_near_boundaries_the_one_stored_first_counts(turned: bool) -> None:
    """They share an edge that is not straight north, stored in opposite directions."""
    corners = [(1, 0.1), (1.013, 0.77)]
    left = Polygon([*corners, (0.2, 0.9), (0.2, 0)])
    one, other = boundary(8, left, position=2), boundary(9, left.reverse(), position=1)
    these = maps(layer("ward", *([other, one] if turned else [one, other])))
    for share in np.linspace(0, 1, 60):
        place = Point(lat=float(0.1 + share * 0.67), long=float(1.02 + share * 0.01))
        assert [one.code for one in nearest(these, place, [])] == ["8"]


def test_a_boundary_on_whose_edge_a_point_is_has_no_distance() -> None:
    slanted = Polygon([(0.1, 0.2), (0.7, 0.9), (0.9, 0.3)])
    these = maps(layer("ward", boundary(1, slanted)))
    for share in np.linspace(0, 1, 25):
        place = Point(lat=float(0.2 + share * 0.7), long=float(0.1 + share * 0.6))
        assert [one.meters for one in nearest(these, place, [])] == [0]


def test_holes_and_all_parts_have_outlines() -> None:
    ring = box(0, 0, 1, 1).difference(box(0.4, 0.4, 0.6, 0.6))
    island = box(3, 0, 4, 1)
    these = maps(layer("ward", boundary(1, ring, island), boundary(2, box(0.45, 0.45, 0.5, 0.5))))
    assert codes_at(these, 0.55, 0.55) == []
    assert codes_at(these, 0.6, 0.6) == ["1"]
    in_the_hole = maps(layer("ward", boundary(1, ring, island)))
    assert nearest_to(in_the_hole, 0.5, 0.599) == [("1", pytest.approx(111.315, abs=0.001))]
    assert nearest_to(in_the_hole, 0, 2.9) == [("1", pytest.approx(DEGREE_OF_THE_EQUATOR / 10))]
    around_the_hole = nearest_to(these, 0.5, 0.61)
    assert around_the_hole == [("2", pytest.approx(0.11 * 111_315.3, rel=1e-5))]


def test_beyond_the_antimeridian_is_as_near_as_anywhere() -> None:
    """Areas are split there, as RFC 7946 asks for."""
    sets = layer(
        "ward",
        boundary(1, box(179.5, -1, 180, 1)),
        boundary(2, box(-180, -1, -179.9, 1)),
        boundary(3, box(178, -1, 179, 1)),
    )
    expected = pytest.approx(DEGREE_OF_THE_EQUATOR / 100)
    assert nearest_to(maps(sets), 0, 179.99) == [("2", expected)]
    assert nearest_to(maps(sets), 0, -179.99) == [("1", expected)]
    assert nearest_to(maps(sets), 0, 180) == [("2", 0)]
    assert nearest_to(maps(sets), 0, -179.89) == [("2", expected)]


def test_beyond_the_antimeridian_an_edge_is_as_near_as_a_corner() -> None:
    slanted = Polygon([(-180, -0.1), (-179.9999, 0.1), (-179, 0)])
    point = Point(lat=0.03, long=179.9999)
    [found] = nearest(maps(layer("ward", boundary(1, slanted))), point, [])
    assert found.meters == pytest.approx(sampled_distance(slanted, point), abs=5e-5)
    assert found.meters < 20


def test_far_away_a_way_along_the_equator_compares_with_one_along_a_meridian() -> None:
    """Straight through the ground, the boundary in the north is 100 m nearer."""
    east, _, _ = ELLIPSOID.fwd(0, 0, 90, 2_000_000)
    _, north, _ = ELLIPSOID.fwd(0, 0, 0, 2_000_005)
    sets = layer(
        "ward",
        boundary(1, box(-1, north, 1, north + 1)),
        boundary(2, box(east, -1, east + 1, 1)),
    )
    assert nearest_to(maps(sets), 0, 0) == [("2", pytest.approx(2_000_000, abs=1e-4))]


def test_the_pole_is_a_place_like_any_other() -> None:
    these = maps(layer("ward", boundary(1, box(0, 89, 90, 90))))
    assert codes_at(these, 90, 45) == ["1"]
    assert [one.meters for one in nearest(these, Point(lat=90, long=-3), [])] == [0]
    found = nearest(these, Point(lat=89, long=-90), [])
    assert [one.meters for one in found] == [pytest.approx(LAST_DEGREE_OF_A_MERIDIAN, abs=1e-5)]


def star(random: np.random.Generator, lat: float, long: float, size: float) -> Polygon:
    """Return an irregular area, size degrees of latitude high, and as wide on the ground."""
    turns = np.sort(random.uniform(0, 2 * np.pi, 24))
    radii = random.uniform(0.3, 1, 24) * size / 2
    x = long + radii * np.cos(turns) / np.cos(np.radians(lat))
    return shapely.orient_polygons(Polygon(np.column_stack([x, lat + radii * np.sin(turns)])))


@pytest.mark.parametrize("lat", [0, 39.7, -62, 75, 88])
@pytest.mark.parametrize("size", [0.01, 0.2])
def test_distances_are_those_of_dense_samples(lat: float, size: float) -> None:
    random = np.random.default_rng(14)
    areas = [
        star(random, lat + size * (n - 1), 20 + size * (n % 2) / np.cos(np.radians(lat)), size)
        for n in range(4)
    ]
    these = maps(layer("ward", *(boundary(n, area) for n, area in enumerate(areas))))
    vertices = shapely.get_coordinates(areas)
    for reach in (1e-9, 1e-6, 1e-4, size, 4 * size):
        for x, y in random.choice(vertices, 3) + random.uniform(-reach, reach, (3, 2)):
            point = Point(lat=float(y), long=float(x))
            sampled = [sampled_distance(area, point) for area in areas]
            [found] = nearest(these, point, [])
            assert found.meters == pytest.approx(min(sampled), abs=5e-5)
            assert sampled[int(found.code)] == pytest.approx(min(sampled), abs=5e-5)
