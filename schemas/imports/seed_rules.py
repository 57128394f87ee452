"""Rows of a seed folder's routing files: rules, business hours, holidays, and tests."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from marshmallow import fields, validates_schema

from schemas.errors import Invalid
from schemas.fields import Choice, Degrees, LocalDateTime, Text
from schemas.imports.seed_rows import RowSchema
from schemas.imports.written_values import as_clock_time, as_month_and_day

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_MONTH_AND_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


class ClockTime(fields.Field[time]):
    """A time of day such as 07:30, 7:30, or 7:30 AM."""

    accepts = "A time of day such as 07:30"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> time:
        text = as_clock_time(str(value).strip())
        if text is None:
            raise Invalid("seed.clock_time")
        return time.fromisoformat(text)


class Weekdays(fields.Field[list[int]]):
    """Days of the week such as Mon Tue or Mon-Fri, as ISO numbers from 1 Monday to 7 Sunday."""

    accepts = "Days such as Mon-Fri or Mon Wed"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[int]:
        days: set[int] = set()
        for span in str(value).split():
            first, _hyphen, last = span.partition("-")
            try:
                begin, end = (WEEKDAYS.index(day) + 1 for day in (first, last or first))
            except ValueError:
                raise Invalid("seed.weekdays", days=span) from None
            # A range such as Fri-Mon crosses the weekend.
            days |= {(begin - 1 + step) % 7 + 1 for step in range((end - begin) % 7 + 1)}
        return sorted(days)


class SeasonDay(fields.Field[str]):
    """A day of the year as month and day, such as 11-01."""

    accepts = "A month and a day such as 11-01"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        text = as_month_and_day(str(value).strip())
        if not _MONTH_AND_DAY.fullmatch(text):
            raise Invalid("seed.season_day")
        return text


class LocalDay(fields.Field[date]):
    """A date as people of the zone write it, such as 2026-12-25 or 12/25/2026."""

    accepts = "A date such as 2026-12-25"

    zone: tzinfo = UTC

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> date:
        moment: datetime = LocalDateTime(self.zone).deserialize(str(value), attr, data)
        return moment.astimezone(self.zone).date()


def set_zone(field: fields.Field[Any], zone: tzinfo) -> None:
    """Let a field read dates as people of a zone write them."""
    if isinstance(field, LocalDay):
        field.zone = zone


class RuleRow(RowSchema):
    """A row of routing_rules.csv; an empty cell means any."""

    rule = Text(100, required=True)
    service_code = Text(200, load_default=None)
    group = Text(200, load_default=None)
    layer = Text(50, load_default=None)
    boundary = Text(100, load_default=None)
    question = Text(100, load_default=None)
    answer = Text(500, load_default=None)
    hours = Choice(("business", "outside"), load_default=None)
    weekdays = Weekdays(load_default=None)
    time_from = ClockTime(load_default=None)
    time_until = ClockTime(load_default=None)
    season_from = SeasonDay(load_default=None)
    season_until = SeasonDay(load_default=None)
    effective_from = LocalDay(load_default=None)
    effective_until = LocalDay(load_default=None)
    department = Text(100, required=True)
    note = Text(1000, load_default="")
    public_reason = Text(500, load_default="")

    def __init__(self, zone: tzinfo = UTC) -> None:
        super().__init__()
        for name in ("effective_from", "effective_until"):
            set_zone(self.fields[name], zone)

    @validates_schema
    def check_case(self, row: dict[str, Any], **_: Any) -> None:
        """Reject a rule with contradictory or missing conditions."""
        if row["service_code"] and row["group"]:
            raise Invalid("rule.service_or_group", "service_code")
        if row["boundary"] and not row["layer"]:
            raise Invalid("rule.boundary_without_layer", "boundary")
        if row["question"] and not row["service_code"]:
            raise Invalid("rule.question_without_service", "question")
        for one, other in (
            ("question", "answer"),
            ("time_from", "time_until"),
            ("season_from", "season_until"),
        ):
            if (row[one] is None) != (row[other] is None):
                missing = one if row[one] is None else other
                raise Invalid("rule.pair", missing, names=(one, other))
        if row["time_from"] is not None and row["time_from"] == row["time_until"]:
            raise Invalid("rule.same_times", "time_from")
        begin, end = row["effective_from"], row["effective_until"]
        if begin is not None and end is not None and end <= begin:
            raise Invalid("rule.ends_before_it_begins", "effective_until")


class BusinessHoursRow(RowSchema):
    """A row of business_hours.csv: one span for one or several days of the week."""

    weekdays = Weekdays(required=True)
    opens = ClockTime(required=True)
    closes = ClockTime(required=True)

    @validates_schema
    def check_span(self, row: dict[str, Any], **_: Any) -> None:
        """Reject a span that ends before it begins."""
        if row["closes"] <= row["opens"]:
            raise Invalid("seed.closes_before_opens", "closes")


class HolidayRow(RowSchema):
    """A row of holidays.csv: days without business hours; zone is that of the city."""

    day = LocalDay(required=True)
    name = Text(200, required=True)

    def __init__(self, zone: tzinfo = UTC) -> None:
        super().__init__()
        set_zone(self.fields["day"], zone)


class CanaryRow(RowSchema):
    """A row of canaries.csv: a service at a point, and the department that must receive it."""

    canary = Text(100, required=True)
    service_code = Text(200, required=True)
    lat = Degrees(90, required=True)
    long = Degrees(180, required=True)
    department = Text(100, required=True)
    note = Text(1000, load_default="")
