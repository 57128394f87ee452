"""Rate limit for each app or address; exceeding it is answered with 429 (RFC 6585)."""

import math
import time

from flask import Flask, current_app, request
from flask_limiter import Limiter, RequestLimit
from flask_login import current_user
from limits.errors import StorageError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from open311.database import db
from open311.errors import Open311Error
from open311.web.auth import find_sender, sent_key
from open311.web.counters import STORAGE_OPTIONS
from open311.web.freshness import snapshots
from open311.web.parameters import sent_values
from open311.web.sessions import signed_in
from open311.web.staff_auth import remembered_name


def limit_rate(app: Flask) -> None:
    """Apply OPEN311_RATE_LIMIT with counters in OPEN311_RATE_LIMIT_STORAGE.

    While the storage is down, each worker counts for itself and retries the storage.
    """
    if app.config["OPEN311_RATE_LIMIT"] is None:
        return
    limiter = Limiter(
        caller,
        application_limits=[app.config["OPEN311_RATE_LIMIT"]],
        storage_uri=app.config["OPEN311_RATE_LIMIT_STORAGE"],
        storage_options=STORAGE_OPTIONS,
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    limiter.request_filter(lambda: request.blueprint == "health")
    limiter.request_filter(is_of_the_workspace)
    limiter.init_app(app)


def is_of_the_workspace() -> bool:
    """Return whether a signed-in user asks for a page, map, or photo; the API knows no sessions.

    Exempt, because a map requests many tiles.
    """
    try:
        return signed_in(current_user) is not None
    except SQLAlchemyError:
        db.session.rollback()
        return False


def caller() -> str:
    """Return the caller to count: a recently verified user, a key owner, or an address.

    The sandbox key is public and identifies nobody. Keys are those of the newest snapshot, current
    or not: the view that follows decides on them. It also reports parameters that cannot be read or
    looked up.
    """
    name = remembered_name()
    if name is not None:
        return f"user {name}"
    try:
        key = sent_key(sent_values())
        owner = find_sender(snapshots().newest(), key) if key else None
    except (Open311Error, HTTPException):
        owner = None
    except SQLAlchemyError:
        db.session.rollback()
        owner = None
    return f"address {request.remote_addr}" if owner is None else f"key {owner.api_key_id}"


def seconds_to_wait() -> int:
    """Return the seconds until the exceeded limit allows the next request, at least 1."""
    [limiter] = current_app.extensions["limiter"]
    exceeded: RequestLimit = limiter.current_limit
    try:
        seconds = exceeded.window.reset_time - time.time()
    except StorageError:
        seconds = exceeded.limit.get_expiry()
    return max(1, math.ceil(seconds))
