"""Public holidays of countries and their parts."""

from datetime import date

import pytest

from geo.routing.times import is_known, is_public_holiday


@pytest.mark.parametrize(
    ("code", "day", "is_one"),
    [
        ("US", date(2026, 7, 4), True),
        ("US", date(2026, 7, 3), True),  # a Friday, on which that of Saturday is observed
        ("US-OH", date(2026, 11, 26), True),
        ("US", date(2026, 3, 2), False),
        ("US-TX", date(2026, 3, 2), True),
        ("DE", date(2026, 7, 4), False),
        ("", date(2026, 7, 4), False),
    ],
)
def test_holidays_are_those_of_the_place(code: str, day: date, is_one: bool) -> None:
    assert is_public_holiday(code, day) == is_one


@pytest.mark.parametrize(
    ("code", "known"), [("US", True), ("US-OH", True), ("XX", False), ("US-ZZ", False)]
)
def test_codes_are_known_or_not(code: str, known: bool) -> None:
    assert is_known(code) == known
