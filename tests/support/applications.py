"""Applications on databases, cached because compiling their statements is slow."""

import contextlib
import logging
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping

from flask import Flask
from settings import settings_for

from open311.app import create_app
from open311.database import db

MOST = 8
_applications: OrderedDict[tuple[str, tuple[tuple[str, str], ...]], Flask] = OrderedDict()
"""By database and settings, the one that was asked for last at the end."""
_pushed: Counter[int] = Counter()
"""How often the context of an application is pushed, by the identity of the application."""


def application(database_url: str, settings: Mapping[str, str] | None = None) -> Flask:
    """Return the application on a database; a database cloned again keeps its URL."""
    key = (database_url, tuple((settings or {}).items()))
    if key not in _applications:
        _make_room()
        _applications[key] = create_app(settings_for(database_url, **dict(key[1])))
    _applications.move_to_end(key)
    return _applications[key]


def _make_room() -> None:
    """Forget the applications that were asked for longest ago, but none whose context is pushed.

    The connection of its session would stay open when its pool is disposed.
    """
    idle = [key for key, app in _applications.items() if not _pushed[id(app)]]
    for key in idle[: len(_applications) - MOST + 1]:
        close(_applications.pop(key))


@contextlib.contextmanager
def _context(app: Flask) -> Iterator[None]:
    _pushed[id(app)] += 1
    try:
        with app.app_context():
            yield
    finally:
        _pushed[id(app)] -= 1


def close(app: Flask) -> None:
    """Close all connections, so that the database can be cloned or dropped."""
    with app.app_context():
        db.engine.dispose()


def close_all() -> None:
    """Close all connections of all applications here, which go on to be used."""
    for app in _applications.values():
        close(app)


@contextlib.contextmanager
def at_hand(database_url: str, settings: Mapping[str, str] | None = None) -> Iterator[Flask]:
    """Push the context of the application on a database that is used again soon.

    Its connections stay open: PostgreSQL reads the catalog again for each new one.
    """
    app = application(database_url, settings)
    with _context(app):
        yield app


def in_context(database_url: str, settings: Mapping[str, str] | None = None) -> Iterator[Flask]:
    """Push the context of the application on a database for the lifetime of a fixture.

    Its connections are closed at the end, so that the database can be cloned or dropped.
    """
    app = application(database_url, settings)
    with _context(app):
        yield app
        db.session.remove()
        db.engine.dispose()


@contextlib.contextmanager
def propagating(name: str) -> Iterator[None]:
    """Let caplog record a logger that does not propagate."""
    log = logging.getLogger(name)
    log.propagate = True
    yield
    log.propagate = False
