"""Codes of layers that may be one and the same."""

import pytest

from geo.maps.layer_names import find_alike


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("wards", "ward"),
        ("cities", "city"),
        ("school_zones", "schools_zone"),
        ("policedistrict", "police_district"),
        ("precint", "precinct"),
    ],
)
def test_a_code_that_is_nearly_the_same_is_found(code: str, other: str) -> None:
    assert find_alike(code, ["core", other]) == other
    assert find_alike(other, [code]) == code


@pytest.mark.parametrize(
    ("code", "other"),
    [("ward", "ward"), ("zone_a", "zone_b"), ("layer_1", "layer_10"), ("ward", "core")],
)
def test_other_codes_are_other_layers(code: str, other: str) -> None:
    assert find_alike(code, [other]) is None
