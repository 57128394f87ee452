"""What POST /requests takes: GeoReport v2, POST Service Request (spec 2.3)."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.base import ParametersSchema
from schemas.fields import Degrees, Text, WebAddress

DESCRIPTION_LIMIT = 4000
"""Characters, as the standard sets it."""


class SubmissionSchema(ParametersSchema):
    """The parameters that do not depend on the service; the order is that of error messages."""

    service_code = Text(
        200,
        required=True,
        error_messages={"required": "service_code is missing: say which service is asked for."},
    )
    lat = Degrees(90)
    long = Degrees(180)
    address_string = Text(1000, load_default="")
    address_id = Text(200, load_default="")
    zipcode = Text(20, load_default="")
    description = Text(DESCRIPTION_LIMIT, load_default="")
    media_url = WebAddress(2000, load_default="")
    email = Text(320, load_default="")
    device_id = Text(200, load_default="")
    account_id = Text(200, load_default="")
    first_name = Text(200, load_default="")
    last_name = Text(200, load_default="")
    phone = Text(100, load_default="")

    @validates_schema(skip_on_field_errors=False)
    def require_place(self, data: dict[str, Any], **options: Any) -> None:
        """Require lat and long together, or an address; a wrong one is reported on its own."""
        sent = options["original_data"] if "original_data" in options else data
        _require_place(sent)


def _require_place(sent: dict[str, Any]) -> None:
    given = {name for name in ("lat", "long", "address_string", "address_id") if name in sent}
    if "lat" in given and "long" not in given:
        raise ValidationError("long is missing: lat and long belong together.", "long")
    if "long" in given and "lat" not in given:
        raise ValidationError("lat is missing: lat and long belong together.", "lat")
    if not given:
        raise ValidationError(
            "The place is missing: send lat and long, or address_string.", "lat"
        )
    if given == {"address_id"}:
        raise ValidationError(
            "address_id cannot be looked up here, as this server has no address register: "
            "send lat and long, or address_string.",
            "address_id",
        )
