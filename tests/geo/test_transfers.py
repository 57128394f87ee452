"""What the counts of hand-overs say of a rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.routing.transfers import Transfers, lowest_share


@pytest.mark.parametrize(
    ("routed", "targets", "words"),
    [
        (100, {}, ""),
        (9, {"Water": 9}, "fewer than 10, too few for a suggestion"),
        (10, {"Water": 10}, "100% go to Water; consider changing the rule"),
        (100, {"Water": 87, "Parks": 3}, "87% go to Water; consider changing the rule"),
        (100, {"Water": 55}, ""),  # 55 of 100 may as well be less than half
        (100, {"Water": 30, "Parks": 30}, ""),
    ],
)
def test_a_change_is_suggested_where_the_numbers_are_clear(
    routed: int, targets: dict[str, int], words: str
) -> None:
    assert Transfers("drains", "Streets", routed, targets).suggestion == words


def test_of_two_targets_equally_frequent_the_first_by_name_is_the_main_one() -> None:
    assert Transfers(None, "Hall", 9, {"Water": 2, "Parks": 2}).main_target == ("Parks", 2)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_lowest_share_lies_below_the_share_and_nears_it(times: int, others: int) -> None:
    of = times + others
    lowest = lowest_share(times, of)
    assert 0 <= lowest <= (times / of if of else 0) + 1e-12
    assert lowest_share(10 * times, 10 * of) >= lowest - 1e-12


def test_the_interval_is_that_of_the_paper() -> None:
    assert lowest_share(87, 100) == pytest.approx(0.790, abs=0.001)
