"""Whole numbers, meters, map areas and words."""

import pytest
from marshmallow import ValidationError

from schemas.search.fields import BoundingBox, Meters, SearchWords, WholeNumber


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), (" 12 ", 12), ("9" * 25, 10**18), ("9" * 5000, 10**18)],
)
def test_a_whole_number_is_digits_and_a_huge_one_is_cut(text: str, number: int) -> None:
    assert WholeNumber(0).deserialize(text, "page") == number


@pytest.mark.parametrize("text", ["-1", "+1", "1.0", "1e3", "²", "٣", "one", "1 2", "0x1"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"field\.low.*0"):
        WholeNumber(0).deserialize(text, "page")


def test_a_number_that_is_too_low_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"field\.low.*1"):
        WholeNumber(1).deserialize("0", "page_size")


@pytest.mark.parametrize(
    ("text", "meters"), [("0.5", 0.5), ("100000", 100_000), ("1e3", 1000), ("1e-300", 1e-300)]
)
def test_meters_are_a_number_above_0(text: str, meters: float) -> None:
    assert Meters(100_000).deserialize(text, "radius") == meters


@pytest.mark.parametrize(
    "text", ["0", "0.0", "-5", "100000.1", "1e309", "nan", "inf", "5 m", "1e-999"]
)
def test_what_are_no_meters_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"field\.(meters|number)"):
        Meters(100_000).deserialize(text, "radius")


@pytest.mark.parametrize("text", ["-10,-5,10,5", "-10;-5;10;5", " -10 , -5.0 ; 1e1,5"])
def test_a_box_is_four_numbers_longitude_first(text: str) -> None:
    box = BoundingBox().deserialize(text, "bbox")
    assert box == {"minlong": -10, "minlat": -5, "maxlong": 10, "maxlat": 5}


def test_a_box_may_cross_the_antimeridian() -> None:
    assert BoundingBox().deserialize("179,0,-179,1", "bbox")["minlong"] == 179


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3", "format"),
        ("1,2,3,4,5", "format"),
        ("181,0,1,1", "format"),
        ("0,0,1,91", "format"),
        ("0,,1,1", "format"),
        ("0,5,1,4", "latitudes"),
    ],
)
def test_a_box_that_is_none_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=rf"bbox\.{words}"):
        BoundingBox().deserialize(text, "bbox")


def test_words_hold_at_least_one_word() -> None:
    assert SearchWords(10).deserialize("a -b", "q") == "a -b"
    for text in ("!", '""', "- -"):
        with pytest.raises(ValidationError, match=r"q\.no_words"):
            SearchWords(10).deserialize(text, "q")
