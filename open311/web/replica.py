"""Which HTTP requests are answered from a standby, and that none shows less than was seen before.

A commit has a position in the log of the database. The client gets it, signed, in a header and in a
cookie, and sends either with what it asks next: the standby must have replayed it. A client that
keeps neither is answered from the primary for a few seconds after a change by its key or address.
The residents' website sets no such cookie: it tells residents that it does not.
"""

import logging
import re
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from open311.database import end_reads, engine_options, session_settings
from open311.database_time import time_connections
from open311.errors import NotFound, Open311Error
from open311.lost_connections import means_loss, replace_lost_connections
from open311.operations.transaction import QUERY_CANCELED
from open311.queries.city import Stale
from open311.queries.people.api_keys import hash_of
from open311.replica import Behind, check_transactions, on_replica, written
from open311.statements import prepare_transactions
from open311.web.auth import sent_key
from open311.web.parameters import first, sent_values
from open311.web.recent_writers import RecentWriters
from open311.web.site import API_PATHS
from schemas.base import Values
from schemas.search.cursors import BY_CHANGE, decode

EXPOSED_POSITION = "X-Open311-Seen"
"""The header of a position, in answers and in what is asked next."""

_COOKIE = "open311_seen"

_VALID_SECONDS = 60
"""Seconds for which a position counts: a standby that is further behind is not read."""

_LEFT_SECONDS = 5
"""Seconds for which a standby is not asked after a failure."""

_WITH_COOKIE = re.compile(rf"/staff|{API_PATHS}")

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)


class Replica:
    """The engine of a standby, and who has changed something lately."""

    def __init__(self, app: Flask) -> None:
        settings = app.config
        session = session_settings(settings["OPEN311_STATEMENT_SECONDS"], serving=True)
        options = engine_options({**session, "default_transaction_read_only": "on"})
        self.engine: Engine = create_engine(settings["OPEN311_READ_DATABASE_URL"], **options)
        replace_lost_connections(self.engine)
        check_transactions(self.engine)
        prepare_transactions(self.engine)
        time_connections(self.engine)
        self.writers = RecentWriters(settings["OPEN311_RATE_LIMIT_STORAGE"])
        self._left_until = 0.0

    def is_left(self) -> bool:
        """Return whether the standby has failed in the last seconds."""
        return time.monotonic() < self._left_until

    def leave(self, state: str | None) -> None:
        """Ask the primary for a while: a host without an answer costs each client time."""
        self._left_until = time.monotonic() + _LEFT_SECONDS
        log.warning(
            "The standby cannot be read, state %s: the primary answers.", state or "unknown"
        )


def read_from_replica(app: Flask) -> None:
    """Set up reads from a standby if OPEN311_READ_DATABASE_URL is set.

    It comes before all that may refuse a client: this thread still knows the last one's position.
    """
    if app.config["OPEN311_READ_DATABASE_URL"]:
        app.extensions["replica"] = Replica(app)
        app.before_request(_forget_position)
        app.after_request(_tell_position)


def _forget_position() -> None:
    written.set(None)


def _tell_position(response: Response) -> Response:
    position = written.get()
    if position is None:
        return response
    replica: Replica = current_app.extensions["replica"]
    for name in _client_names(_readable_values()):
        replica.writers.note(name)
    signer = _signer()
    if position and signer is not None:
        token = signer.sign(position).decode("ascii")
        response.headers[EXPOSED_POSITION] = token
        if _WITH_COOKIE.match(request.path):
            _set_cookie(response, token)
    return response


def _set_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        _COOKIE,
        token,
        max_age=_VALID_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _signer() -> TimestampSigner | None:
    key = current_app.secret_key
    return TimestampSigner(key, salt="position") if key else None


def _readable_values() -> Values:
    """Return the parameters, or none if the view, which reads them itself, has to refuse them."""
    try:
        return sent_values()
    except (Open311Error, HTTPException):
        return {}


def _client_names(values: Values) -> list[str]:
    """Return what tells a client from others: its address, and its API key if it sent one."""
    key = sent_key(values)
    return [f"address {request.remote_addr}", *([f"key {hash_of(key).hex()}"] if key else [])]


def _sent_position() -> str | None:
    """Return the latest position that the client has seen; None if it sent none that counts."""
    tokens = (request.headers.get(EXPOSED_POSITION), request.cookies.get(_COOKIE))
    positions = [found for token in tokens if token and (found := _position_in(token))]
    return max(positions, key=_place, default=None)


def _position_in(token: str) -> str | None:
    signer = _signer()
    if signer is None:
        return None
    try:
        return signer.unsign(token, max_age=_VALID_SECONDS).decode("ascii")
    except BadSignature:
        return None


def _place(position: str) -> tuple[int, int]:
    """Return a position as numbers that can be compared."""
    file, _slash, byte = position.partition("/")
    return int(file, 16), int(byte, 16)


def from_replica(view: Callable[P, R]) -> Callable[P, R]:
    """Read from the standby, if there is one that is current enough for this client.

    The decorator is below fresh. The view only reads. If the standby fails, is behind, or does not
    know something, the primary is asked.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        replica: Replica | None = current_app.extensions.get("replica")
        seen = None if replica is None else _sent_position()
        if replica is None or _must_ask_primary(replica, seen):
            return view(*args, **kwargs)
        _know_user()
        try:
            return _on_replica(replica.engine, seen, lambda: view(*args, **kwargs))
        except OperationalError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == QUERY_CANCELED:
                raise
            if state is None or means_loss(error.orig):
                replica.leave(state)
        except (Behind, Stale, NotFound, NoConnectionFree):
            pass
        return view(*args, **kwargs)

    return answer


def _must_ask_primary(replica: Replica, seen: str | None) -> bool:
    if replica.is_left():
        return True
    values = _readable_values()
    if _is_feed(values):
        return True
    return seen is None and any(map(replica.writers.wrote_lately, _client_names(values)))


def _on_replica(engine: Engine, seen: str | None, view: Callable[[], R]) -> R:
    with on_replica(engine, seen):
        try:
            return view()
        finally:
            end_reads()


def _know_user() -> None:
    """Read from the primary who is signed in, before the view asks."""
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        bool(current_user)
    end_reads()


def _is_feed(values: Values) -> bool:
    """Return whether a list in the order of changes is asked for.

    Where it ends depends on a sequence, of which a standby is told ahead of time.
    """
    if first(values, "sort") in BY_CHANGE:
        return True
    try:
        return decode(first(values, "after") or "").sort in BY_CHANGE
    except ValueError:
        return False
