"""Links and answers of OGC API."""

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
    """Answer with JSON."""
    return Response(orjson.dumps(content, option=_OPTIONS), content_type=content_type)


def address(*parts: str) -> str:
    """Give the address of a resource below the landing page."""
    path = "/".join(quote(part, safe="") for part in parts)
    return f"{public_address()}{ROOT}/{path}" if path else f"{public_address()}{ROOT}"


def link(relation: str, href: str, title: str = "", content_type: str = JSON) -> dict[str, Any]:
    """Give a link (RFC 8288)."""
    titled = {"title": title} if title else {}
    return {"rel": relation, "href": href, "type": content_type, **titled}


def with_query(href: str, values: Mapping[str, Sequence[str]], **more: str) -> str:
    """Give an address with its query as it was sent, and more."""
    kept = [(name, one) for name, sent in values.items() for one in sent if name not in more]
    return f"{href}?{urlencode([*kept, *more.items()])}"


def keep_apart(response: Response) -> Response:
    """Let no cache show to one what was for another: staff see more."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Authorization", "Cookie"))
    return response
