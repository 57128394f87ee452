"""The schema all parameters share, and its error messages as sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, pre_load


class ParametersSchema(Schema):
    """Parameters of a request: unknown ones are ignored, and empty means absent (spec 1.5)."""

    class Meta:
        """Options of marshmallow."""

        unknown = EXCLUDE

    @pre_load
    def drop_empty(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Drop parameters that were sent without a value."""
        return {
            name: value
            for name, value in data.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }


def sentences(error: ValidationError) -> Iterator[str]:
    """Give the messages of a validation error as sentences, each naming its parameter."""
    messages = error.messages_dict if isinstance(error.messages, dict) else {"": error.messages}
    for name, texts in messages.items():
        for text in _flatten(texts):
            yield text if name in ("", "_schema") or name in text else f"{name}: {text}"


def _flatten(texts: Any) -> Iterator[str]:
    if isinstance(texts, dict):
        for nested in texts.values():
            yield from _flatten(nested)
    elif isinstance(texts, list):
        for nested in texts:
            yield from _flatten(nested)
    else:
        yield str(texts)
