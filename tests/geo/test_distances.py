"""Distances and areas in words."""

import pytest

from geo.distances import ACRE, FOOT, MILE, area, distance


@pytest.mark.parametrize(
    ("meters", "units", "words"),
    [
        (0, "metric", "0 m"),
        (5.6, "metric", "6 m"),
        (999.4, "metric", "999 m"),
        (999.6, "metric", "1 km"),
        (1234, "metric", "1.2 km"),
        (9949, "metric", "9.9 km"),
        (9951, "metric", "10 km"),
        (1_234_567, "metric", "1,235 km"),
        (0, "us", "0 ft"),
        (1.7, "us", "6 ft"),
        (100, "us", "328 ft"),
        (999.4 * FOOT, "us", "999 ft"),
        (999.6 * FOOT, "us", "0.2 mi"),
        (1.25 * MILE, "us", "1.2 mi"),
        (12.6 * MILE, "us", "13 mi"),
        (1_234 * MILE, "us", "1,234 mi"),
    ],
)
def test_a_distance_has_its_unit(meters: float, units: str, words: str) -> None:
    assert distance(meters, units) == words


@pytest.mark.parametrize(
    ("square_meters", "units", "words"),
    [
        (12.3, "metric", "12 m²"),
        (999_999.4, "metric", "999,999 m²"),
        (999_999.6, "metric", "1 km²"),
        (12_345_678, "metric", "12 km²"),
        (100, "us", "1,076 sq ft"),
        (0.0999 * ACRE, "us", "4,352 sq ft"),
        (0.1001 * ACRE, "us", "0.1 ac"),
        (1_234 * ACRE, "us", "1,234 ac"),
        (-12.3, "metric", "-12 m²"),
        (-12_345_678, "metric", "-12 km²"),
        (-2 * ACRE, "us", "-2 ac"),
    ],
)
def test_an_area_has_its_unit(square_meters: float, units: str, words: str) -> None:
    assert area(square_meters, units) == words


def test_numbers_are_written_as_in_the_language() -> None:
    assert distance(1234, "metric", "es") == "1,2 km"
    assert distance(1234 * MILE, "us", "es") == "1.234 mi"
    assert area(1234, "metric", "es") == "1.234 m²"
