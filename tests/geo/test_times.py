"""At which times a rule holds, against an oracle that looks at a calendar day by day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.routing.times import ALWAYS, Calendar, Times

OFFICE = Calendar(
    {day: ((time(8), time(12)), (time(13), time(17))) for day in range(1, 6)},
    frozenset({date(2026, 12, 25)}),
)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.integers(0, 5 * 366 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
clock = st.times().map(lambda at: at.replace(microsecond=0))
year_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: f"{day:%m-%d}")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-25T08:00", True),
        ("2026-11-25T07:59", False),
        ("2026-11-25T12:00", False),
        ("2026-11-25T12:59", False),
        ("2026-11-25T16:59", True),
        ("2026-11-28T10:00", False),  # a Saturday
        ("2026-12-25T10:00", False),  # a holiday
    ],
)
def test_business_hours_end_when_the_office_closes(at: str, is_open: bool) -> None:
    moment = datetime.fromisoformat(at)
    assert OFFICE.is_open(moment) is is_open
    assert Times(hours="business").hold(moment, OFFICE) is is_open
    assert Times(hours="outside").hold(moment, OFFICE) is not is_open


@given(moments)
def test_always_is_always_and_is_no_condition(at: datetime) -> None:
    assert ALWAYS.hold(at, OFFICE)
    assert not ALWAYS
    assert Times(weekdays=frozenset({1}))


def days_of(begin: time, end: time, at: datetime) -> set[date]:
    """An oracle: the days on which a span began that contains a moment."""
    found = set()
    for back in (0, 1):
        day = at.date() - timedelta(days=back)
        start = datetime.combine(day, begin, UTC)
        stop = datetime.combine(day + timedelta(days=end <= begin), end, UTC)
        if start <= at < stop:
            found.add(day)
    return found


@given(moments, clock, clock, st.frozensets(st.integers(1, 7), min_size=1))
def test_a_span_over_midnight_belongs_to_the_day_it_begins_on(
    at: datetime, begin: time, end: time, weekdays: frozenset[int]
) -> None:
    if begin == end:
        return
    times = Times(time_from=begin, time_until=end, weekdays=weekdays)
    days = days_of(begin, end, at)
    assert times.hold(at, OFFICE) == any(day.isoweekday() in weekdays for day in days)


@given(moments, year_days, year_days)
def test_a_season_may_run_over_the_new_year(at: datetime, begin: str, end: str) -> None:
    """The oracle counts the days from the season's first to its last, both included."""
    day = date(2024, 1, 1)  # of a leap year, which has them all
    year = [f"{day + timedelta(days=n):%m-%d}" for n in range(366)]
    first, last = year.index(begin), year.index(end)
    length = (last - first) % 366 + 1
    season = {year[(first + n) % 366] for n in range(length)}
    assert Times(season_from=begin, season_until=end).hold(at, OFFICE) == (f"{at:%m-%d}" in season)


def test_times_are_told_in_words() -> None:
    times = Times(
        hours="outside",
        weekdays=frozenset({6, 7}),
        time_from=time(22),
        time_until=time(6),
        season_from="11-01",
        season_until="03-31",
    )
    assert str(times) == (
        "outside business hours, on Sat Sun, from 22:00 to 06:00, from 11-01 to 03-31"
    )
