"""Application factory."""

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress
from flask_cors import CORS
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from open311.config import load_settings
from open311.database import db, engine_options
from open311.json_logs import ENDPOINT_KEY
from open311.logs import configure_logs, log_failure, mask_secrets
from open311.lost_connections import replace_lost_connections
from open311.media.store import MediaStore
from open311.staff.openid import know_issuer
from open311.staff.problem_page import problem_page
from open311.statements import prepare_transactions
from open311.urls import BLUEPRINTS, GEOREPORT, RESIDENTS
from open311.web.bodies import release_memory
from open311.web.counters import keep_counters
from open311.web.error_handlers import register_error_handlers
from open311.web.formats import COMPRESSION, FormatConverter, MapFormatConverter
from open311.web.freshness import keep_snapshots
from open311.web.languages import LanguageConverter, speak_languages
from open311.web.large_files import release_large_file
from open311.web.links import EXPOSED
from open311.web.parameters import ENDPOINT, TEST_ENDPOINT, OpaqueConverter
from open311.web.paths import NormalizedPaths
from open311.web.rate_limit import limit_rate
from open311.web.replica import EXPOSED_POSITION, read_from_replica
from open311.web.sessions import keep_sessions
from open311.web.site import API_PATHS, IN_LANGUAGE

EXPOSED_HEADERS = (*EXPOSED, "Idempotency-Replayed", "Retry-After", EXPOSED_POSITION)
"""Response headers that pages of other sites may read (Fetch, CORS protocol)."""

log = logging.getLogger(__name__)

_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
MIGRATIONS = Path(__file__).parent / "migrations"


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


def create_app(environ: Mapping[str, str] = os.environ, *, serving: bool = False) -> Flask:
    """Return the application for the settings in environ.

    serving limits how long its transactions wait for others, because clients wait for them. Raises
    SettingError for a setting that cannot be used.
    """
    settings = load_settings(environ)
    _write_logs(settings)
    app = _Application("open311", static_folder=None)
    app.config.update(
        {**settings, **COMPRESSION},
        SQLALCHEMY_DATABASE_URI=settings["DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            settings["OPEN311_STATEMENT_SECONDS"],
            serving=serving,
            telling=settings["OPEN311_MAIL"] is not None,
            has_replica=bool(settings["OPEN311_READ_DATABASE_URL"]),
        ),
        MAX_CONTENT_LENGTH=settings["OPEN311_MAX_BODY_BYTES"]
        + settings["OPEN311_MAX_PHOTOS"] * settings["OPEN311_MAX_PHOTO_BYTES"],
    )
    app.extensions["media_store"] = MediaStore(settings["OPEN311_MEDIA_STORE"])
    _keep_database(app)
    _open_api_to_other_sites(app)
    Compress(app)
    keep_sessions(app)
    know_issuer(app)
    keep_snapshots(app)
    speak_languages(app)
    _add_urls(app)
    limit_rate(app)
    keep_counters(app)
    read_from_replica(app)
    app.teardown_request(release_memory)
    app.teardown_request(release_large_file)
    register_error_handlers(app, problem_page)
    _name_endpoints(app)
    _stand_behind_proxies(app, settings["OPEN311_PROXIES"])
    app.wsgi_app = NormalizedPaths(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _write_logs(settings: Mapping[str, Any]) -> None:
    configure_logs(
        settings["OPEN311_LOG_LEVEL"],
        settings["OPEN311_LOG_FORMAT"],
        trusted=settings["OPEN311_PROXIES"] > 0,
        hook=settings["OPEN311_ERROR_HOOK"],
    )


def _name_endpoints(app: Flask) -> None:
    """Let gunicorn know the endpoint of each HTTP request, if it logs or counts by it."""

    def name(response: Response) -> Response:
        request.environ[ENDPOINT_KEY] = request.endpoint
        return response

    if app.config["OPEN311_LOG_FORMAT"] == "json" or app.config["OPEN311_METRICS_BIND"]:
        app.after_request(name)


def _stand_behind_proxies(app: Flask, number: int) -> None:
    """Take address, scheme, and host of clients from the headers that so many proxies add."""
    if number:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=number, x_proto=number, x_host=number
        )


def _keep_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        replace_lost_connections(db.engine)
        prepare_transactions(db.engine)
    Migrate(app, db, directory=str(MIGRATIONS))


def _open_api_to_other_sites(app: Flask) -> None:
    """Let pages of other sites read what is for programs, and nothing else."""
    CORS(
        app,
        resources=API_PATHS,
        methods=_METHODS,
        send_wildcard=True,
        expose_headers=EXPOSED_HEADERS,
    )


def _add_urls(app: Flask) -> None:
    app.url_map.converters["format"] = FormatConverter
    app.url_map.converters["map_format"] = MapFormatConverter
    app.url_map.converters["opaque"] = OpaqueConverter
    app.url_map.converters["language"] = LanguageConverter
    app.url_map.merge_slashes = False  # NormalizedPaths does this without a redirect
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in RESIDENTS:
        app.register_blueprint(blueprint)
        prefix = f"/<language:language>{blueprint.url_prefix or ''}"
        app.register_blueprint(blueprint, url_prefix=prefix, name=f"{IN_LANGUAGE}{blueprint.name}")
    for blueprint in GEOREPORT:
        app.register_blueprint(blueprint, url_prefix=ENDPOINT)
        app.register_blueprint(blueprint, url_prefix=TEST_ENDPOINT, name=f"test_{blueprint.name}")
