"""Kaplan-Meier and Wilson, against slow and exact calculations.

lifelines would be another reference, but it brings Matplotlib, pandas, SciPy, and autograd. Its
results for a whole city are in ../shared/expected (tests/city/test_insights.py).
"""

from fractions import Fraction
from math import exp, isclose, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open311.figures.shares import Z_95, share
from open311.figures.survival import curve

HOURS = st.integers(0, 40)
LIVES = st.lists(st.tuples(HOURS, st.booleans(), HOURS), min_size=1, max_size=40)


def counted(lives: list[tuple[int, bool]]) -> list[tuple[int, int, int]]:
    """Return rows of (hours, closed, censored)."""
    return [(hours, int(closed), int(not closed)) for hours, closed in lives]


@given(LIVES)
def test_a_curve_is_the_product_of_what_stays_open(
    lives: list[tuple[int, bool, int]],
) -> None:
    """With and without ages at entry; one is at risk after its entry and up to its last hour."""
    whole = [(hours + 1, closed, 0) for hours, closed, _entry in lives]
    late = [(hours, closed, entry) for hours, closed, entry in lives if entry < hours]
    for kept, entries in ((whole, None), (late, [(entry, 1) for *_life, entry in late])):
        if not kept:
            continue
        found = curve(counted([(hours, closed) for hours, closed, _entry in kept]), entries)
        left, variance, steps = Fraction(1), Fraction(0), []
        for hour in sorted({hours for hours, closed, _entry in kept if closed}):
            risk = sum(entry < hour <= hours for hours, _closed, entry in kept)
            if entries is None:
                risk = sum(hour <= hours for hours, _closed, _entry in kept)
            closed = sum(hours == hour and is_closed for hours, is_closed, _entry in kept)
            left *= 1 - Fraction(closed, risk)
            variance += Fraction(closed, risk * (risk - closed)) if closed < risk else 0
            steps.append((hour, risk, left, variance))
        assert found.hours.tolist() == [hour for hour, *_rest in steps]
        assert found.at_risk.tolist() == [risk for _hour, risk, *_rest in steps]
        for place, (_hour, _risk, exact, sums) in enumerate(steps):
            assert isclose(found.share[place], exact, abs_tol=1e-12)
            assert found.lower[place] <= found.share[place] <= found.upper[place]
            assert (found.upper[place] == 0) == (exact == 0)
            if 0 < exact < 1:
                check_band(float(exact), float(sums), found.lower[place], found.upper[place])


def check_band(share_open: float, variance: float, lower: float, upper: float) -> None:
    """Compare with the limits at which the log of the log is 1.96 standard errors away."""
    from_log = abs(log(share_open))
    width = exp(Z_95 * sqrt(variance) / from_log)
    assert isclose(lower, share_open**width, abs_tol=1e-9)
    assert isclose(upper, share_open ** (1 / width), abs_tol=1e-9)


@given(st.lists(st.tuples(HOURS, st.booleans()), min_size=1, max_size=40), HOURS)
def test_what_stays_open_never_shortens_a_median(lives: list[tuple[int, bool]], hours: int) -> None:
    lives = [(one + 1, closed) for one, closed in lives]
    before = curve(counted(lives)).quantile(0.5).value
    longest = max(one for one, _closed in lives)
    after = curve(counted([*lives, (longest + hours, False)])).quantile(0.5).value
    assert before is None or after is None or after >= before
    assert before is not None or after is None


def test_a_half_is_reached_in_spite_of_rounding() -> None:
    """0.7 x 5 / 7 is a half, and is not in binary numbers."""
    lives = [(1, 3, 0), (2, 2, 0), (3, 0, 5)]
    assert curve(lives).quantile(0.5).value == 2
    nothing = curve([])
    assert (nothing.n, nothing.quantile(0.5).value, nothing.at(5)) == (0, None, (1.0, 1.0, 1.0))
    all_at_once = curve([(4, 7, 0)])
    assert all_at_once.at(4) == (0.0, 0.0, 0.0)
    assert all_at_once.quantile(0.5).upper == 4


@pytest.mark.parametrize(("part", "whole"), [(0, 5), (1, 94), (10, 20), (94, 94), (3, 1_000_000)])
def test_the_limits_of_a_share_are_where_it_is_just_possible(part: int, whole: int) -> None:
    """Wilson: at its limits, a share is 1.96 of its standard errors from what was found."""
    found = share(part, whole)
    assert found.value == part / whole
    assert found.lower is not None
    assert found.upper is not None
    for limit in (found.lower, found.upper):
        error = sqrt(limit * (1 - limit) / whole)
        assert isclose(abs(limit - part / whole), Z_95 * error, abs_tol=1e-9)
    assert share(0, 0).value is None
