"""Every error as a GeoReport error list, in the format of the URL (spec 1.8)."""

import logging
from collections.abc import Iterable

from flask import Flask, Response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from geo.errors import InvalidFilter
from open311.errors import (
    ApiKeyRejected,
    ChangedMeanwhile,
    Conflict,
    Gone,
    IdempotencyKeyReused,
    InvalidParameters,
    NotAllowed,
    NotFound,
    Objected,
    Open311Error,
    OutsideServiceArea,
    SignInRefused,
)
from open311.logs import log_failure
from open311.web.formats import respond
from open311.web.languages import in_language, language
from open311.web.page_policy import protect
from open311.web.rate_limit import seconds_to_wait
from schemas.requests.documents import ErrorSchema

STATUS_OF = {
    ApiKeyRejected: 403,
    ChangedMeanwhile: 409,
    NotAllowed: 403,
    Conflict: 400,
    Gone: 410,
    IdempotencyKeyReused: 409,
    InvalidParameters: 400,
    NotFound: 404,
    Objected: 400,
    OutsideServiceArea: 400,
    SignInRefused: 401,
}

# Sentences for what goes wrong before a view is reached; any other status keeps its HTTP name.
SENTENCE_OF = {
    400: "The request cannot be read: send parameters as form fields in UTF-8.",
    404: "There is nothing at {path}. The API lies at /open311/v2 and each address ends in .xml "
    "or .json, as in /open311/v2/services.xml; /open311/discovery.xml describes it.",
    405: "{method} is not possible at {path}: use {allowed}.",
    413: "What was sent is too large: at most {limit} bytes are taken.",
    414: "The address is too long.",
}

log = logging.getLogger(__name__)


def register_error_handlers(app: Flask) -> None:
    """Let every error of the application leave in the standard's form."""
    app.register_error_handler(Open311Error, _answer_own)
    app.register_error_handler(InvalidFilter, _answer_filter)
    app.register_error_handler(OperationalError, _answer_operational)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(CSRFError, _answer_forgery)
    app.register_error_handler(RateLimitExceeded, _answer_too_many)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_own(error: Open311Error) -> Response:
    response = _respond(STATUS_OF[type(error)], error.sentences)
    if isinstance(error, SignInRefused):
        response.www_authenticate = WWWAuthenticate("basic", {"realm": "Open311"})
    return response


def _answer_filter(error: InvalidFilter) -> Response:
    return _respond(400, [str(error)])


def _answer_operational(error: OperationalError) -> Response:
    """Answer what the database could not do; it may have been asked for too much."""
    if getattr(error.orig, "sqlstate", None) != _QUERY_CANCELED:
        return _answer_unexpected(error)
    return _respond(400, ["This takes too long: ask for a smaller area, less time, or fewer rows."])


_QUERY_CANCELED = "57014"


def _answer_http(error: HTTPException) -> Response:
    code = error.code or 400
    if isinstance(error, RequestEntityTooLarge):
        _discard_body()
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    sentence = SENTENCE_OF.get(code, f"{error.name}.").format(
        path=request.path,
        method=request.method,
        allowed=headers.get("Allow", ""),
        limit=f"{request.max_content_length or 0:,}",
    )
    response = _respond(code, [sentence])
    response.headers.update(headers)
    return response


def _answer_forgery(_error: CSRFError) -> Response:
    return _respond(
        400, ["This form is too old, or not from here: load the page and send it again."]
    )


def _answer_too_many(error: RateLimitExceeded) -> Response:
    seconds = seconds_to_wait()
    sentence = (
        f"Too many requests came with this API key or from this address: {error.limit.limit} "
        f"are taken. Please try again in {seconds} seconds."
    )
    response = _respond(429, [sentence])
    response.headers["Retry-After"] = str(seconds)
    return response


def _answer_unexpected(error: Exception) -> Response:
    """Answer 400, which is what the standard sets for a failure of the back end (spec 1.8)."""
    reference = log_failure(log, f"{request.method} {request.path}", error)
    sentence = (
        "The report server could not do this just now. Please try again later; "
        f"if it stays so, tell the city this reference: {reference}."
    )
    return _respond(400, [sentence])


ENDS_IN_JSON = (".json", ".geojson", "/routing/explain")
"""How the paths end whose answers are JSON, errors included."""


def _respond(code: int, sentences: Iterable[str]) -> Response:
    if request.path.startswith("/ogc"):
        return _respond_to_ogc(code, sentences)
    if request.path.startswith("/staff"):
        told = [in_language(sentence) for sentence in sentences]
        body = render_template("staff/problem.html", sentences=told, language=language)
        return protect(Response(body, code))
    format = "json" if request.path.endswith(ENDS_IN_JSON) else "xml"
    errors = [{"code": code, "description": sentence} for sentence in sentences]
    return respond(format, "errors", ErrorSchema(many=True).dump(errors), code)


def _respond_to_ogc(code: int, sentences: Iterable[str]) -> Response:
    """Answer as OGC API has it, with one object (OGC 17-069r4, 7.5.1)."""
    error = {"code": str(code), "description": " ".join(sentences)}
    return respond("json", "error", error, code)


_MOST_DISCARDED = 200_000_000  # bytes


def _discard_body() -> None:
    """Read on, so that the client has sent all and is ready to hear the answer."""
    left = min(request.content_length or 0, _MOST_DISCARDED)
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(left, 65_536))):
        left -= len(chunk)
