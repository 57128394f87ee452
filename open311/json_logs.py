"""Lines of a log as JSON objects, and the id of the HTTP request that they are about."""

import logging
import re
import secrets
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import has_request_context, request

ENDPOINT_KEY = "open311.endpoint"
"""The key of the WSGI environment with the endpoint of an HTTP request, for gunicorn's log."""

_REQUEST_ID = "open311.request_id"
_VALID = re.compile(r"[\w.-]{8,64}", re.ASCII)


def request_id(environ: dict[str, Any], *, trusted: bool) -> str:
    """Return the id of an HTTP request: what a trusted proxy sent as X-Request-ID, or a new one."""
    if _REQUEST_ID not in environ:
        sent = environ.get("HTTP_X_REQUEST_ID", "") if trusted else ""
        environ[_REQUEST_ID] = sent if _VALID.fullmatch(sent) else secrets.token_hex(16)
    found: str = environ[_REQUEST_ID]
    return found


class JsonFormatter(logging.Formatter):
    """Formatter of a record as one JSON object in one line; fields come from extra["fields"]."""

    def __init__(self, *, trusted: bool) -> None:
        """Prepare for requests with ids of their own, or with those of a trusted proxy."""
        super().__init__()
        self._trusted = trusted

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **self._of_request(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z).decode()

    def _of_request(self) -> dict[str, str | None]:
        if not has_request_context():
            return {}
        name = request_id(request.environ, trusted=self._trusted)
        return {"request_id": name, "endpoint": request.endpoint}
