"""Applications on databases, cached because compiling their statements is slow."""

import contextlib
import functools
import logging
from collections.abc import Iterator, Mapping

from flask import Flask
from settings import settings_for

from open311.app import create_app
from open311.database import db


def application(database_url: str, settings: Mapping[str, str] | None = None) -> Flask:
    """Return the application on a database; a database cloned again keeps its URL."""
    return _application(database_url, tuple((settings or {}).items()))


@functools.lru_cache(maxsize=8)
def _application(database_url: str, settings: tuple[tuple[str, str], ...]) -> Flask:
    return create_app(settings_for(database_url, **dict(settings)))


def close(app: Flask) -> None:
    """Close all connections, so that the database can be cloned or dropped."""
    with app.app_context():
        db.engine.dispose()


def in_context(database_url: str, settings: Mapping[str, str] | None = None) -> Iterator[Flask]:
    """Push the context of the application on a database for the lifetime of a fixture."""
    app = application(database_url, settings)
    with app.app_context():
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
