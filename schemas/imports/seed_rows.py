"""Rows of the files in a seed folder."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import holidays
from marshmallow import RAISE, ValidationError, fields, pre_load, validate, validates_schema

from schemas.errors import Invalid, KeyedSchema
from schemas.fields import Choice, Flag, Number, Text, W3CDateTime
from schemas.maps.forms import LAYER_CODE
from schemas.vocabulary.datatypes import AUTOMATED, DATATYPE_CODES
from schemas.vocabulary.statuses import DETAILED_STATUSES
from schemas.vocabulary.units import UNITS

_WORD = validate.Regexp(r"\S+\Z", error="field.one_word")


class RowSchema(KeyedSchema):
    """A row of a table: an empty cell is absent, an unknown column is an error."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    @pre_load
    def drop_empty_cells(self, row: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: cell for name, cell in row.items() if cell not in ("", None)}


class Days(fields.Integer):
    """A whole number of days, from low to high."""

    high = 36_500

    def __init__(self, low: int, **options: Any) -> None:
        super().__init__(strict=True, **options)
        self.low = low

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> int:
        try:
            days = super()._deserialize(value, attr, data, **options)
        except ValidationError:
            days = self.low - 1
        if not self.low <= days <= self.high:
            raise Invalid("seed.days", low=self.low, high=self.high)
        return days


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
    reach_meters = fields.Float(
        load_default=None,
        validate=validate.Range(min=0, min_inclusive=False, max=10_000, error="layer.reach"),
        error_messages={"invalid": "layer.reach"},
    )


class Moment(fields.Field[datetime]):
    """A date and time, or a number of days before now."""

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
            moment: datetime = W3CDateTime(self.zone).deserialize(value, attr, data)
            return moment
        if self.now is None or not 0 <= days < _MOST_DAYS:
            raise Invalid("seed.moment")
        return (self.now - timedelta(days=days)).replace(microsecond=0)


_MOST_DAYS = 36_500


class PastServiceRequestRow(RowSchema):
    """A row of service_requests.csv: the columns that are not parameters of POST /requests."""

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
