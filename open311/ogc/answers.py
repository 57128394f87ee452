"""Links and responses of OGC API."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from flask import Response

from open311.web.parameters import public_address

JSON = "application/json"

SCHEMA = "application/schema+json"

ROOT = "/ogc"

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def answer(content: Any, content_type: str = JSON) -> Response:
    return Response(orjson.dumps(content, option=_OPTIONS), content_type=content_type)


def address(*parts: str) -> str:
    """Return the absolute URL of a resource below the landing page."""
    path = "/".join(quote(part, safe="") for part in parts)
    return f"{public_address()}{ROOT}/{path}" if path else f"{public_address()}{ROOT}"


def link(relation: str, href: str, title: str = "", content_type: str = JSON) -> dict[str, Any]:
    """Return a link object (RFC 8288)."""
    titled = {"title": title} if title else {}
    return {"rel": relation, "href": href, "type": content_type, **titled}


def with_query(href: str, values: Mapping[str, Sequence[str]], **more: str) -> str:
    """Return a URL with the query as it was sent, some parameters replaced or added."""
    kept = [(name, one) for name, sent in values.items() for one in sent if name not in more]
    return f"{href}?{urlencode([*kept, *more.items()])}"


def keep_apart(response: Response) -> Response:
    """Prevent shared caching of a response, because staff see more than others."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Authorization", "Cookie"))
    return response
