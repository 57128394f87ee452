"""Times until requests end in one way, while other ways compete with it."""

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open311.figures.incidence import incidence
from open311.figures.survival import curve

ROWS = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)),
    max_size=12,
)
Row = tuple[int, int, int, int]


def exactly(rows: list[Row]) -> list[tuple[int, Fraction]]:
    """Return the share after each hour, in fractions, by its definition."""
    at_risk = sum(sum(row[1:]) for row in rows)
    still_open, share, found = Fraction(1), Fraction(0), []
    for hour in sorted({row[0] for row in rows}):
        this, other, gone = (sum(row[n] for row in rows if row[0] == hour) for n in (1, 2, 3))
        if this + other:
            share += still_open * this / at_risk
            still_open *= 1 - Fraction(this + other, at_risk)
            found.append((hour, share))
        at_risk -= this + other + gone
    return found


@given(ROWS)
def test_shares_are_those_of_the_definition(rows: list[Row]) -> None:
    found = incidence(rows)
    assert [int(hour) for hour in found.hours] == [hour for hour, _share in exactly(rows)]
    assert found.share == pytest.approx([float(share) for _hour, share in exactly(rows)])
    assert all(
        low <= one + 1e-9 and one <= high + 1e-9
        for low, one, high in zip(found.lower, found.share, found.upper, strict=True)
    )


@given(ROWS)
def test_all_ways_together_are_what_is_not_open(rows: list[Row]) -> None:
    """And without other ways, the share is what Kaplan-Meier says."""
    one_way = incidence(rows)
    the_other = incidence([(hour, other, this, left) for hour, this, other, left in rows])
    ended = curve([(hour, this + other, left) for hour, this, other, left in rows])
    assert one_way.share + the_other.share == pytest.approx(1 - ended.share)


def test_the_interval_of_what_is_known_to_the_end_is_that_of_a_share() -> None:
    """Without requests that are open, a share of n has the variance share (1 - share) / n."""
    n = 2_000
    found = incidence([(hour, 30, 70, 0) for hour in range(1, 21)])
    assert found.n == n
    for share, lower, upper in list(zip(found.share, found.lower, found.upper, strict=True))[3:]:
        width = 2 * 1.959964 * sqrt(share * (1 - share) / n)
        assert upper - lower == pytest.approx(width, rel=0.02)


def test_a_half_may_never_end_in_one_way() -> None:
    found = incidence([(hour, 3, 7, 0) for hour in range(1, 11)])
    assert found.share[-1] == pytest.approx(0.3)
    assert found.quantile(0.5).value is None
    tenth = found.quantile(0.1)
    assert tenth.value == 4
    assert (tenth.lower or 0) <= 4 <= (tenth.upper or 99)
