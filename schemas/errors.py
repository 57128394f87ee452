"""Validation problems: a message key and values; callers write the sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.exceptions import SCHEMA


@dataclass(frozen=True)
class Problem:
    """A message key, the values for its sentence, and the field concerned, if any."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""


class Invalid(ValidationError):
    """The error of fields and schemas; pass field only where marshmallow does not know it."""

    def __init__(self, key: str, field: str = SCHEMA, **values: Any) -> None:
        super().__init__([Problem(key, values)], field)


class InvalidTogether(ValidationError):
    """Several problems at once, each with its field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__([*problems])


_KEYS = {"required": "field.required", "null": "field.required"}


class KeyedSchema(Schema):
    """A schema whose validation messages are message keys."""

    error_messages: dict[str, str] = {"type": "object.required", "unknown": "column.unknown"}

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Replace each English message of marshmallow by a key."""
        field_obj.error_messages = {
            name: _KEYS.get(name, "field.invalid") if " " in text else text
            for name, text in field_obj.error_messages.items()
        }


def list_problems(error: ValidationError, order: Sequence[str] = ()) -> list[Problem]:
    """List the problems of a validation error, ordered by the fields in order.

    A plain string among its messages is a key without values, as set by error_messages.
    """
    messages = (
        error.messages if isinstance(error.messages, dict) else {error.field_name: error.messages}
    )
    rank = {name: place for place, name in enumerate(order)}
    problems = [one for name in messages for one in _problems_of(name, messages[name])]
    return sorted(problems, key=lambda one: rank.get(one.field, len(rank)))


def _problems_of(name: str, messages: Any) -> Iterator[Problem]:
    for one in _flatten(messages):
        problem = one if isinstance(one, Problem) else Problem(str(one))
        own = problem.field or ("" if name == SCHEMA else name)
        yield Problem(problem.key, problem.values, own)


def _flatten(messages: Any) -> Iterator[Any]:
    if isinstance(messages, Mapping):
        messages = list(messages.values())
    if isinstance(messages, list):
        for nested in messages:
            yield from _flatten(nested)
    else:
        yield messages
