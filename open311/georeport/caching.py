"""Answers that a client has already are not sent again (RFC 9110, section 13)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from flask import Response, request
from werkzeug.http import http_date

SETTLED = timedelta(minutes=1)


def settled(moments: Sequence[datetime], now: datetime) -> datetime | None:
    """Give the last of some changes, rounded up to a second; None while it is rather new.

    Until a minute has passed, a transaction that ends later may still bring a change of the same
    second, which a client that holds this date would never hear of. No transaction lasts so long.
    """
    if not moments:
        return None
    whole = (max(moments) + timedelta(microseconds=999_999)).replace(microsecond=0)
    return whole if now - whole >= SETTLED else None


def tell_last_change(response: Response, changes: Sequence[datetime], now: datetime) -> None:
    """Tell the client when what it gets last changed, if that is settled."""
    moment = settled(changes, now)
    if moment is not None:
        response.last_modified = moment


def revalidate(response: Response) -> Response:
    """Mark what was asked for with an ETag, and send 304 where the client has it already.

    For the blueprints whose answers change at any time: clients and proxies are to ask each time.
    Errors, and what a view has marked for itself, stay as they are.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    if response.is_streamed or response.cache_control:
        return response
    response.cache_control.no_cache = True
    response.set_etag(blake2b(response.get_data(), digest_size=16).hexdigest(), weak=True)
    if is_known(response):
        response.status_code = 304
        response.set_data(b"")
        for name in ("Content-Type", "Content-Length"):
            response.headers.pop(name, None)
    return response


def is_known(response: Response) -> bool:
    """Tell whether the client holds this very answer; a tag it names counts more than a date.

    A date must be the very one that was given out, as dates may go back where rows are deleted.
    """
    if request.headers.get("If-None-Match", "").strip():
        tag, _weak = response.get_etag()
        return tag is not None and request.if_none_match.contains_weak(tag)
    date = request.headers.get("If-Modified-Since")
    return response.last_modified is not None and date == http_date(response.last_modified)
