"""Overlaps, gaps, and slivers that stop a map from taking effect."""

from collections.abc import Callable

import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from geo.maps.boundaries import CleanBoundary
from geo.maps.faults import list_faults
from geo.maps.lint import Finding, lint_between, lint_boundaries

CITY = MultiPolygon([box(0, 0, 0.1, 0.1)])
Lint = Callable[[list[CleanBoundary], MultiPolygon | None], list[Finding]]
METER = 1 / 111_320  # degrees, at the equator
WHOLE = {"1": box(0, 0, 0.05, 0.1), "2": box(0.05, 0, 0.1, 0.1)}


def wards(areas: dict[str, Polygon]) -> list[CleanBoundary]:
    return [CleanBoundary(code, "", MultiPolygon([area])) for code, area in areas.items()]


def faults(
    areas: dict[str, Polygon],
    former: dict[str, Polygon] | None = None,
    city: MultiPolygon | None = CITY,
) -> list[str]:
    new, old = wards(areas), wards(former or {})
    found = list_names(new, old, city, lint_between)
    assert found == list_names(new, old, city, lint_boundaries)
    return found


def list_names(
    new: list[CleanBoundary], old: list[CleanBoundary], city: MultiPolygon | None, lint: Lint
) -> list[str]:
    return [
        name for name, _ in list_faults(new, city, lint(new, city), lint(old, city) if old else [])
    ]


def beyond(meters: float) -> dict[str, Polygon]:
    """Return two wards, the first extended over the second."""
    return {**WHOLE, "1": box(0, 0, 0.05 + meters * METER, 0.1)}


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        (WHOLE, []),
        (beyond(20), ["overlaps"]),
        (beyond(2), ["slivers"]),
        (beyond(0.5), []),
        ({**WHOLE, "2": box(0.051, 0, 0.1, 0.1)}, ["gaps"]),
        ({"1": box(0, 0, 0.05, 0.1)}, []),
        ({**WHOLE, "3": box(0.01, 0.01, 0.01 + 20 * METER, 0.01 + 20 * METER)}, []),
    ],
)
def test_faults_are_large(areas: dict[str, Polygon], expected: list[str]) -> None:
    assert faults(areas) == expected


def test_faults_of_the_version_before_do_not_count_again() -> None:
    assert faults(beyond(20), beyond(30)) == []
    assert faults(beyond(60), beyond(20)) == ["overlaps"]


def test_an_enclave_outside_the_service_area_is_no_hole() -> None:
    ring = Polygon(box(0, 0, 0.2, 0.1).exterior, [box(0.15, 0.02, 0.16, 0.03).exterior])
    assert [one.kind for one in lint_boundaries(wards({"1": ring}), CITY)] == ["outside"]
    assert faults({"1": ring}, city=None) == []
    assert faults(beyond(20), city=None) == ["overlaps"]
