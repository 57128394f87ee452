"""A JSON object as a form, for clients that send application/json."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from open311.errors import InvalidParameters
from open311.messages.access import JSON_MALFORMED, JSON_TOO_DEEP
from schemas.fields import printable

_LONGEST_NAME = 100  # characters that an error quotes


def parse_json(text: str) -> dict[str, list[str]]:
    """Return an object in JSON as a form: {"a": {"b": 1, "c": [2, 3]}} as a[b]=1&a[c]=2&a[c]=3.

    null is an absent value. Raises InvalidParameters if it is malformed or nested deeper.
    """
    try:
        # Numbers stay text, as in a form: 39.7137 keeps its decimals, and 1e999 is never computed.
        document = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise InvalidParameters(JSON_MALFORMED) from None
    if not isinstance(document, dict):
        raise InvalidParameters(JSON_MALFORMED)
    return {name: texts for name, texts in _fields(document) if texts}


def _fields(document: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, value in document.items():
        if isinstance(value, dict):
            for key, inner in value.items():
                yield f"{printable(name)}[{printable(key)}]", _texts(inner, name)
        else:
            yield printable(name), _texts(value, name)


def _texts(value: Any, name: str) -> list[str]:
    """Return the values of a field; raises InvalidParameters for a value inside several others."""
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, dict | list) for text in texts):
        raise InvalidParameters(JSON_TOO_DEEP, field=printable(name)[:_LONGEST_NAME])
    return [_text(text) for text in texts if text is not None]


def _text(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(value)
