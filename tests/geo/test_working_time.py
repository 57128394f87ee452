"""Days of work, where offices close at night, on weekends and on holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.routing.times import Calendar
from geo.routing.working_time import days_between, due_after, start_before

ZONE = ZoneInfo("America/New_York")
NINE_TO_FIVE = ((time(9), time(17)),)
WEEKDAYS = Calendar(dict.fromkeys(range(1, 6), NINE_TO_FIVE))
WITH_LUNCH = Calendar(
    {
        **dict.fromkeys(range(1, 5), ((time(8), time(12)), (time(13), time(17)))),
        5: ((time(8), time(12)),),
    },
    frozenset({date(2026, 3, 11)}),
    "US-OH",
)
ALWAYS_CLOSED = Calendar(
    {1: NINE_TO_FIVE}, frozenset(date(2026, 1, 5) + timedelta(7 * n) for n in range(600))
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-06 14:05", 1, "2026-03-09 14:05"),  # over a weekend, and the clock put forward
        ("2026-03-06 14:05", 3, "2026-03-11 14:05"),
        ("2026-03-06 22:00", 1, "2026-03-09 17:00"),  # from the next opening on, all of a day
        ("2026-03-07 10:00", 0.5, "2026-03-09 13:00"),
        ("2026-03-09 05:00", 0.25, "2026-03-09 11:00"),
        ("2026-03-09 09:00", 1, "2026-03-09 17:00"),  # at the closing, not at the next opening
        ("2026-03-09 17:00", 0.5, "2026-03-10 13:00"),
        ("2026-10-30 12:00", 2, "2026-11-03 12:00"),  # the clock put back in between
    ],
)
def test_days_are_those_on_which_offices_are_open(start: str, days: float, due: str) -> None:
    assert due_after(at(start), days, WEEKDAYS) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-10 11:00", 0.25, "2026-03-10 14:00"),  # the hour of lunch does not count
        ("2026-03-10 12:30", 0.125, "2026-03-10 14:00"),
        ("2026-03-10 08:00", 2, "2026-03-12 17:00"),  # a holiday of the city's own in between
        ("2026-03-12 13:00", 1, "2026-03-13 10:00"),  # half of a short Friday is half a day
        ("2026-07-02 17:00", 1, "2026-07-06 17:00"),  # Independence Day, kept on the Friday
        ("2026-11-25 17:00", 1, "2026-11-27 12:00"),  # Thanksgiving
    ],
)
def test_lunch_short_days_and_holidays(start: str, days: float, due: str) -> None:
    assert due_after(at(start), days, WITH_LUNCH) == at(due)


def test_without_hours_every_hour_counts() -> None:
    start = at("2026-03-07 14:00")
    assert due_after(start, 1, Calendar()).astimezone(UTC) == start.astimezone(UTC) + timedelta(1)
    assert days_between(start, at("2026-03-10 14:00"), Calendar()) == pytest.approx(71 / 24)


def test_a_city_that_never_opens_promises_something_all_the_same() -> None:
    start = at("2026-03-06 14:05")
    assert due_after(start, 3, ALWAYS_CLOSED) > start
    assert days_between(start, at("2027-03-06 14:05"), ALWAYS_CLOSED) == 0


MOMENTS = st.integers(0, 365 * 86_400).map(
    lambda seconds: (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(ZONE)
)
CALENDARS = st.sampled_from([WEEKDAYS, WITH_LUNCH])
DAYS = st.integers(1, 160).map(lambda quarters: quarters / 8)
NEAR = timedelta(seconds=3)


@given(MOMENTS, DAYS, DAYS, CALENDARS)
def test_one_time_after_another_is_both_together(
    start: datetime, one: float, other: float, calendar: Calendar
) -> None:
    together = due_after(start, one + other, calendar)
    assert abs(due_after(due_after(start, one, calendar), other, calendar) - together) < NEAR


@given(MOMENTS, DAYS, CALENDARS)
def test_what_is_worked_until_it_is_due_is_what_it_takes(
    start: datetime, days: float, calendar: Calendar
) -> None:
    due = due_after(start, days, calendar)
    assert due > start
    assert days_between(start, due, calendar) == pytest.approx(days, abs=0.001)
    assert days_between(due, start, calendar) == 0


@given(MOMENTS, st.integers(0, 100_000), DAYS, CALENDARS)
def test_what_begins_later_is_not_due_earlier(
    start: datetime, seconds: int, days: float, calendar: Calendar
) -> None:
    later = (start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(ZONE)
    assert due_after(start, days, calendar) <= due_after(later, days, calendar) + NEAR


@pytest.mark.parametrize(
    ("end", "days", "start"),
    [
        ("2026-03-09 14:05", 1, "2026-03-06 14:05"),
        ("2026-03-09 22:00", 1, "2026-03-09 09:00"),
        ("2026-03-10 09:00", 1, "2026-03-09 09:00"),
        ("2026-03-08 12:00", 2, "2026-03-05 09:00"),
    ],
)
def test_what_started_before_is_due_at_the_end(end: str, days: float, start: str) -> None:
    assert start_before(at(end), days, WEEKDAYS) == at(start)


@given(
    calendar=st.sampled_from([WEEKDAYS, WITH_LUNCH, Calendar()]),
    days=st.sampled_from([0.5, 1, 3]),
    minutes=st.integers(0, 60 * 24 * 60),
    before=st.integers(0, 60 * 24 * 14),
)
def test_exactly_what_started_by_then_is_due(
    calendar: Calendar, days: float, minutes: int, before: int
) -> None:
    end = at("2026-03-01 00:00") + timedelta(minutes=minutes)
    start = end - timedelta(minutes=before)
    latest = start_before(end, days, calendar)
    a_second = timedelta(seconds=1)
    if start.astimezone(UTC) <= latest.astimezone(UTC) - a_second:
        assert due_after(start, days, calendar).astimezone(UTC) <= end.astimezone(UTC) + a_second
    if start.astimezone(UTC) > latest.astimezone(UTC) + a_second:
        assert due_after(start, days, calendar).astimezone(UTC) >= end.astimezone(UTC) - a_second
