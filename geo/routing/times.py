"""Times when a routing rule applies: business hours, weekdays, times of day, and seasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

import holidays


def is_known(code: str) -> bool:
    """Return whether public holidays are known for a code such as US or US-OH."""
    try:
        _of_year(code, 2026)
    except NotImplementedError:
        return False
    return True


def is_public_holiday(code: str, day: date) -> bool:
    """Return whether a day is a public holiday for a code; always False for an empty code.

    The observed day of a holiday that falls on a weekend counts as well.
    """
    return bool(code) and day in _of_year(code, day.year)


@lru_cache(maxsize=200)
def _of_year(code: str, year: int) -> frozenset[date]:
    """Return the holidays of a year; raise NotImplementedError for an unknown code."""
    country, _, subdivision = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdivision or None, years=year))


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


_MOST_KEPT = 5_000
"""Days that a calendar keeps, more than are ever searched for one moment."""


class OpenDay(NamedTuple):
    """The spans in which offices are open on a day, in wall-clock time, and their seconds."""

    spans: tuple[tuple[datetime, datetime], ...]
    seconds: float


@dataclass(frozen=True)
class Calendar:
    """The business hours of a jurisdiction's offices, in its local time.

    hours holds spans from opening (included) to closing (excluded) by ISO weekday, 1 Monday to 7
    Sunday. Offices are closed on holidays: the listed ones, and the public ones for the code of a
    country or subdivision such as US-OH.
    """

    hours: Mapping[int, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    public_holidays: str = ""
    _kept: dict[tuple[date, tzinfo | None], OpenDay] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def open_on(self, day: date, zone: tzinfo | None) -> OpenDay:
        """Return the spans from opening to closing on a day, and their seconds in all.

        They are kept: each report that is due in working days needs those of several days.
        """
        found = self._kept.get((day, zone))
        if found is None:
            spans = () if self.is_holiday(day) else self.hours.get(day.isoweekday(), ())
            moments = tuple(
                (datetime.combine(day, opens, zone), datetime.combine(day, closes, zone))
                for opens, closes in spans
            )
            whole = sum((closes - opens).total_seconds() for opens, closes in moments)
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            found = self._kept[day, zone] = OpenDay(moments, whole)
        return found

    def is_holiday(self, day: date) -> bool:
        """Return whether a day is a holiday."""
        return day in self.holidays or is_public_holiday(self.public_holidays, day)

    def is_open(self, at: datetime) -> bool:
        """Return whether the offices are open at a moment of local time."""
        if self.is_holiday(at.date()):
            return False
        spans = self.hours.get(at.isoweekday(), ())
        return any(opens <= at.time() < closes for opens, closes in spans)


@dataclass(frozen=True, kw_only=True)
class Times:
    """The times when a rule applies, all conditions combined; None means any.

    hours is business or outside. A span from time_from (included) to time_until (excluded) may run
    past midnight; all of it then belongs to the day on which it begins. A season from season_from
    to season_until (both included, as MM-DD) may run past the end of the year.
    """

    hours: str | None = None
    weekdays: frozenset[int] | None = None
    time_from: time | None = None
    time_until: time | None = None
    season_from: str | None = None
    season_until: str | None = None

    def __bool__(self) -> bool:
        return self != ALWAYS

    def __str__(self) -> str:
        return ", ".join(part for part in self._in_words() if part)

    def _in_words(self) -> list[str]:
        days = [WEEKDAYS[day - 1] for day in sorted(self.weekdays or ())]
        return [
            {"business": "in business hours", "outside": "outside business hours"}.get(
                self.hours or "", ""
            ),
            f"on {' '.join(days)}" if days else "",
            f"from {self.time_from:%H:%M} to {self.time_until:%H:%M}" if self.time_from else "",
            f"from {self.season_from} to {self.season_until}" if self.season_from else "",
        ]

    def hold(self, at: datetime, calendar: Calendar) -> bool:
        """Return whether a moment of local time meets all conditions."""
        if self.hours is not None and calendar.is_open(at) != (self.hours == "business"):
            return False
        if not self._holds_time(at.time()):
            return False
        day = self._day(at)
        if self.weekdays is not None and day.isoweekday() not in self.weekdays:
            return False
        return self._holds_day(f"{day:%m-%d}")

    def _holds_time(self, at: time) -> bool:
        if self.time_from is None or self.time_until is None:
            return True
        if self.time_from < self.time_until:
            return self.time_from <= at < self.time_until
        return at >= self.time_from or at < self.time_until

    def _day(self, at: datetime) -> date:
        """Return the day that a moment counts for: after midnight, the day when the span began."""
        if self.time_from is None or self.time_until is None or self.time_from < self.time_until:
            return at.date()
        return at.date() - timedelta(days=at.time() < self.time_until)

    def _holds_day(self, day: str) -> bool:
        if self.season_from is None or self.season_until is None:
            return True
        if self.season_from <= self.season_until:
            return self.season_from <= day <= self.season_until
        return day >= self.season_from or day <= self.season_until


ALWAYS = Times()
