"""Cleaning: what is repaired, merged and refused, and that what is left is valid."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

from geo.coordinates import square_meters
from geo.errors import InvalidGeometry
from geo.maps.boundaries import Feature, clean_boundaries, to_multipolygon
from geo.notices import Notice

BOWTIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
SQUARE = box(0, 0, 1, 1)

rings = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=7, unique=True
)


def feature(number: int, code: str, geometry: BaseGeometry | None, name: str = "") -> Feature:
    return Feature(number, code, name, geometry)


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        (None, "missing"),
        (Polygon(), "missing"),
        (MultiPolygon(), "missing"),
        (Point(0, 0), "no_area"),
        (MultiPoint([(0, 0), (1, 1)]), "no_area"),
        (LineString([(0, 0), (1, 1)]), "no_area"),
        (LineString([(0, 0), (0, 0)]), "no_area"),
        (Polygon([(0, 0), (1, 1), (2, 2)]), "no_area"),
        (
            box(400_000, 5_000_000, 400_001, 5_000_001),
            "not_degrees",
        ),
        (
            Polygon([(0, 0), (1, 0), (float("inf"), 1)]),
            "bad_vertex",
        ),
    ],
)
def test_what_has_no_area_on_the_globe_is_refused_and_named(
    geometry: BaseGeometry | None, why: str
) -> None:
    boundaries, report = clean_boundaries([feature(4, "7B", geometry)])
    assert boundaries == []
    [refused] = report.refused
    assert (refused.values["number"], refused.values["code"]) == (4, "7B")
    assert refused.values["problem"].key == f"geometry.{why}"
    assert (report.repaired, report.merged) == ([], [])


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_a_corner_that_is_no_number_is_refused_and_not_left_out() -> None:
    broken = shapely.from_wkt("POLYGON ((0 0, 1 0, NaN 1, 0 1, 0 0))")
    boundaries, report = clean_boundaries([feature(1, "1", broken)])
    assert boundaries == []
    assert [(one.key, one.values["code"]) for one in report.refused] == [("feature.refused", "1")]


def test_a_feature_without_a_code_is_refused_and_named() -> None:
    boundaries, report = clean_boundaries([feature(2, "", SQUARE), feature(3, "3", SQUARE)])
    assert [boundary.code for boundary in boundaries] == ["3"]
    assert [(one.key, one.values) for one in report.refused] == [("feature.no_code", {"number": 2})]


def test_a_bowtie_is_repaired_to_its_two_wings_and_named() -> None:
    boundaries, report = clean_boundaries([feature(1, "3", BOWTIE)])
    [notice] = report.repaired
    assert (notice.key, notice.values["number"]) == ("feature.repaired", 1)
    assert notice.values["code"] == "3"
    assert notice.values["problem"] == Notice("geometry.self_intersection")
    wings = boundaries[0].geometry
    assert wings.is_valid
    assert len(wings.geoms) == 2
    assert wings.area == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("wkt", "problem"),
    [
        ("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (5 5, 6 5, 6 6, 5 5))", "hole_outside"),
        (
            "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1), (2 2, 3 2, 3 3, 2 2))",
            "nested_holes",
        ),
        (
            "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((2 2, 3 2, 3 3, 2 2)))",
            "nested_shells",
        ),
        (
            "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (2 0, 3 2, 2 4, 1 2, 2 0))",
            "disconnected",
        ),
        ("POLYGON ((0 0, 4 0, 2 2, 4 4, 0 4, 2 2, 0 0))", "ring_self_intersection"),
    ],
)
def test_a_repair_names_its_problem(wkt: str, problem: str) -> None:
    _repaired, repair = to_multipolygon(shapely.from_wkt(wkt))
    assert repair
    assert repair.problem == problem


def test_the_repair_says_how_much_area_it_took() -> None:
    overlapping = MultiPolygon([SQUARE, box(0.5, 0, 1.5, 1)])
    repaired, repair = to_multipolygon(overlapping)
    assert repair
    assert repaired.equals(box(0, 0, 1.5, 1))
    lost = square_meters(SQUARE) + square_meters(box(0.5, 0, 1.5, 1)) - square_meters(repaired)
    assert repair.square_meters == pytest.approx(-lost)
    assert lost > 6e9


def test_a_valid_polygon_becomes_a_multipolygon_of_itself_without_a_word() -> None:
    ring = Polygon(SQUARE.exterior.coords, [box(0.2, 0.2, 0.4, 0.4).exterior.coords])
    boundaries, report = clean_boundaries([feature(1, "1", ring, "One")])
    assert (report.repaired, report.merged, report.refused) == ([], [], [])
    assert boundaries[0].name == "One"
    assert boundaries[0].geometry.geom_type == "MultiPolygon"
    assert boundaries[0].geometry.equals(ring)


def test_height_is_dropped() -> None:
    flat, repair = to_multipolygon(Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]))
    assert not flat.has_z
    assert repair is None
    assert flat.equals(Polygon([(0, 0), (1, 0), (1, 1)]))


def test_lines_and_points_that_come_with_a_polygon_are_dropped() -> None:
    mixed = GeometryCollection([Point(5, 5), SQUARE, LineString([(0, 0), (9, 9)])])
    polygons, _repair = to_multipolygon(mixed)
    assert polygons.equals(SQUARE)


@pytest.mark.parametrize("other", [box(0.5, 0.5, 2, 2), box(1, 0, 2, 1), SQUARE])
def test_polygons_of_a_collection_that_overlap_or_touch_become_one_valid_area(
    other: Polygon,
) -> None:
    polygons, _repair = to_multipolygon(GeometryCollection([SQUARE, other]))
    assert polygons.is_valid
    assert polygons.equals(shapely.union(SQUARE, other))


@pytest.mark.parametrize("together", [MultiPolygon, GeometryCollection])
@given(drawn=st.lists(rings, min_size=1, max_size=3))
def test_whatever_is_drawn_becomes_valid_or_is_refused(together: type, drawn: list[list]) -> None:
    try:
        polygons, _repair = to_multipolygon(together([Polygon(ring) for ring in drawn]))
    except InvalidGeometry:
        # Only what folds back onto itself has no area.
        assert shapely.make_valid(together([Polygon(ring) for ring in drawn])).area == 0
    else:
        assert polygons.geom_type == "MultiPolygon"
        assert polygons.is_valid
        assert not polygons.is_empty


def test_features_of_one_code_become_one_boundary_with_the_first_name() -> None:
    boundaries, report = clean_boundaries(
        [
            feature(1, "3", SQUARE),
            feature(2, "4", box(5, 5, 6, 6), "Four"),
            feature(3, "3", box(1, 0, 2, 1), "Three"),
            feature(4, "3", box(0, 1, 1, 2), "Another"),
        ]
    )
    three, four = boundaries
    assert (three.name, four.name) == ("Three", "Four")
    assert report.merged == [Notice("feature.merged", {"code": "3", "numbers": [1, 3, 4]})]
    assert three.geometry.is_valid
    assert three.geometry.equals(shapely.union_all([box(0, 0, 2, 1), box(0, 1, 1, 2)]))


def test_a_refused_feature_leaves_the_others_of_its_code() -> None:
    boundaries, report = clean_boundaries([feature(1, "3", None), feature(2, "3", SQUARE)])
    assert boundaries[0].geometry.equals(SQUARE)
    assert report.merged == []
    assert [one.values["number"] for one in report.refused] == [1]


def test_boundaries_come_in_the_natural_order_of_their_codes() -> None:
    codes = ["10", "2", "B", "7B", "7A"]
    boundaries, _report = clean_boundaries(
        feature(number, code, box(number, 0, number + 1, 1)) for number, code in enumerate(codes, 1)
    )
    assert [boundary.code for boundary in boundaries] == ["2", "7A", "7B", "10", "B"]
