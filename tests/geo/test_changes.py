"""What changes hands between two maps, and how it is drawn."""

import json

import pytest
import shapely
from shapely.geometry import MultiPolygon, box

from geo.coordinates import square_meters
from geo.maps.boundaries import CleanBoundary
from geo.maps.changes import changed_areas, extent_of, found_areas, list_changes, outlines
from geo.maps.lint import lint_boundaries


def wards(**boxes: tuple[float, float, float, float]) -> list[CleanBoundary]:
    return [
        CleanBoundary(code, f"Ward {code}", MultiPolygon([box(*corners)]))
        for code, corners in boxes.items()
    ]


OLD = wards(a=(0, 0, 1, 1), b=(1, 0, 2, 1))


def test_nothing_changes_between_equal_maps() -> None:
    assert list_changes(OLD, OLD) == []
    assert list_changes([], []) == []


def test_what_one_loses_and_another_gains_is_one_change() -> None:
    [change] = list_changes(OLD, wards(a=(0, 0, 1.5, 1), b=(1.5, 0, 2, 1)))
    assert (change.before, change.after) == ("b", "a")
    assert change.square_meters == pytest.approx(square_meters(box(1, 0, 1.5, 1)), rel=1e-9)
    assert change.geometry.equals(box(1, 0, 1.5, 1))


def test_what_comes_from_nobody_or_goes_to_nobody_is_told() -> None:
    changes = list_changes(OLD, wards(a=(0, 0, 1, 1), b=(1, 0, 1.5, 1), c=(5, 5, 5.1, 5.1)))
    assert [(one.before, one.after) for one in changes] == [("b", None), (None, "c")]


def test_a_new_code_for_an_old_area_is_a_change() -> None:
    [change] = list_changes(OLD, wards(a=(0, 0, 1, 1), z=(1, 0, 2, 1)))
    assert (change.before, change.after) == ("b", "z")


def test_what_is_left_of_rounding_is_no_change() -> None:
    assert list_changes(OLD, wards(a=(0, 0, 1 + 1e-12, 1), b=(1 + 1e-12, 0, 2, 1))) == []


def test_what_is_drawn_is_light_and_complete() -> None:
    fine = CleanBoundary("a", "", MultiPolygon([shapely.Point(0, 0).buffer(1, quad_segs=5000)]))
    [feature] = outlines([fine], "this")
    drawn = shapely.from_geojson(json.dumps(feature["geometry"]))
    assert shapely.get_num_coordinates(drawn) < 500
    assert drawn.symmetric_difference(fine.geometry).area < 0.005
    assert list(outlines([], "this")) == []


def test_findings_and_changes_keep_their_numbers() -> None:
    new = wards(a=(0, 0, 1.2, 1), b=(1, 0, 2, 1))
    [change] = changed_areas(list_changes(OLD, new))
    assert change["properties"] == {"role": "change", "number": 0, "before": None, "after": "a"}
    area, point = found_areas((one, "An overlap.") for one in lint_boundaries(new))
    assert area["properties"]["kind"] == "overlap"
    assert area["properties"]["codes"] == ["a", "b"]
    assert area["properties"]["square_meters"] > 0
    assert area["properties"]["sentence"] == "An overlap."
    assert point["geometry"]["type"] == "Point"
    assert extent_of(box(0, 1, 2, 3)) == "0.000000,1.000000,2.000000,3.000000"
