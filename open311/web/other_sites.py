"""Answers to programs, which pages of other sites may read (Fetch, CORS protocol).

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

import re

from flask import Flask, Response, request

from open311.web.links import EXPOSED
from open311.web.site import API_PATHS

_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(
        sorted((*EXPOSED, "Idempotency-Replayed", "Retry-After"))
    ),
}
_PATHS = re.compile(API_PATHS)


def open_api_to_other_sites(app: Flask) -> None:
    """Let pages of other sites read what is for programs, and nothing else."""
    app.after_request(_open)


def _open(response: Response) -> Response:
    if _PATHS.match(request.path):
        response.headers.extend(_OPEN)
        if request.method == "OPTIONS":
            response.headers.extend(_preflight())
    return response


def _preflight() -> dict[str, str]:
    """Return the headers that tell a browser whether a page may send what it asks about."""
    asked = request.headers
    found = {}
    if asked.get("Access-Control-Request-Private-Network") == "true":
        found["Access-Control-Allow-Private-Network"] = "false"
    if asked.get("Access-Control-Request-Method", "").upper() in _METHODS:
        found["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
        if names := asked.get("Access-Control-Request-Headers"):
            allowed = sorted(name.strip() for name in names.split(","))
            found["Access-Control-Allow-Headers"] = ", ".join(allowed)
    return found
