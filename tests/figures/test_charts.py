"""The geometry of charts."""

from math import inf

import pytest

from open311.web.insights.charts import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Axis,
    Series,
    line_chart,
    nice_ticks,
)

FLOOR, CEILING = HEIGHT - 24, 8


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (inf, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (100, [0, 50, 100]),
        (0.93, [0, 0.5, 1.0]),
        (5648, [0, 2000, 4000, 6000]),
    ],
)
def test_ticks_are_round_and_reach_the_highest(highest: float, ticks: list[float]) -> None:
    assert nice_ticks(highest) == pytest.approx(ticks)


def test_lines_are_drawn_to_scale_and_break_where_a_value_is_missing() -> None:
    values = Series("a", [0, 50, None, 100], [0, 40, None, 90], [0, 60, None, inf])
    chart = line_chart(["w", "x", "y", "z"], [values], str)
    step = (WIDTH - LEFT - RIGHT) / 3
    middle = (FLOOR + CEILING) / 2
    right = WIDTH - RIGHT
    [line] = chart.lines
    assert line.path == f"M{LEFT} {FLOOR}L{LEFT + step:.1f} {middle:g}M{right} {CEILING}"
    assert line.band.endswith("Z")
    assert f"L{right} {CEILING}" in line.band  # an infinite edge ends with the chart
    assert [label for _x, label in chart.x_ticks] == ["w", "x", "y", "z"]
    assert chart.y_ticks[0][0] == FLOOR


@pytest.mark.parametrize("highest", [1, 2, 3])
def test_small_counts_have_whole_ticks(highest: int) -> None:
    chart = line_chart(["a"], [Series("a", [highest])], "{:.0f}".format)
    assert [label for _y, label in chart.y_ticks] == [str(one) for one in range(highest + 1)]


def test_few_labels_are_written_the_last_one_among_them() -> None:
    weeks = [str(one) for one in range(26)]
    chart = line_chart(weeks, [Series("a", [1] * 26)], str)
    labels = [label for _x, label in chart.x_ticks]
    assert labels[-1] == "25"
    assert len(labels) <= 6


def test_a_single_value_is_a_dot() -> None:
    [line] = line_chart(["a"], [Series("a", [1])], str).lines
    assert line.path.endswith("h0.1")


def test_an_interval_without_an_end_goes_on_to_the_end_of_the_axis() -> None:
    axis = Axis.over([10, None, inf, 40])
    bar = axis.bar(10, 5, None)
    assert bar is not None
    assert (bar.value, bar.low, bar.high, bar.is_open) == (25, 12.5, 100, True)
    assert axis.bar(None, None, None) is None
    assert Axis.over([]).high == 1
