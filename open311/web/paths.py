"""Correction of paths that clients join incorrectly, without a redirect."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from open311.web.bodies import decode

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SLASHES = re.compile("//+")
_MISSING_SLASH = re.compile(r"^(/open311/(?:test/)?v2)(?=[a-z])")


def normalized(path: str) -> str:
    """Return a path with single slashes, and one after the endpoint (spec 1.1)."""
    return _MISSING_SLASH.sub(r"\1/", _SLASHES.sub("/", path) if "//" in path else path)


class NormalizedPaths:
    """WSGI middleware that answers //services.xml and v2services.xml as /v2/services.xml.

    Percent-encoded Latin-1 in a path becomes UTF-8, which the rest of the application expects.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.isascii():
            path = decode(path.encode("latin-1"))  # how WSGI passes octets
        environ["PATH_INFO"] = normalized(path).encode().decode("latin-1")
        return self.app(environ, start_response)
