"""A problem: a message with its values, from the app, or as a key from geo or schemas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from marshmallow import ValidationError

from geo.errors import GeoError
from geo.notices import Notice
from open311.messages import CATALOG
from open311.messages.message import Message
from schemas.errors import list_problems


@dataclass(frozen=True)
class Problem:
    """A message, the values of its text, and its field, empty for none.

    label is that of the field on the page, if it is not the usual one of FIELD_LABELS.

    A value is a text, number, area, date, time, another problem, a list of these, or an object
    whose str is its text for API clients and commands.
    """

    message: Message
    values: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""
    label: str = ""

    @classmethod
    def of(cls, one: GeoError | Notice) -> Self:
        """Return an error or a notice of geo with its message."""
        values = {
            name: cls.of(value) if isinstance(value, GeoError | Notice) else value
            for name, value in one.values.items()
        }
        return cls(CATALOG[one.key], values, one.field if isinstance(one, GeoError) else "")


def problems_in(error: ValidationError, order: Sequence[str] = ()) -> list[Problem]:
    """List the problems of a validation error, those of the fields in order first."""
    return [Problem(CATALOG[one.key], one.values, one.field) for one in list_problems(error, order)]
