"""Parameters of an HTTP request, from its body and its query."""

from functools import lru_cache
from typing import Any

from flask import current_app, request
from marshmallow import Schema, ValidationError
from werkzeug.routing import PathConverter
from werkzeug.sansio.utils import get_current_url

from open311.errors import InvalidParameters
from open311.messages.problem import problems_in
from open311.queries.city import City
from open311.queries.jurisdictions import Scope, choose_jurisdiction
from open311.web.bodies import sent
from open311.web.freshness import snapshot
from schemas.base import Values, data_keys
from schemas.fields import printable

ENDPOINT = "/open311/v2"

TEST_ENDPOINT = "/open311/test/v2"


class OpaqueConverter(PathConverter):
    """An id or code in a path: any text that the standard allows, including slashes."""

    def to_python(self, value: str) -> str:
        """Remove characters that neither XML nor PostgreSQL can hold."""
        return printable(value)


# Names that some clients use for a parameter (spec 1.5, 7.2), and the standard's name.
ALIASES = {"lon": "long", "lng": "long", "deviceid": "device_id"}


def sent_values() -> dict[str, list[str]]:
    """Return all values of each parameter, from the body or else from the query.

    Characters that neither XML nor PostgreSQL can hold, such as NUL, are removed.
    """
    values = {
        printable(name): [printable(text) for text in texts]
        for name, texts in sent().values.items()
    }
    for alias, name in ALIASES.items():
        if alias in values and first(values, name) is None:
            values[name] = values[alias]
    return values


def first(values: Values, name: str) -> str | None:
    """Return the first value of a parameter; None if it is absent or empty (spec 1.5)."""
    filled = (text.strip() for text in values.get(name, ()))
    return next((text for text in filled if text), None)


def chosen_jurisdiction(values: Values) -> Scope:
    """Return the jurisdiction that jurisdiction_id names, or the only one.

    At the test endpoint, it is the sandbox of that jurisdiction.
    """
    return seen_here(chosen_city(values))


def seen_here(city: City) -> Scope:
    """Return the jurisdiction of a city as this HTTP request asks for it, maybe its sandbox."""
    return city.seen(for_sandbox(), public_address())


def chosen_city(values: Values) -> City:
    """Return the snapshot of the city that jurisdiction_id names, or of the only one."""
    cities = snapshot().cities
    return cities[choose_jurisdiction(cities, first(values, "jurisdiction_id"))]


def for_sandbox() -> bool:
    """Return whether this HTTP request came to the test endpoint."""
    return request.path.startswith(f"{TEST_ENDPOINT}/")


def public_address() -> str:
    """Return the public URL of this server: as set, or else as this client used it.

    It has no path and no trailing slash.
    """
    return str(current_app.config["OPEN311_PUBLIC_URL"] or _address(request.scheme, request.host))


@lru_cache(maxsize=64)
def _address(scheme: str, host: str) -> str:
    """Return a URL as request.host_url does, whose making costs more than all of the parameters."""
    return get_current_url(scheme, host).rstrip("/")


def parse(schema: Schema, values: Values) -> dict[str, Any]:
    """Return parsed parameters; raises InvalidParameters with a problem for each invalid one."""
    try:
        return dict(schema.load(values))
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error, data_keys(schema))) from None
