"""Rows of the files in a seed folder."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, available_timezones

import holidays
from marshmallow import RAISE, ValidationError, fields, pre_load, validate, validates_schema

from schemas.errors import Invalid, KeyedSchema
from schemas.fields import Choice, Degrees, Flag, LocalDateTime, Number, Text
from schemas.imports.written_values import with_decimal_point
from schemas.maps.forms import LAYER_CODE
from schemas.vocabulary.datatypes import AUTOMATED, DATATYPE_CODES
from schemas.vocabulary.priorities import NORMAL, PRIORITIES
from schemas.vocabulary.retention import MOST_MONTHS
from schemas.vocabulary.statuses import DETAILED_STATUSES
from schemas.vocabulary.units import UNITS
from schemas.written_dates import country_of

_WORD = validate.Regexp(r"\S+\Z", error="field.one_word")


_DIGITS = re.compile(r"\d{1,9}", re.ASCII)

_BETWEEN = re.compile(r"[,;\n]")


class RowSchema(KeyedSchema):
    """A row of a table: an empty cell is absent, an unknown column is an error.

    A number may have a decimal comma, and a list may be a text with commas.
    """

    coordinates: tuple[str, ...] = ()
    """Fields with degrees that are kept as texts."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    @pre_load
    def drop_empty_cells(self, row: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        filled = {name: cell for name, cell in row.items() if cell not in ("", None)}
        return {name: self._in_standard_form(name, cell) for name, cell in filled.items()}

    def _in_standard_form(self, name: str, cell: Any) -> Any:
        field = self.fields.get(name)
        if not isinstance(cell, str):
            return cell
        if type(field) is fields.List:  # others read texts themselves
            return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
        if isinstance(field, fields.Number | Days | Moment):
            return with_decimal_point(cell, name)
        if isinstance(field, Degrees) or name in self.coordinates:
            return with_decimal_point(cell, name, can_be_large=False)
        return cell


class Days(fields.Field[int]):
    """A whole number of days, from low to high."""

    accepts = "A whole number of days"

    high = 36_500

    def __init__(self, low: int, **options: Any) -> None:
        super().__init__(**options)
        self.low = low

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> int:
        text = str(value).strip()
        if not _DIGITS.fullmatch(text) or not self.low <= int(text) <= self.high:
            self.refuse()
        return int(text)

    def refuse(self) -> NoReturn:
        """Raise what is wrong with a value."""
        raise Invalid("seed.days", low=self.low, high=self.high)


class Months(Days):
    """A whole number of months, from low to high."""

    accepts = "A whole number of months"

    high = MOST_MONTHS

    def refuse(self) -> NoReturn:
        """Raise what is wrong with a value."""
        raise Invalid("seed.months", low=self.low, high=self.high)


time_zones = cache(available_timezones)
"""Return the names of all time zones, which are read from thousands of files."""


class JurisdictionRow(RowSchema):
    """The content of jurisdiction.toml."""

    jurisdiction_id = Text(200, required=True, validate=_WORD)
    name = Text(200, required=True)
    time_zone = Text(100, required=True)
    contact = Text(1000, required=True)
    key_service = Text(1000, required=True)
    locality = Text(200, load_default="")
    public_holidays = Text(20, load_default="")
    units = Choice(UNITS, load_default="metric")
    reopen_days = Days(0, load_default=60)
    anonymize_after_days = Days(1, load_default=None)
    default_department = Text(100, required=True)
    outside_department = Text(100, load_default=None)
    service_area = Text(500, load_default=None)

    @validates_schema
    def check_time_zone(self, row: dict[str, Any], **_: Any) -> None:
        """Reject an unknown time zone."""
        if row["time_zone"] not in time_zones():
            raise Invalid("seed.time_zone", "time_zone")

    @validates_schema
    def check_public_holidays(self, row: dict[str, Any], **_: Any) -> None:
        """Reject a country or subdivision that the holidays package does not know."""
        country, _dash, part = row["public_holidays"].partition("-")
        known = holidays.list_supported_countries()
        if country and (country not in known or (part and part not in known[country])):
            raise Invalid("seed.public_holidays", "public_holidays")


class DepartmentRow(RowSchema):
    """A row of departments.csv."""

    department = Text(100, required=True)
    name = Text(200, required=True)
    server = Text(50, load_default=None)


class ServiceRow(RowSchema):
    """A row of services.csv."""

    service_code = Text(200, required=True)
    service_name = Text(200, required=True)
    description = Text(2000, load_default="")
    group = Text(200, load_default="")
    keywords = Text(1000, load_default="")
    type = Choice(("realtime", "batch", "blackbox"), load_default="realtime")
    expected_days = fields.Float(
        load_default=None,
        validate=validate.Range(
            min=0, min_inclusive=False, max=3650, error="service.expected_days"
        ),
        error_messages={"invalid": "service.expected_days"},
    )
    service_notice = Text(1000, load_default="")
    is_on_site = Flag(load_default=True)
    duplicate_meters = fields.Integer(
        load_default=50,
        validate=validate.Range(min=0, max=5_000, error="service.duplicate_meters"),
        error_messages={"invalid": "service.duplicate_meters"},
    )
    looked_at_first = Flag(load_default=False)
    urgent_text = Text(1000, load_default="")
    urgent_phone = Text(50, load_default="")
    needs_contact = Flag(load_default=False)
    reopen_days = Days(0, load_default=None)
    default_priority = Choice(PRIORITIES, load_default=NORMAL)


class QuestionRow(RowSchema):
    """A row of questions.csv."""

    service_code = Text(200, required=True)
    order = fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=10_000, error="question.order"),
        error_messages={"invalid": "question.order"},
    )
    code = Text(100, required=True, validate=_WORD)
    datatype = Choice(DATATYPE_CODES, required=True)
    required = Flag(load_default=False)
    variable = Flag(load_default=True)
    description = Text(2000, required=True)
    datatype_description = Text(1000, load_default="")
    automated = Choice(AUTOMATED, load_default="")


class AnswerRow(RowSchema):
    """A row of answers.csv."""

    service_code = Text(200, required=True)
    question = Text(100, required=True)
    key = Text(100, required=True)
    name = Text(500, required=True)


class LayerRow(RowSchema):
    """A row of layers.csv; without a file, the layer's boundaries are imported by a command."""

    layer = Text(
        50,
        required=True,
        validate=validate.Regexp(
            rf"{LAYER_CODE.pattern}\Z",
            error="layer.code",
        ),
    )
    name = Text(200, required=True)
    file = Text(500, load_default=None)
    code_field = Text(100, load_default="code")
    name_field = Text(100, load_default=None)
    exception = Flag(load_default=False)
    overlapping = Flag(load_default=False)
    reach_meters = fields.Float(
        load_default=None,
        validate=validate.Range(min=0, min_inclusive=False, max=10_000, error="layer.reach"),
        error_messages={"invalid": "layer.reach"},
    )


class Moment(fields.Field[datetime]):
    """A date and time as people of the zone write it, or a number of days before now."""

    accepts = "A date and time such as 2026-03-09 14:05, or a number of days ago"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.now: datetime | None = None
        self.zone: tzinfo = ZoneInfo("UTC")

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> datetime:
        try:
            days = float(Number().deserialize(value))
        except ValidationError:
            return self._written(value)
        if self.now is None or not 0 <= days < _MOST_DAYS:
            raise self._refusal()
        return (self.now - timedelta(days=days)).replace(microsecond=0)

    def _written(self, value: Any) -> datetime:
        try:
            moment: datetime = LocalDateTime(self.zone).deserialize(value)
        except ValidationError:
            raise self._refusal() from None
        return moment

    def _refusal(self) -> Invalid:
        return Invalid("seed.moment", example=country_of(self.zone).example())


_MOST_DAYS = 36_500


class PastServiceRequestRow(RowSchema):
    """A row of service_requests.csv: the columns that are not parameters of POST /requests."""

    coordinates = ("lat", "long")

    service_request_id = Text(50, load_default=None, validate=_WORD)
    service_code = Text(200, required=True)
    requested = Moment(required=True)
    lat = Text(50, load_default="")
    long = Text(50, load_default="")
    address_string = Text(1000, load_default="")
    zipcode = Text(20, load_default="")
    description = Text(4000, load_default="")
    answers = Text(4000, load_default="")
    status = Choice((*DETAILED_STATUSES, "pending"), load_default="open")
    status_notes = Text(2000, load_default="")
    updated = Moment(load_default=None)

    def __init__(self, *, now: datetime, zone: tzinfo) -> None:
        super().__init__()
        for name in ("requested", "updated"):
            moment = self.fields[name]
            if isinstance(moment, Moment):
                moment.now, moment.zone = now, zone

    @validates_schema
    def check_life(self, row: dict[str, Any], **_: Any) -> None:
        """Reject an update before the submission, and an id that is missing or not allowed."""
        if row["updated"] and row["updated"] < row["requested"]:
            raise Invalid("seed.updated_before_requested", "updated")
        if (row["status"] == "pending") == bool(row["service_request_id"]):
            raise Invalid("seed.id_of_pending", "service_request_id")
