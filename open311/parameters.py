"""Parameters of the HTTP request at hand: from its body and its query, unparsed or parsed."""

from collections.abc import Iterable
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.routing import PathConverter

from open311.errors import InvalidParameters
from open311.queries.jurisdictions import JurisdictionInfo, get_jurisdiction
from schemas.base import Values, sentences
from schemas.fields import printable


class OpaqueConverter(PathConverter):
    """An id or code in a path: any text, slashes included, that is the standard's to choose."""

    def to_python(self, value: str) -> str:
        """Drop what neither XML nor PostgreSQL can hold."""
        return printable(value)


def sent_values() -> dict[str, list[str]]:
    """Give all values of each parameter: those of the body, else those of the query.

    Characters that neither XML nor PostgreSQL can hold, NUL among them, are dropped.
    """
    sent = {**request.args.to_dict(flat=False), **request.form.to_dict(flat=False)}
    return {name: [printable(text) for text in texts] for name, texts in sent.items()}


def first(values: Values, name: str) -> str | None:
    """Give the first value of a parameter; None if it is absent or empty (spec 1.5)."""
    filled = (text.strip() for text in values.get(name, ()))
    return next((text for text in filled if text), None)


def chosen_jurisdiction(values: Values) -> JurisdictionInfo:
    """Get the jurisdiction that jurisdiction_id names, or the only one there is."""
    return get_jurisdiction(first(values, "jurisdiction_id"))


def parse(schema: Schema, values: Values) -> dict[str, Any]:
    """Load parameters; raises InvalidParameters with a sentence for each that cannot be used."""
    try:
        return dict(schema.load(values))
    except ValidationError as error:
        raise invalid(sentences(error, list(schema.fields))) from None


def invalid(problems: Iterable[str]) -> InvalidParameters:
    """Give the error for these sentences."""
    return InvalidParameters(*problems)
