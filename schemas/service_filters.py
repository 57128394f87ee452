"""What GET /services takes beside the standard: a place (spec 5.3)."""

from typing import Any

from marshmallow import post_load

from schemas.base import ParametersSchema, check_together
from schemas.fields import Degrees, Flag, says


class ServiceFiltersSchema(ParametersSchema):
    """The place that services are wanted for, in degrees on WGS 84; None where none was sent."""

    lat = Degrees(90, load_default=None, **says("Services for this place; with long."))
    long = Degrees(180, load_default=None, **says("Services for this place; with lat."))

    extensions = Flag(
        load_default=False, **says("true adds who would take a report at the place, and by when.")
    )

    @post_load
    def check_place(self, place: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Check that both coordinates are there, or none."""
        check_together(place, ("lat", "long"))
        return place
