"""Conditional requests: cached responses are not sent again (RFC 9110, section 13)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from flask import Response, request

SETTLED = timedelta(minutes=1)


def settled(moments: Sequence[datetime], now: datetime) -> datetime | None:
    """Return the last of some changes, rounded up to a second; None while it is recent.

    For one minute, a transaction that ends later may still add a change of the same second, and a
    client with this date would miss it. No transaction lasts that long.
    """
    if not moments:
        return None
    whole = (max(moments) + timedelta(microseconds=999_999)).replace(microsecond=0)
    return whole if now - whole >= SETTLED else None


def tell_last_change(response: Response, changes: Sequence[datetime], now: datetime) -> None:
    """Set Last-Modified to the last of some changes, once it is settled."""
    moment = settled(changes, now)
    if moment is not None:
        response.last_modified = moment


def revalidate(response: Response) -> Response:
    """Add an ETag to a response, and return 304 if the client has it already.

    For blueprints whose responses change at any time: clients and proxies revalidate each time.
    Errors, and responses with their own cache headers, stay as they are.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    headers = response.headers
    if response.is_streamed or "Cache-Control" in headers:
        return response
    headers["Cache-Control"] = "no-cache"
    headers["ETag"] = f'W/"{blake2b(response.get_data(), digest_size=16).hexdigest()}"'
    if is_known(response):
        response.status_code = 304
        response.set_data(b"")
        for name in ("Content-Type", "Content-Length"):
            headers.pop(name, None)
    return response


def is_known(response: Response) -> bool:
    """Return whether the client has this response; an ETag takes precedence over a date.

    A date must match exactly, as dates may go back when rows are deleted.
    """
    sent = request.headers
    if sent.get("If-None-Match", "").strip():
        tag, _weak = response.get_etag()
        return tag is not None and request.if_none_match.contains_weak(tag)
    date = sent.get("If-Modified-Since")
    return date is not None and date == response.headers.get("Last-Modified")
