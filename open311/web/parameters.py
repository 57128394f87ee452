"""Parameters of the HTTP request at hand: from its body and its query, unparsed or parsed."""

from dataclasses import replace
from typing import Any

from flask import current_app, request
from marshmallow import Schema, ValidationError
from werkzeug.routing import PathConverter

from open311.errors import InvalidParameters
from open311.messages.problem import problems_in
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.web.bodies import sent
from schemas.base import Values, data_keys
from schemas.fields import printable

ENDPOINT = "/open311/v2"

TEST_ENDPOINT = "/open311/test/v2"


class OpaqueConverter(PathConverter):
    """An id or code in a path: any text, slashes included, that is the standard's to choose."""

    def to_python(self, value: str) -> str:
        """Drop what neither XML nor PostgreSQL can hold."""
        return printable(value)


# What some clients call a parameter (spec 1.5, 7.2), and its name in the standard.
ALIASES = {"lon": "long", "lng": "long", "deviceid": "device_id"}


def sent_values() -> dict[str, list[str]]:
    """Give all values of each parameter: those of the body, else those of the query.

    Characters that neither XML nor PostgreSQL can hold, NUL among them, are dropped.
    """
    values = {
        printable(name): [printable(text) for text in texts]
        for name, texts in sent().values.items()
    }
    for alias, name in ALIASES.items():
        if name not in values and alias in values:
            values[name] = values[alias]
    return values


def first(values: Values, name: str) -> str | None:
    """Give the first value of a parameter; None if it is absent or empty (spec 1.5)."""
    filled = (text.strip() for text in values.get(name, ()))
    return next((text for text in filled if text), None)


def chosen_jurisdiction(values: Values) -> Scope:
    """Get the jurisdiction that jurisdiction_id names, or the only one there is.

    At the test endpoint that is its sandbox.
    """
    jurisdiction = get_jurisdiction(first(values, "jurisdiction_id"))
    return replace(jurisdiction, sandbox=for_sandbox(), public_url=public_address())


def for_sandbox() -> bool:
    """Tell whether the HTTP request at hand came to the test endpoint."""
    return request.path.startswith(f"{TEST_ENDPOINT}/")


def public_address() -> str:
    """Give the address the public reaches this server at: as set, else as this client did.

    It has no path, and no slash at its end.
    """
    return str(current_app.config["OPEN311_PUBLIC_URL"] or request.host_url.rstrip("/"))


def parse(schema: Schema, values: Values) -> dict[str, Any]:
    """Load parameters; raises InvalidParameters with a problem for each that cannot be used."""
    try:
        return dict(schema.load(values))
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error, data_keys(schema))) from None
