"""Forms of the administration pages, except those that are rows of a seed folder."""

from collections.abc import Sequence
from typing import Any

from marshmallow import post_load, validate

from schemas.base import ParametersSchema, check_together
from schemas.errors import Invalid
from schemas.fields import Choice, Degrees, Flag, Repeated, Text, says
from schemas.requests.residents import EmailAddress
from schemas.vocabulary.rights import RIGHT_CODES

ROLES = ("viewer", "department", "dispatcher", "administrator")


class RoleSchema(ParametersSchema):
    """A role, with the code of a department if the role requires one."""

    role = Choice(ROLES, required=True, error_messages={"required": "role.required"})
    department = Text(100, load_default=None)


class NewUserSchema(RoleSchema):
    """A new user."""

    name = Text(100, required=True, error_messages={"required": "name.required"})
    full_name = Text(200, load_default="")
    openid = Flag(load_default=False)
    email = EmailAddress(320, load_default="")
    invite = Flag(load_default=False)


def _check_rights(codes: Sequence[str]) -> None:
    if not set(codes) <= set(RIGHT_CODES):
        raise Invalid("field.choice", choices=RIGHT_CODES)


class KeySchema(ParametersSchema):
    """An API key: its name, and the codes of its rights."""

    name = Text(200, required=True, error_messages={"required": "name.required"})
    rights = Repeated(
        100,
        required=True,
        validate=_check_rights,
        error_messages={"required": "rights.required"},
    )


class NameSchema(ParametersSchema):
    """The name of an object."""

    name = Text(
        200,
        required=True,
        validate=validate.Regexp(r".*\S", error="name.required"),
        error_messages={"required": "name.required"},
    )


MOST_OPTIONS = 500


def read_options(text: str) -> list[tuple[str, str]]:
    """Parse the options of a list, KEY=Name on each line; raise ValidationError."""
    options: list[tuple[str, str]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        key, equals, name = (part.strip() for part in line.partition("="))
        if not equals or not key or not name or len(key) > 100 or len(name) > 500:
            raise Invalid("options.format", "options", line=line[:50])
        options.append((key, name))
    _check(options)
    return options


def _check(options: Sequence[tuple[str, str]]) -> None:
    keys = [key for key, _name in options]
    if len(set(keys)) < len(keys):
        raise Invalid("options.repeated", "options")
    if len(options) > MOST_OPTIONS:
        raise Invalid("options.too_many", "options", limit=MOST_OPTIONS)


class LocaleSchema(ParametersSchema):
    """The language of the texts of services, as a tag of BCP 47; None for the usual one."""

    locale = Text(
        35,
        load_default=None,
        **says(
            "Language of names, descriptions, and questions, such as es; otherwise that of "
            "Accept-Language. Texts that the city has not translated stay as they are."
        ),
    )


class ServiceFiltersSchema(LocaleSchema):
    """The point to list services for, in degrees on WGS 84; None if none was sent."""

    lat = Degrees(
        90, load_default=None, **says("Latitude, to list services for a location; with long.")
    )
    long = Degrees(
        180, load_default=None, **says("Longitude, to list services for a location; with lat.")
    )

    extensions = Flag(
        load_default=False,
        **says("true adds the department and the due date for a request at the location."),
    )

    @post_load
    def check_place(self, place: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Require both coordinates or none."""
        check_together(place, ("lat", "long"))
        return place
