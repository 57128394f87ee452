"""Forms for boundary sets: the upload of a file, and the effective dates of a set."""

import re
from typing import Any

from marshmallow import fields, validate, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import InvalidTogether, Problem
from schemas.fields import Flag, Text
from schemas.routing.explanation import Day

LAYER_CODE = re.compile(r"[a-z][a-z0-9_]*")


class UploadSchema(ParametersSchema):
    """The options for reading an uploaded boundary file, and the metadata to store with it."""

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
        """Require the names without which the file cannot be read."""
        missing = [
            Problem(key, field=name)
            for name, key in (("layer", "layer.required"), ("code_field", "code_field.required"))
            if not sent[name].strip()
        ]
        if missing:
            raise InvalidTogether(missing)


class DaysSchema(ParametersSchema):
    """The first and last day on which a boundary set is in effect, and publishing options."""

    first = Day(load_default=None)
    until = Day(load_default=None)
    carry_over = Flag(load_default=False)
