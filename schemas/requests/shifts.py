"""Forms of shift lists, and of the list of requests nearby."""

from marshmallow import validate

from schemas.base import ParametersSchema
from schemas.fields import Degrees, Repeated, Text
from schemas.routing.explanation import Day
from schemas.search.fields import WholeNumber

_PLACE_REQUIRED = {"required": "shift.place_required"}


class ShiftSchema(ParametersSchema):
    """A list: the name of its user, and its day; by default one's own, of today."""

    crew = Text(200, load_default=None)
    day = Day(load_default=None)


class StopsSchema(ShiftSchema):
    """Requests for a list, by id; a row of the list of requests ends with its change number."""

    id = Repeated(200, load_default=[])
    chosen = Repeated(230, load_default=[])


class PlaceSchema(ShiftSchema):
    """The new place of a stop, from 1."""

    place = WholeNumber(1, required=True)


class NearSchema(ParametersSchema):
    """Where one is, in degrees on WGS 84, and the search whose requests are listed."""

    lat = Degrees(90, required=True, error_messages=_PLACE_REQUIRED)
    long = Degrees(180, required=True, error_messages=_PLACE_REQUIRED)
    search = Text(16_000, load_default="")


class OnceSchema(ParametersSchema):
    """The key of an action, a UUID that the phone or the page has made."""

    sending = Text(
        36,
        required=True,
        validate=validate.Regexp(
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", error="form.incomplete"
        ),
        error_messages={"required": "form.incomplete"},
    )
