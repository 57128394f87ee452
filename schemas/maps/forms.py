"""The forms about boundary sets: a file that is sent, and the days of a set."""

import re
from typing import Any

from marshmallow import fields, validate, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import InvalidTogether, Problem
from schemas.fields import Flag, Text
from schemas.routing.explanation import Day

LAYER_CODE = re.compile(r"[a-z][a-z0-9_]*")


class UploadSchema(ParametersSchema):
    """How a file of boundaries is to be read, and what is to be kept about it."""

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
    licence = Text(500, load_default="")
    vintage = Text(100, load_default="")
    crs = Text(100, load_default=None)
    where = Text(1000, load_default=None)
    file_layer = Text(200, load_default=None)
    reach_metres = fields.Float(
        load_default=None,
        validate=validate.Range(min=0, min_inclusive=False, max=10_000, error="layer.reach"),
        error_messages={"invalid": "layer.reach"},
    )
    leave_out = Flag(load_default=False)

    @validates_schema
    def require_names(self, sent: dict[str, Any], **_: Any) -> None:
        """Require what no file can be read without."""
        missing = [
            Problem(key, field=name)
            for name, key in (("layer", "layer.required"), ("code_field", "code_field.required"))
            if not sent[name].strip()
        ]
        if missing:
            raise InvalidTogether(missing)


class DaysSchema(ParametersSchema):
    """From which day on a set is to be in force, and until when; and what becomes of the rest."""

    first = Day(load_default=None)
    until = Day(load_default=None)
    carry_over = Flag(load_default=False)
