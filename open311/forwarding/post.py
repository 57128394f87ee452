"""One POST of a service request to another server, and what its answer means."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
from marshmallow import ValidationError

from open311.georeport_source.documents import (
    ErrorList,
    Unreadable,
    list_entries,
    parse_document,
    refuse_errors,
)
from open311.outgoing import RemoteResponse, bounded_post, is_refused, was_not_sent
from open311.outgoing_retries import seconds_of
from open311.queries.forwarding.endpoints import Endpoint
from open311.steps.values.forwarding import Later, Outcome, Refused, TakenOn, Unclear
from schemas.imports.foreign_answers import ForeignReceiptSchema

MOST_BYTES = 1_000_000
MOST_SECONDS = 60

TRY_LATER = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
"""Statuses below 500 that do not refuse the content."""

NO_ANSWER = (HTTPStatus.GATEWAY_TIMEOUT,)
"""Statuses of a proxy that does not know what the server behind it did."""


def post(
    session: requests.Session, endpoint: Endpoint, form: bytes, idempotency_key: str
) -> Outcome:
    """Send a form once, and return what came of it."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Idempotency-Key": idempotency_key,
    }
    url = f"{endpoint.url}/requests.{endpoint.format}"
    try:
        answer = bounded_post(
            session, url, form, headers, most_bytes=MOST_BYTES, seconds=MOST_SECONDS
        )
    except requests.RequestException as error:
        return _without_answer(error)
    return outcome_of(answer, endpoint.format)


def _without_answer(error: requests.RequestException) -> Outcome:
    if is_refused(error):
        return Refused("its address is not on the public internet")
    if was_not_sent(error):
        return Later("it cannot be reached")
    return Unclear("it did not answer")


def outcome_of(answer: RemoteResponse, format: str) -> Outcome:
    """Return what an answer to a POST means."""
    status = answer.status
    if status in NO_ANSWER:
        return Unclear(f"it answered with status {status}")
    if status in TRY_LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        seconds = seconds_of(answer)
        return Later(f"it answered with status {status}", seconds or 0)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Refused(_error_in(answer, format) or f"it answered with status {status}")
    try:
        [row, *_more] = receipts_in(parse_document(format, answer.body)) or [{}]
    except ErrorList as error:
        return Refused(error.sentence)
    except Unreadable:
        return Unclear("its answer is not readable")
    return taken_on(row)


def taken_on(row: Mapping[str, str]) -> Outcome:
    """Return what a receipt means: without a number or token, nobody can follow it."""
    foreign_id, token = row.get("service_request_id", ""), row.get("token", "")
    if not foreign_id and not token:
        return Unclear("it answered without a number")
    return TakenOn(foreign_id, token)


def receipts_in(document: Any) -> list[dict[str, Any]]:
    """Return the receipts in the answer to a POST, or for a token; raises Unreadable."""
    bare = isinstance(document, dict) and "token" in document
    wrappers = ("service_requests", "requests", "request")
    mark = "token" if bare else "service_request_id"
    entries = list_entries(document, *wrappers, mark=mark)
    try:
        return [dict(ForeignReceiptSchema().load(entry)) for entry in entries]
    except ValidationError:
        raise Unreadable("is no receipt") from None


def _error_in(answer: RemoteResponse, format: str) -> str:
    """Return the sentence of an error list; empty for any other page."""
    try:
        refuse_errors(parse_document(format, answer.body))
    except ErrorList as error:
        return error.sentence
    except Unreadable:
        return ""
    return ""
