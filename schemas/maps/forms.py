"""Forms for boundary sets and addresses: uploads of files, and the effective dates of a set."""

import re
from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import Invalid, InvalidTogether, Problem
from schemas.fields import Choice, Flag, Text
from schemas.routing.explanation import Day
from schemas.vocabulary.days import SINCE_EVER
from schemas.vocabulary.units import METERS_PER_UNIT, UNITS

FARTHEST = 10_000
"""Meters that the lines of a layer may extend on each side."""

LAYER_CODE = re.compile(r"[a-z][a-z0-9_]*")


class UploadSchema(ParametersSchema):
    """The options for reading an uploaded boundary file, and the metadata to store with it.

    reach is in meters, or in feet in units us. It is loaded in meters, as reach_meters.
    """

    url = Text(2000, load_default="")
    layer = Text(
        50,
        load_default="",
        validate=validate.Regexp(
            LAYER_CODE.pattern + r"\Z",
            error="layer.code",
        ),
    )
    code_field = Text(200, load_default="")
    name_field = Text(200, load_default=None)
    source = Text(500, load_default="")
    license = Text(500, load_default="")
    vintage = Text(100, load_default="")
    crs = Text(100, load_default=None)
    where = Text(1000, load_default=None)
    file_layer = Text(200, load_default=None)
    encoding = Text(50, load_default=None)
    reach = fields.Float(load_default=None, error_messages={"invalid": "field.number"})
    units = Choice(UNITS, load_default=UNITS[0])
    leave_out = Flag(load_default=False)
    overlapping = Flag(load_default=False)
    new_layer = Flag(load_default=False)

    @validates_schema
    def require_names(self, sent: dict[str, Any], **_: Any) -> None:
        """Require the names without which the file cannot be read."""
        missing = [
            Problem(key, field=name)
            for name, key in (("layer", "layer.required"), ("code_field", "code_field.required"))
            if not sent[name].strip()
        ]
        if missing:
            raise InvalidTogether(missing)

    @validates_schema
    def check_reach(self, sent: dict[str, Any], **_: Any) -> None:
        """Check the distance that lines extend on each side."""
        limit = int(FARTHEST / METERS_PER_UNIT[sent["units"]])
        if sent["reach"] is not None and not 0 < sent["reach"] <= limit:
            key = "layer.reach_feet" if sent["units"] == "us" else "layer.reach_meters"
            raise Invalid(key, "reach", limit=limit)

    @post_load
    def load_in_meters(self, sent: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Convert the distance to meters."""
        reach = sent["reach"]
        meters = None if reach is None else reach * METERS_PER_UNIT[sent["units"]]
        return {**sent, "reach_meters": meters}


class RegisterSchema(ParametersSchema):
    """The metadata to store with an address register."""

    source = Text(500, load_default="")
    license = Text(500, load_default="")
    vintage = Text(100, load_default="")


class KindSchema(ParametersSchema):
    """Whether the boundaries of a layer overlap on purpose."""

    overlapping = Flag(load_default=False)


def _not_too_early(day: date) -> None:
    if day < SINCE_EVER:
        raise Invalid("field.day_too_early", first=SINCE_EVER)


class DaysSchema(ParametersSchema):
    """The first and last day on which a boundary set is in effect, and publishing options.

    despite is the reason to publish a set that is doubtful.
    """

    first = Day(load_default=None, validate=_not_too_early)
    until = Day(load_default=None, validate=_not_too_early)
    carry_over = Flag(load_default=False)
    carry_rules = Flag(load_default=False)
    despite = Text(1000, load_default="")
