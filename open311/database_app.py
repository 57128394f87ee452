"""The application without URLs: settings, log, database, and stored photos.

Most commands need no more, and it is imported in a fraction of the time.
"""

import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request

from open311.config import load_settings
from open311.database import db, engine_options, session_settings
from open311.database_settings import DIRECT_URL, POOLER
from open311.database_time import time_connections
from open311.logs import configure_logs, log_failure, mask_secrets
from open311.lost_connections import replace_lost_connections
from open311.media.store import MediaStore
from open311.statements import prepare_transactions

log = logging.getLogger(__name__)


class _Application(Flask):
    """The application: its views are synchronous, and its log has no secrets."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function; Flask asks ten times for each answer whether it is async."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Log a failure that no error handler has answered, as they log others.

        Flask's own line has the whole path, and the text of the error.
        """
        log_failure(log, f"{request.method} {mask_secrets(request.path)}", exc_info[1])


def create_database_app(environ: Mapping[str, str] = os.environ, *, serving: bool = False) -> Flask:
    """Return the application without URLs for the settings in environ, as create_app does."""
    settings = load_settings(environ)
    _write_logs(settings)
    app = _Application("open311", static_folder=None)
    app.config.update(
        settings,
        SQLALCHEMY_DATABASE_URI=(not serving and settings[DIRECT_URL]) or settings["DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            session_settings(settings["OPEN311_STATEMENT_SECONDS"], serving=serving),
            pooled=serving and settings[POOLER],
            telling=settings["OPEN311_MAIL"] is not None,
            has_replica=bool(settings["OPEN311_READ_DATABASE_URL"]),
        ),
        MAX_CONTENT_LENGTH=settings["OPEN311_MAX_BODY_BYTES"]
        + settings["OPEN311_MAX_PHOTOS"] * settings["OPEN311_MAX_PHOTO_BYTES"],
    )
    app.extensions["media_store"] = MediaStore(settings["OPEN311_MEDIA_STORE"])
    db.init_app(app)
    with app.app_context():
        replace_lost_connections(db.engine)
        prepare_transactions(db.engine)
        time_connections(db.engine)
    return app


def _write_logs(settings: Mapping[str, Any]) -> None:
    configure_logs(
        settings["OPEN311_LOG_LEVEL"],
        settings["OPEN311_LOG_FORMAT"],
        trusted=settings["OPEN311_PROXIES"] > 0,
        hook=settings["OPEN311_ERROR_HOOK"],
    )
