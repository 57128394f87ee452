"""Statistics against numbers worked out by hand or printed in tables."""

from math import exp, factorial

import numpy as np
import pytest

from open311.figures.areas import ALARM, WARNING, Dues, Times, closing_ratios, promise_ratios
from open311.figures.changes import compare, overdispersion
from open311.figures.crews import backlog_paths, closings_per_crew
from open311.figures.forecast import AHEAD, forecast
from open311.figures.hot_cells import (
    HotCell,
    examine_cells,
    false_discovery_limit,
    hot_cells,
    merge_touching,
    negative_binomial_tail,
)
from open311.figures.poisson import poisson_interval


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    # Garwood's table, as in Ulm, American Journal of Epidemiology 131:373 (1990)
    [(0, 0, 3.689), (1, 0.0253, 5.572), (7, 2.814, 14.423), (20, 12.217, 30.888)],
)
def test_intervals_of_counts_are_exact(count: int, lower: float, upper: float) -> None:
    assert poisson_interval(count) == pytest.approx((lower, upper), abs=6e-4)


def test_both_ends_of_an_interval_leave_out_a_fortieth() -> None:
    low, high = poisson_interval(4)
    few = [exp(-high) * high**n / factorial(n) for n in range(5)]
    many = [exp(-low) * low**n / factorial(n) for n in range(4)]
    assert sum(few) == pytest.approx(0.025, abs=1e-10)
    assert 1 - sum(many) == pytest.approx(0.025, abs=1e-10)


def test_a_change_is_real_only_if_its_interval_leaves_out_none() -> None:
    doubled = compare([60], [30], 20)
    assert doubled is not None
    assert (doubled.ratio, doubled.is_real) == (2, True)
    assert doubled.lower == pytest.approx(2 * exp(-1.959964 * (1 / 60 + 1 / 30) ** 0.5))
    calm = compare([60], [30, 30, 30, 30], 20)
    wild = compare([60], [2, 80, 3, 35], 20)
    assert calm is not None
    assert wild is not None
    assert (calm.ratio, calm.is_real) == (2, True)
    assert (wild.ratio, wild.is_real) == (2, False)
    assert compare([19], [40], 20) is None


def test_weeks_that_vary_by_chance_alone_widen_nothing() -> None:
    assert overdispersion([10, 10, 10]) == 1
    assert overdispersion([]) == 1
    assert overdispersion([0, 0]) == 1
    assert overdispersion([0, 20]) == pytest.approx(20)


def test_an_area_with_slow_services_is_not_slow() -> None:
    """Both areas close each service alike; one of them has more of the slow one."""
    times = [
        Times("fast", "1", 2, True, 90),
        Times("slow", "1", 50, True, 10),
        Times("fast", "2", 2, True, 10),
        Times("slow", "2", 50, True, 90),
    ]
    for one in closing_ratios(times):
        assert one.ratio == pytest.approx(1)
        assert one.level is None


def test_closings_expected_follow_the_hazard_of_the_city() -> None:
    """Of four, one is closed at hour 1, one at 2: the hazard is 1/4, then 1/4 + 1/2 from there."""
    times = [
        Times("A", "1", 1, True, 1),
        Times("A", "1", 1, False, 1),
        Times("A", "2", 2, True, 1),
        Times("A", "2", 3, False, 1),
    ]
    first, second = closing_ratios(times)
    assert (first.area, first.requests, first.observed) == ("1", 2, 1)
    assert first.expected == pytest.approx(1 / 4 + 1 / 4)
    assert second.expected == pytest.approx(2 * (1 / 4 + 1 / 2))
    assert first.expected + second.expected == pytest.approx(2)


def test_a_funnel_is_as_wide_as_areas_differ() -> None:
    alike = [Dues("A", name, 100, 50) for name in "abcdefg"]
    [far, *others] = promise_ratios([Dues("A", "Z", 100, 95), *alike])
    assert far.area == "Z"
    assert far.level == WARNING
    assert {one.level for one in others} == {None}
    low, high = far.limits(WARNING)
    assert low < 1 < high < far.ratio < far.limits(ALARM)[1]
    assert promise_ratios([Dues("A", "1", 5, 5), Dues("A", "2", 0, 0)]) == []


def test_a_cell_is_hot_against_its_own_past_and_not_in_a_storm() -> None:
    past = {(x, 0): 8 for x in range(100)}
    calm = examine_cells(past, {(x, 0): 1 for x in range(100)} | {(3, 0): 9})
    assert [one.cell for one in hot_cells(calm)] == [(3, 0)]
    storm = examine_cells(past, {(x, 0): 9 for x in range(100)})
    assert hot_cells(storm) == []


def test_the_tail_of_the_negative_binomial() -> None:
    """With shape 1 it is the geometric distribution, whose tail is a power."""
    for count in (0, 1, 3, 40):
        assert negative_binomial_tail(count, 1, 0.4) == pytest.approx(0.6**count, rel=1e-12)


def test_false_discoveries() -> None:
    assert false_discovery_limit([0.9, 0.012, 0.03, 0.04]) == 0.012
    assert false_discovery_limit([0.9, 0.012, 0.02, 0.03]) == 0.03
    assert false_discovery_limit([0.9, 0.5]) < 0


def test_by_chance_cells_are_hot_in_few_weeks() -> None:
    """200 weeks in which each cell has its usual Poisson number; any hot cell is a false alarm."""
    random = np.random.default_rng(1)
    alarms = 0
    for _week in range(200):
        past, now = random.poisson(8, 60), random.poisson(1, 60)
        cells = examine_cells(
            {(x, 0): int(n) for x, n in enumerate(past)},
            {(x, 0): int(n) for x, n in enumerate(now)},
        )
        alarms += bool(hot_cells(cells))
    assert alarms <= 12


def test_cells_that_touch_are_one_place() -> None:
    at = [(0, 0), (1, 1), (5, 5), (2, 1)]
    cells = [HotCell(cell, 1, 9, 1.0, 0.0, is_hot=True) for cell in at]
    groups = [[one.cell for one in group] for group in merge_touching(cells)]
    assert groups == [[(0, 0), (1, 1), (2, 1)], [(5, 5)]]


def test_a_forecast_repeats_last_year_at_this_years_level() -> None:
    year = [100 + (week % 52) for week in range(52)]
    found = forecast([*year, *(2 * one for one in year), *(4 * one for one in year[:8])])
    assert found is not None
    assert len(found.weeks) == AHEAD
    # the ninth week of last year was 216, and this year is twice as high
    assert found.weeks[0].number == pytest.approx(2 * 216)


def test_a_forecast_is_trusted_only_after_it_was_right() -> None:
    random = np.random.default_rng(3)
    steady = forecast([int(one) for one in random.poisson(50, 156)])
    assert steady is not None
    assert steady.is_trusted
    assert steady.weeks[0].lower < 50 < steady.weeks[0].upper
    weeks = [int(one) for one in random.poisson(50, 31)]
    enough, few = forecast(weeks), forecast(weeks[1:])
    assert enough is not None
    assert few is not None
    assert (enough.is_known, few.is_known) == (True, False)
    short = forecast([50] * 10)
    assert short is not None
    assert (short.coverage, short.is_trusted) == (None, False)
    assert short.weeks[0].number == 50
    assert forecast([50] * 7) is None


def test_productivity_is_measured_while_there_is_work() -> None:
    idle = [(5, 0)] * 20
    busy = [(40, 100)] * 12
    closed, backlogs = zip(*idle, *busy, strict=True)
    assert closings_per_crew(closed, backlogs, 4) == 10
    assert closings_per_crew([5], [0], 4) is None


def test_more_crews_leave_less_open_and_never_less_than_nothing() -> None:
    few = backlog_paths(200, [50] * 4, 4, 10.0)
    many = backlog_paths(200, [50] * 4, 12, 10.0)
    assert few[-1].median == pytest.approx(240, abs=5)
    assert few[-1].lower < few[-1].median < few[-1].upper
    assert many[-1].median == pytest.approx(0, abs=10)
    assert many[-1].lower == 0
    assert few == backlog_paths(200, [50] * 4, 4, 10.0)
