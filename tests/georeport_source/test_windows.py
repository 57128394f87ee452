"""Windows of time and pieces of rows, by table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open311.georeport_source.windows import (
    Window,
    begin_at,
    honours_dates,
    pieces,
    windows,
)
from open311.steps.values.imports import ImportedServiceRequest


def day(number: float) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def window(start: float, end: float) -> Window:
    return Window(day(start), day(end))


def row(id_: str, number: float) -> ImportedServiceRequest:
    return ImportedServiceRequest(service_request_id=id_, service_code="1", requested=day(number))


@pytest.mark.parametrize(
    ("period", "days", "cut"),
    [
        (window(0, 14), 7, [window(0, 7), window(7, 14)]),
        (window(0, 15), 7, [window(0, 7), window(7, 14), window(14, 15)]),
        (window(0, 0.5), 7, [window(0, 0.5)]),
        (window(3, 3), 7, [window(3, 3)]),
        (window(0, 90), 90, [window(0, 90)]),
    ],
)
def test_a_period_is_cut_into_windows_that_share_their_edges(
    period: Window, days: int, cut: list[Window]
) -> None:
    assert windows(period, days) == cut


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_halves_are_whole_seconds_and_cover_the_window(begin: int, length: int) -> None:
    start = day(0) + timedelta(seconds=begin)
    whole = Window(start, start + timedelta(seconds=length))
    halves = whole.halves()
    assert bool(halves) is (length > 1)
    if halves:
        first, second = halves
        assert (first.start, first.end, second.end) == (whole.start, second.start, whole.end)
        assert first.end.microsecond == 0
        assert whole.start < first.end < whole.end


BEGUN = (day(0), day(7))


@pytest.mark.parametrize(
    ("asked", "progress", "begin"),
    [
        (None, None, (day(5), day(5))),
        (day(2), None, (day(2), day(2))),
        (None, BEGUN, BEGUN),
        (day(0), BEGUN, BEGUN),
        (day(-3), BEGUN, (day(-3), day(-3))),
        (day(2), BEGUN, (day(2), day(2))),
        (None, (day(0), day(10)), (day(5), day(5))),
    ],
)
def test_a_run_that_was_not_finished_is_continued_unless_another_is_asked_for(
    asked: datetime | None,
    progress: tuple[datetime, datetime] | None,
    begin: tuple[datetime, datetime],
) -> None:
    assert begin_at(asked, day(5), progress, day(10)) == begin


@pytest.mark.parametrize(
    ("numbers", "honoured"),
    [([], False), ([0, 7], True), ([-0.9, 7.9], True), ([3, -1.1], False), ([3, 8.1], False)],
)
def test_rows_from_other_days_betray_a_server_that_ignores_dates(
    numbers: list[float], honoured: bool
) -> None:
    assert honours_dates(window(0, 7), [row("1", number) for number in numbers]) is honoured


@pytest.mark.parametrize(("number", "honoured"), [(0.6, True), (0.74, True), (0.76, False)])
def test_the_smaller_a_window_the_closer_its_rows_must_be(number: float, honoured: bool) -> None:
    assert honours_dates(window(0.25, 0.5), [row("1", number)]) is honoured


def ids_of(rows: list[ImportedServiceRequest], most: int) -> list[tuple[str, datetime]]:
    cut = pieces(rows, window(0, 7), most)
    return [("".join(row.service_request_id for row in piece), done) for piece, done in cut]


@pytest.mark.parametrize(
    ("rows", "cut"),
    [
        ([], [("", day(7))]),
        ([row("b", 2), row("a", 1)], [("ab", day(7))]),
        ([row("c", 3), row("b", 2), row("a", 1)], [("ab", day(2)), ("c", day(7))]),
        ([row("b", 1), row("c", 1), row("a", 1)], [("ab", day(1)), ("c", day(7))]),
        ([row("a", -9), row("b", -8), row("c", 1)], [("ab", day(0)), ("c", day(7))]),
        ([row("a", 8), row("b", 9), row("c", 9)], [("ab", day(7)), ("c", day(7))]),
    ],
)
def test_pieces_come_oldest_first_with_the_moment_until_which_all_is_there(
    rows: list[ImportedServiceRequest], cut: list[tuple[str, datetime]]
) -> None:
    assert ids_of(rows, 2) == cut
