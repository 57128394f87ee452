"""The form of a routing test."""

from schemas.base import ParametersSchema
from schemas.fields import Degrees, Text


class RoutingTestSchema(ParametersSchema):
    """A name, a service at a place, and the code of the department that must receive it."""

    name = Text(100, required=True, error_messages={"required": "name.required"})
    service_code = Text(200, required=True, error_messages={"required": "field.required"})
    lat = Degrees(90, required=True, error_messages={"required": "field.required"})
    long = Degrees(180, required=True, error_messages={"required": "field.required"})
    department = Text(100, required=True, error_messages={"required": "field.required"})
    note = Text(1000, load_default="")
