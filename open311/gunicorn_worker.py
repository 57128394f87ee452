"""Threaded gunicorn worker that answers its own errors with GeoReport error lists (spec 1.8).

Requests that gunicorn rejects, such as those with a URL that is too long or a broken header,
never reach the application. Gunicorn's own error page would be HTML, and its log line would
quote the query.
"""

import contextlib
import socket
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from open311.web.formats import CONTENT_TYPES, RENDERERS

# Exception types, status, and sentence for invalid HTTP. The first match counts.
REFUSALS = (
    (
        LimitRequestLine,
        "414 URI Too Long",
        "The URL is longer than {limit:,} bytes. Send fewer parameters.",
    ),
    (
        LimitRequestHeaders,
        "431 Request Header Fields Too Large",
        "The HTTP headers are too many or too long.",
    ),
    (ParseException, "400 Bad Request", "This is not a valid HTTP request."),
)
FAILURE = ("400 Bad Request", "The server could not process this request. Try again.")


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn worker that answers invalid HTTP with a sentence and logs the type of error."""

    def handle_error(self, req: Any, client: socket.socket, _addr: Any, exc: Exception) -> None:
        """Answer an error that occurred outside the application."""
        status, sentence = next(
            ((status, sentence) for kind, status, sentence in REFUSALS if isinstance(exc, kind)),
            FAILURE,
        )
        self.log.warning("Refused with %s: %s", status, type(exc).__name__)
        format = "json" if str(getattr(req, "path", "")).endswith(".json") else "xml"
        sentence = sentence.format(limit=self.cfg.limit_request_line)
        errors = [{"code": int(status[:3]), "description": sentence}]
        body = RENDERERS[format]("errors", errors)
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPES[format]}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):  # the client may have disconnected
            client.sendall(head.encode("ascii") + body)
