"""The snapshot of all cities that an HTTP request is answered from, and how it stays current."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from open311.database import db, end_reads
from open311.errors import Busy
from open311.messages.access import LOCKED_BY_OTHERS
from open311.queries.city import Snapshot, Stale, load_snapshot, read_version
from open311.replica import on_primary

ATTEMPTS = 5
"""Attempts of an answer before changes of the catalog are too frequent for it."""

P = ParamSpec("P")
R = TypeVar("R")


class Snapshots:
    """The newest snapshot that this process has read."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = Lock()
        self._newest: Snapshot | None = None

    def newest(self) -> Snapshot:
        """Return the newest snapshot without asking whether it is current."""
        return self._newest or self.renew(None)

    def peek(self) -> Snapshot | None:
        """Return the newest snapshot, or None if none was read yet."""
        return self._newest

    def current(self) -> Snapshot:
        """Return a snapshot that is current now; a city that is read later may be newer."""
        snapshot = self.newest()
        while snapshot.version != read_version():
            end_reads()  # renew needs a connection, and so may eight threads that wait for it
            snapshot = self.renew(snapshot)
        return snapshot.or_newer

    def renew(self, stale: Snapshot | None) -> Snapshot:
        """Read a snapshot after a stale one, unless another thread has done so."""
        with self._lock:
            newest = self._newest
            if newest is None or (stale is not None and newest.version == stale.version):
                # A context of its own has a session of its own, whose transaction begins here.
                with on_primary(), self._app.app_context():
                    self._newest = newest = load_snapshot()
            return newest


def keep_snapshots(app: Flask) -> None:
    app.extensions["snapshots"] = Snapshots(app)


def read_first_snapshot(app: Flask) -> None:
    """Read the snapshot before the first request, which would wait for it.

    Without a database or its tables, the first request that finds them reads it.
    """
    with app.app_context(), suppress(SQLAlchemyError):
        snapshots().newest()


def snapshots() -> Snapshots:
    found: Snapshots = current_app.extensions["snapshots"]
    return found


def snapshot() -> Snapshot:
    """Return the snapshot of this HTTP request: current when it is first asked for.

    In a view with the decorator fresh, it is the newest one, which the view's statements check.
    """
    if "snapshot" not in g:
        g.snapshot = snapshots().current()
    found: Snapshot = g.snapshot
    return found


def check_current() -> None:
    """Raise Stale if the snapshot of this HTTP request is no longer current."""
    if snapshot().version != read_version():
        raise Stale


def fresh(view: Callable[P, R]) -> Callable[P, R]:
    """Answer from the newest snapshot, and begin again where the view finds that it is stale.

    The view raises Stale, before it has stored anything. An error of any kind is only answered once
    the snapshot that it comes from is known to be current, unless the database itself has failed.
    Raises Busy after ATTEMPTS.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(ATTEMPTS):
            g.snapshot = snapshots().newest()
            try:
                return view(*args, **kwargs)
            except Stale:
                pass
            except (OperationalError, NoConnectionFree):
                raise
            except Exception as error:
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise
                db.session.rollback()
                if read_version() == g.snapshot.version:
                    raise
            db.session.rollback()
            g.snapshot = snapshots().renew(g.snapshot)
        raise Busy(LOCKED_BY_OTHERS)

    return answer
