"""What lint finds in boundaries, in squares first and then in the maps of a real city."""

import itertools
import json
from pathlib import Path

import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from geo.coordinates import square_meters
from geo.distances import Area
from geo.maps.boundaries import CleanBoundary, Feature, clean_boundaries, merge_all
from geo.maps.faults import list_faults
from geo.maps.files import read_features
from geo.maps.lint import (
    Finding,
    feature_collection,
    lint_between,
    lint_boundaries,
    lint_codes,
)
from geo.maps.unions import union_of
from geo.notices import Notice

DC = Path(__file__).resolve().parents[3] / "shared/data/dc"
AREA = MultiPolygon([box(0, 0, 1, 1)])
METER = 1 / 111_320  # degrees, at the equator


def boundary(code: str, area: Polygon) -> CleanBoundary:
    return CleanBoundary(code, "", MultiPolygon([area]))


def kinds(findings: list[Finding]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind, one.codes) for one in findings]


def test_a_clean_partition_has_no_findings() -> None:
    halves = [boundary("1", box(0, 0, 0.5, 1)), boundary("2", box(0.5, 0, 1, 1))]
    assert lint_boundaries(halves, AREA) == []


def test_no_boundaries_leave_a_gap() -> None:
    assert kinds(lint_between([], AREA)) == kinds(lint_boundaries([], AREA)) == [("gap", ())]
    assert lint_between([]) == []


def test_an_overlap_is_measured_between_the_two() -> None:
    over = [boundary("1", box(0, 0, 0.6, 1)), boundary("2", box(0.5, 0, 1, 1))]
    [found] = lint_boundaries(over, AREA)
    assert (found.kind, found.codes) == ("overlap", ("1", "2"))
    assert found.square_meters == pytest.approx(square_meters(box(0.5, 0, 0.6, 1)))
    assert found.geometry.equals(box(0.5, 0, 0.6, 1))


def test_gaps_are_counted_against_the_service_area_and_without_one_where_enclosed() -> None:
    ring = Polygon(box(0, 0, 0.9, 1).exterior, [box(0.2, 0.2, 0.4, 0.4).exterior])
    assert kinds(lint_boundaries([boundary("1", ring)], AREA)) == [
        ("gap", ()),
        ("gap", ()),
        ("hole", ("1",)),
    ]
    assert kinds(lint_boundaries([boundary("1", ring)])) == [("gap", ()), ("hole", ("1",))]


def test_a_thin_gap_inside_the_service_area_is_told_from_one_at_its_edge() -> None:
    """Only that between boundaries is a fault; the other comes from two sources of the edge."""
    area = MultiPolygon([box(0, 0, 2, 1)])
    thin = 0.00001  # degrees, about a meter
    wards = [boundary("1", box(0, 0, 1, 1)), boundary("2", box(1 + thin, 0, 2 - thin, 1))]
    found = lint_boundaries(wards, area)
    keys = {(one.kind, one.notice.key) for one in found}
    assert keys == {("sliver", "warning.thin_enclosed"), ("sliver", "warning.thin_gap")}
    assert [name for name, _notice in list_faults(wards, area, found, [])] == ["slivers"]


def test_a_hole_that_another_boundary_fills_is_none() -> None:
    ring = Polygon(box(0, 0, 1, 1).exterior, [box(0.2, 0.2, 0.4, 0.4).exterior])
    filled = [boundary("1", ring), boundary("2", box(0.2, 0.2, 0.4, 0.4))]
    assert lint_boundaries(filled, AREA) == []


def test_an_overlap_is_found_where_the_edges_of_a_third_match() -> None:
    """The middle fits into the ring, and so has no edge of its own in what covers both."""
    middle = box(0.2, 0.2, 0.4, 0.4)
    ring = Polygon(box(0, 0, 1, 1).exterior, [middle.exterior])
    drawn = [boundary("ring", ring), boundary("middle", middle), boundary("all", box(0, 0, 1, 1))]
    pairs = [("ring", "all"), ("middle", "all")]
    assert kinds(lint_boundaries(drawn, AREA)) == [("overlap", one) for one in pairs]


def test_what_lies_outside_is_told() -> None:
    found = lint_boundaries([boundary("1", box(0, 0, 1, 1.5))], AREA)
    assert kinds(found) == [("outside", ("1",))]


@pytest.mark.parametrize(("meters", "kind"), [(2, "sliver"), (20, "overlap")])
def test_a_thin_overlap_is_a_sliver(meters: float, kind: str) -> None:
    edge = 0.5 + meters * METER
    found = lint_boundaries([boundary("1", box(0, 0, edge, 1)), boundary("2", box(0.5, 0, 1, 1))])
    assert kinds(found) == [(kind, ("1", "2"))]
    thin = "thin_" if kind == "sliver" else ""
    assert found[0].notice.key == f"warning.{thin}overlap"


def test_codes_that_are_missing_or_there_twice_are_told_with_their_area() -> None:
    features = [
        Feature(1, "a", "", box(0, 0, 1, 1)),
        Feature(2, "", "", box(1, 0, 2, 1)),
        Feature(3, "a", "", box(2, 0, 3, 1)),
        Feature(4, "", "", None),
    ]
    missing, duplicate = lint_codes(features)
    assert (missing.kind, missing.codes) == ("missing", ())
    assert missing.notice == Notice(
        "warning.missing", {"number": 2, "area": Area(missing.square_meters)}
    )
    assert duplicate.notice.key == "warning.duplicate"
    assert (duplicate.notice.values["numbers"], duplicate.notice.values["code"]) == ([1, 3], "a")
    assert duplicate.square_meters == pytest.approx(2 * missing.square_meters, rel=1e-6)


squares = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=8)


@given(squares, st.randoms(use_true_random=False))
def test_the_order_of_boundaries_changes_nothing_but_the_order_of_codes(
    corners: list[tuple[int, int]], random
) -> None:
    drawn = [boundary(str(n), box(x, y, x + 2, y + 2)) for n, (x, y) in enumerate(corners)]
    found = lint_boundaries(drawn)
    other = lint_boundaries(random.sample(drawn, len(drawn)))
    areas = sorted(round(one.square_meters) for one in found)
    assert areas == sorted(round(one.square_meters) for one in other)
    assert [one.kind for one in found] == [one.kind for one in other]


def test_findings_open_in_a_map_program(tmp_path: Path) -> None:
    over = [boundary("1", box(0, 0, 0.6, 1)), boundary("2", box(0.5, 0, 1, 1))]
    path = tmp_path / "findings.geojson"
    document = feature_collection((one, one.kind.upper()) for one in lint_boundaries(over, AREA))
    path.write_text(json.dumps(document))
    meta, _ids, shapes, columns = pyogrio.raw.read(path)
    rows = dict(zip(meta["fields"], columns, strict=True))
    assert (list(rows["kind"]), list(rows["sentence"])) == (["overlap"], ["OVERLAP"])
    assert shapely.from_wkb(shapes[0]).equals(box(0.5, 0, 0.6, 1))


def of_the_city(name: str, code_field: str) -> dict[str, tuple[int, float]]:
    """Give by kind how many findings there are, and their square meters together."""
    if not DC.is_dir():
        pytest.skip("the real cities' data (../shared/data) is not on this machine")
    features = read_features(DC / f"{name}.geojson", code_field=code_field)
    area = merge_all(
        clean_boundaries(read_features(DC / "city_boundary.geojson", code_field=None))[0]
    )
    findings = [*lint_codes(features), *lint_boundaries(clean_boundaries(features)[0], area)]
    return {
        kind: (
            sum(one.kind == kind for one in findings),
            sum(one.square_meters for one in findings if one.kind == kind),
        )
        for kind in {one.kind for one in findings}
    }


def test_the_trash_routes_overlap_and_leave_half_the_city_out() -> None:
    found = of_the_city("trash_routes_2015", "route")
    assert found["overlap"] == (4, pytest.approx(9_413, abs=5))
    assert found["gap"] == (27, pytest.approx(85.42e6, rel=0.001))
    assert found["duplicate"][0] == 3
    assert found["sliver"][0] == 650


def test_federal_parks_overlap_here_and_there() -> None:
    found = of_the_city("parks_nps", "id")
    assert found["overlap"] == (7, pytest.approx(42_621, abs=5))
    assert found["hole"][0] == 4


def test_clusters_do_not_cover_the_city() -> None:
    found = of_the_city("neighborhood_clusters", "cluster")
    assert found["gap"] == (3, pytest.approx(44.04e6, rel=0.001))
    assert "overlap" not in found


def test_wards_are_a_partition_but_for_the_outline_of_the_city() -> None:
    assert of_the_city("wards_2012", "ward").keys() == {"sliver"}


@given(squares, st.integers(1, 2))
def test_overlaps_and_unions_are_those_of_each_pair(
    corners: list[tuple[int, int]], size: int
) -> None:
    """Also where maps fit together, of which no pair is looked at: all the same or apart."""
    drawn = [boundary(str(n), box(x, y, x + size, y + size)) for n, (x, y) in enumerate(corners)]
    shapes = [one.geometry for one in drawn]
    expected = {
        (one.code, other.code)
        for one, other in itertools.combinations(drawn, 2)
        if shapely.intersection(one.geometry, other.geometry).area
    }
    assert {one.codes for one in lint_between(drawn) if one.kind == "overlap"} == expected
    assert shapely.equals(union_of(drawn), shapely.union_all(shapes))
