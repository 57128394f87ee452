"""What a new set of boundaries changes."""

import pytest
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon, box

from geo.coordinates import square_meters
from geo.maps.boundaries import CleanBoundary
from geo.maps.changes import compare_boundaries, list_changes
from geo.notices import Notice


def boundary(code: str, *parts: Polygon, name: str = "") -> CleanBoundary:
    return CleanBoundary(code, name, MultiPolygon(parts or [box(0, 0, 1, 1)]))


def test_the_same_boundaries_change_nothing() -> None:
    old = [boundary("1", name="One"), boundary("2", box(1, 0, 2, 1))]
    assert compare_boundaries(old, list(reversed(old))) == []


def test_the_same_shape_written_otherwise_changes_nothing() -> None:
    clockwise_from_another_corner = Polygon([(1, 1), (1, 0), (0, 0), (0, 0.5), (0, 1)])
    assert compare_boundaries([boundary("1")], [boundary("1", clockwise_from_another_corner)]) == []


def test_boundaries_that_come_and_go_are_named() -> None:
    old, new = [boundary("1"), boundary("2")], [boundary("2"), boundary("10")]
    assert compare_boundaries(old, new) == [
        Notice("boundary.added", {"code": "10"}),
        Notice("boundary.removed", {"code": "1"}),
    ]


def test_a_new_name_is_told() -> None:
    old, new = boundary("1", name="Old Town"), boundary("1", name="New Town")
    renamed = Notice("boundary.renamed", {"code": "1", "name": "New Town"})
    assert compare_boundaries([old], [new]) == [renamed]


@pytest.mark.parametrize("grows", [True, False])
def test_land_that_changes_hands_is_measured_won_or_lost(grows: bool) -> None:
    pair = [boundary("1"), boundary("1", box(0, 0, 1.01, 1))]
    old, new = pair if grows else reversed(pair)
    [change] = compare_boundaries([old], [new])
    assert (change.key, change.values["code"]) == ("boundary.reshaped", "1")
    strip = square_meters(box(1, 0, 1.01, 1))
    assert change.values["area"].square_meters == pytest.approx(strip, rel=1e-6)


def test_land_won_on_one_side_does_not_hide_land_lost_on_the_other() -> None:
    old, new = boundary("1", box(0, 0, 1, 1)), boundary("1", box(0.5, 0, 1.5, 1))
    [change] = compare_boundaries([old], [new])
    assert change.values["area"].square_meters == pytest.approx(12_309e6, rel=0.001)


def test_name_and_shape_are_told_apart() -> None:
    old, new = boundary("1", name="A"), boundary("1", box(0, 0, 2, 1), name="B")
    first, second = compare_boundaries([old], [new])
    assert (first.key, first.values["name"]) == ("boundary.renamed", "B")
    assert second.key == "boundary.reshaped"


def test_what_rounding_moves_is_no_change() -> None:
    """With six decimals, as maps and KML files have them, an outline moves by centimeters."""
    jagged = Polygon([(i / 100, (i * 7 % 3) / 1000) for i in range(100)] + [(1, 1), (0, 1)])
    exact = affinity.translate(jagged, 1.23e-7, 4.56e-7)
    rounded = shapely.transform(exact, lambda points: points.round(6))
    old, new = boundary("1", exact), boundary("1", rounded)
    assert square_meters(exact.symmetric_difference(rounded)) > 1000
    assert compare_boundaries([old], [new]) == []
    assert list_changes([old], [new]) == []
    wider = boundary("1", box(0, 0, 1.00001, 1))
    assert [one.key for one in compare_boundaries([boundary("1")], [wider])] == [
        "boundary.reshaped"
    ]
