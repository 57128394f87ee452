"""Error responses: GeoReport error lists in the format of the URL (spec 1.8)."""

import logging
import re
from collections.abc import Callable, Sequence

from flask import Flask, Response, current_app, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadHost, HTTPException

from geo.errors import InvalidFilter
from open311.database_hosts import has_several_hosts
from open311.errors import (
    ApiKeyRejected,
    Busy,
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
    ProofRefused,
    SignInDelayed,
    SignInRefused,
    StoreUnavailable,
    TooManyReports,
)
from open311.logs import log_failure, mask_secrets
from open311.messages.access import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    FORM_EXPIRED,
    HTTP_ERROR,
    METHOD_NOT_ALLOWED,
    PATH_UNKNOWN,
    QUERY_TOO_SLOW,
    SERVER_BUSY,
    SERVER_FAILED,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    URL_TOO_LONG,
)
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentence, api_sentences
from open311.operations.transaction import (
    DEADLOCK_DETECTED,
    LOCK_NOT_AVAILABLE,
    QUERY_CANCELED,
    SERIALIZATION_FAILURE,
)
from open311.web.formats import respond
from open311.web.page_policy import protect, protect_site_page
from open311.web.page_problems import page_problems
from open311.web.parameters import ENDPOINT, TEST_ENDPOINT
from open311.web.rate_limit import seconds_to_wait
from open311.web.site import API_PATHS, has_site, site_page
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
    ProofRefused: 400,
    SignInDelayed: 429,
    SignInRefused: 401,
    TooManyReports: 429,
}

MESSAGE_OF = {
    400: BAD_REQUEST,
    404: PATH_UNKNOWN,
    405: METHOD_NOT_ALLOWED,
    413: BODY_TOO_LARGE,
    414: URL_TOO_LONG,
}
"""Messages of errors that occur before a view is reached."""

_STAFF_PAGE = "staff_problem_page"

log = logging.getLogger(__name__)


ProblemPage = Callable[[int, Sequence[Problem]], str]


def register_error_handlers(app: Flask, staff_page: ProblemPage) -> None:
    """Register handlers that render every error in the standard's format.

    staff_page makes the page of an error under /staff, from its status code and its problems.
    """
    app.extensions[_STAFF_PAGE] = staff_page
    app.register_error_handler(Open311Error, _answer_own)
    app.register_error_handler(InvalidFilter, _answer_filter)
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(DataError, _answer_data)
    app.register_error_handler(NoConnectionFree, _answer_no_connection)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(CSRFError, _answer_forgery)
    app.register_error_handler(RateLimitExceeded, _answer_too_many)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_own(error: Open311Error) -> Response:
    if isinstance(error, Busy):
        return _respond_for_now(error.problems, BUSY_SECONDS)
    if isinstance(error, StoreUnavailable):
        return _respond_for_now(error.problems, OUTAGE_SECONDS)
    response = _respond(STATUS_OF[type(error)], error.problems, _seconds_of(error))
    if isinstance(error, SignInRefused):
        response.www_authenticate = WWWAuthenticate("basic", {"realm": "Open311"})
    return response


def _seconds_of(error: Open311Error) -> int | None:
    """Return the seconds after which the same request may succeed; None if it never does."""
    if isinstance(error, SignInDelayed):
        return 60 * error.minutes
    return error.seconds if isinstance(error, TooManyReports) else None


def _answer_filter(error: InvalidFilter) -> Response:
    return _respond(400, [Problem.of(error)])


BUSY_SECONDS = 5
OUTAGE_SECONDS = 30
FAILOVER_SECONDS = 5
"""What Retry-After says: long enough for another transaction, for a restart of the database, and
until another of its hosts may be the primary.
"""


_OF_OTHERS = (LOCK_NOT_AVAILABLE, SERIALIZATION_FAILURE, DEADLOCK_DETECTED)
"""States of statements that fail because of other transactions."""

_NO_DATABASE = ("08", "57P0", "53300")
"""Starts of states without a connection, or at the end of one (PostgreSQL, Appendix A)."""


def _answer_database(error: DBAPIError) -> Response:
    """Answer a query that takes too long, a conflict, an outage, or another database error.

    An outage concerns every HTTP request, so each gets one log line, without a stack.
    """
    state = getattr(error.orig, "sqlstate", None)
    if state == QUERY_CANCELED:
        return _respond(400, [Problem(QUERY_TOO_SLOW)])
    if state in _OF_OTHERS:
        return _respond_for_now([Problem(SERVER_BUSY)], BUSY_SECONDS)
    if not _is_outage(error, state):
        return _answer_unexpected(error)
    path = mask_secrets(request.path)
    log.error("%s %s: no database, state %s", request.method, path, state or "unknown")
    may_fail_over = has_several_hosts(current_app.config["DATABASE_URL"])
    return _respond_for_now(
        [Problem(UNAVAILABLE)], FAILOVER_SECONDS if may_fail_over else OUTAGE_SECONDS
    )


def _is_outage(error: DBAPIError, state: str | None) -> bool:
    if error.connection_invalidated:
        return True
    return isinstance(error, OperationalError) and (state is None or state.startswith(_NO_DATABASE))


def _answer_data(error: DataError) -> Response:
    """Answer a value that a filter computed in the database and that is out of range there."""
    key = _OUT_OF_RANGE.get(str(getattr(error.orig, "sqlstate", "")))
    if key is None or not request.path.startswith("/ogc"):
        return _answer_unexpected(error)
    return _answer_filter(InvalidFilter(key, field="filter"))


# Numbers, times, and patterns of LIKE (PostgreSQL, Appendix A).
_OUT_OF_RANGE = {"22003": "filter.number", "22008": "filter.timestamp", "22025": "filter.like"}


_OF_THE_STANDARD = (ENDPOINT, TEST_ENDPOINT, "/open311/discovery", "/routing")


def _respond_for_now(problems: Sequence[Problem], seconds: int) -> Response:
    """Answer that the same request may succeed later: 503, or 400 where the standard wants it."""
    code = 400 if request.path.startswith(_OF_THE_STANDARD) else 503
    return _respond(code, problems, seconds)


def _answer_no_connection(_error: NoConnectionFree) -> Response:
    """Answer that all database connections of this worker are in use."""
    return _respond_for_now([Problem(SERVER_BUSY)], BUSY_SECONDS)


def _answer_http(error: HTTPException) -> Response:
    code = error.code or 400
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    values = {
        "name": error.name,
        "path": request.path,
        "method": request.method,
        "allowed": headers.get("Allow", ""),
        "limit": f"{(request.max_content_length or 0) / 1_000_000:g}",
    }
    response = _respond(code, [Problem(MESSAGE_OF.get(code, HTTP_ERROR), values)])
    response.headers.update(headers)
    return response


def _answer_forgery(_error: CSRFError) -> Response:
    return _respond(400, [Problem(FORM_EXPIRED)])


def _answer_too_many(_error: RateLimitExceeded) -> Response:
    return _respond(429, [Problem(TOO_MANY_REQUESTS)], seconds_to_wait())


def _answer_unexpected(error: Exception) -> Response:
    """Answer 400, which the standard sets for a failure of the back end (spec 1.8)."""
    reference = log_failure(log, f"{request.method} {mask_secrets(request.path)}", error)
    return _respond(400, [Problem(SERVER_FAILED, {"reference": reference})])


JSON_PATH = re.compile(
    r".*(\.json|\.geojson|/routing/explain)|/open311/v2/webhooks(/.*)?|/stats(/.*)?"
)
"""Paths whose responses and errors are JSON."""


def _respond(code: int, problems: Sequence[Problem], wait: int | None = None) -> Response:
    """Return an error in the form of its path; wait is the seconds of Retry-After, if any."""
    response = _response_to(code, problems, wait)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def _response_to(code: int, problems: Sequence[Problem], wait: int | None) -> Response:
    if request.path.startswith("/ogc"):
        return _respond_to_ogc(code, problems)
    # No page can be made for a host name that no link can have.
    has_links = not isinstance(request.routing_exception, BadHost)
    if request.path.startswith("/staff") and has_links:
        staff_page: ProblemPage = current_app.extensions[_STAFF_PAGE]
        return protect(Response(staff_page(code, problems), code))
    if has_links and not re.match(API_PATHS, request.path) and has_site():
        values = {} if wait is None else {"wait": wait}
        shown, _status = site_page("problem.html", code, problems=page_problems(problems), **values)
        return protect_site_page(Response(shown, code))
    format = "json" if JSON_PATH.fullmatch(request.path) else "xml"
    errors = [{"code": code, "description": api_sentence(one)} for one in problems]
    return respond(format, "errors", ErrorSchema(many=True).dump(errors), code)


def _respond_to_ogc(code: int, problems: Sequence[Problem]) -> Response:
    """Answer with the error object of OGC API (OGC 17-069r4, 7.5.1)."""
    error = {"code": str(code), "description": api_sentences(problems)}
    return respond("json", "error", error, code)
