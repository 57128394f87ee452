"""Parameters of POST /requests: GeoReport v2, POST Service Request (spec 2.3)."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from marshmallow import Schema, ValidationError, post_load, validates_schema

from schemas.base import ParametersSchema, Values, data_keys, filled_in
from schemas.errors import Invalid, InvalidTogether, Problem, list_problems
from schemas.fields import Degrees, Text, says
from schemas.requests.answers import Question, answers_schema, by_code, gather_answers
from schemas.requests.links import WebAddresses, WithLinksSchema
from schemas.search.fields import Meters
from schemas.vocabulary.limits import DESCRIPTION_LIMIT

LEAST_ACCURATE = 100_000
"""Meters. A location with a larger error is unusable."""

REPORTER_FIELDS = ("email", "device_id", "account_id", "first_name", "last_name", "phone")
"""Fields about the requester: personal data, stored separately and never public."""

NO_ADDRESS_IDS = ("#NOTPINPOINTED#", "0")
"""Values of address_id that mean none; FixMyStreet sends the first one (spec 7.2)."""


class PlaceSchema(ParametersSchema):
    """A location in degrees on WGS 84."""

    lat = Degrees(90, required=True)
    long = Degrees(180, required=True)


class SubmissionSchema(WithLinksSchema):
    """The parameters that do not depend on the service, in the order of error messages."""

    service_code = Text(
        200,
        required=True,
        error_messages={"required": "service_code.required"},
        **says("Code of a service, from the service list."),
    )
    lat = Degrees(90, **says("Latitude in degrees on WGS 84; together with long."))
    long = Degrees(180, **says("Longitude in degrees on WGS 84; together with lat."))
    accuracy = Meters(
        LEAST_ACCURATE,
        load_default=None,
        **says("Accuracy of the location in meters, as measured by the device. An extension."),
    )
    address_string = Text(
        1000,
        load_default="",
        **says(
            "The address as typed, the most specific part first. Sufficient without lat and long."
        ),
    )
    address_id = Text(
        200,
        load_default="",
        **says("An address_id from addresses. Sufficient without lat and long."),
    )
    zipcode = Text(20, load_default="", **says("Postal code."))
    description = Text(
        DESCRIPTION_LIMIT,
        load_default="",
        **says("Description of the problem, as plain text with line breaks. Public."),
    )
    media_url = WebAddresses(2000, load_default=[], **says("URLs of photos. Public."))
    email = Text(320, load_default="", **says("About the requester. Never public."))
    device_id = Text(200, load_default="", **says("About the device. Never public."))
    account_id = Text(200, load_default="", **says("About the requester. Never public."))
    first_name = Text(200, load_default="", **says("About the requester. Never public."))
    last_name = Text(200, load_default="", **says("About the requester. Never public."))
    phone = Text(100, load_default="", **says("About the requester. Never public."))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def require_place(self, _data: dict[str, Any], values: Values, **_: Any) -> None:
        """Require lat and long together, or an address; an invalid value has its own error."""
        sent = filled_in(values).keys() & {"lat", "long", "address_string", "address_id"}
        if "lat" in sent and "long" not in sent:
            raise Invalid("place.long_missing", "long")
        if "long" in sent and "lat" not in sent:
            raise Invalid("place.lat_missing", "lat")
        none_known = sent == {"address_id"} and values["address_id"][0].strip() in NO_ADDRESS_IDS
        if not sent or none_known:
            raise Invalid("place.required", "lat")

    @post_load
    def drop_what_is_no_place(self, submission: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop an address_id that means none, and 0/0 of an app without a position.

        0/0 is a location unless there is an address.
        """
        address_id = submission["address_id"].strip()
        kept = {**submission, "address_id": "" if address_id in NO_ADDRESS_IDS else address_id}
        has_address = bool(kept["address_string"] or kept["address_id"])
        if has_address and kept.get("lat") == 0 and kept.get("long") == 0:
            del kept["lat"], kept["long"]
        return kept


_SUBMISSION = SubmissionSchema()  # kept: making a schema takes longer than using it


def load_submission(values: Values, questions: Sequence[Question], zone: tzinfo) -> dict[str, Any]:
    """Validate a submission and the answers to its service's questions together.

    Returns the fields of SubmissionSchema (lat and long only if sent) and answers: the code of each
    answered question with its value, a list of values for a multivaluelist. zone applies to times
    without one. Raises InvalidTogether with all problems, in the order of the fields.
    """
    asked = answers_schema(tuple(questions), zone)
    sent = filled_in(values)
    if "address" in sent:  # its name in responses
        sent.setdefault("address_string", sent["address"])
    submission, problems = _load(_SUBMISSION, sent)
    answers, more_problems = _load(asked, gather_answers(sent, questions))
    if problems or more_problems:
        raise InvalidTogether([*problems, *more_problems])
    return {**submission, "answers": by_code(answers, questions)}


def load_answers(values: Values, questions: Sequence[Question], zone: tzinfo) -> dict[str, Any]:
    """Validate answers alone, and return them by code; raises InvalidTogether."""
    asked = answers_schema(tuple(questions), zone)
    answers, problems = _load(asked, gather_answers(values, questions))
    if problems:
        raise InvalidTogether(problems)
    return by_code(answers, questions)


def _load(schema: Schema, values: Any) -> tuple[dict[str, Any], list[Problem]]:
    try:
        return dict(schema.load(values)), []
    except ValidationError as error:
        return {}, list(list_problems(error, data_keys(schema)))
