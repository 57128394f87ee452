"""Application factory."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request
from flask_compress import Compress
from flask_cors import CORS
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from open311.database import db
from open311.database_app import create_database_app
from open311.json_logs import ENDPOINT_KEY
from open311.staff.openid import know_issuer
from open311.staff.problem_page import problem_page
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

_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(environ: Mapping[str, str] = os.environ, *, serving: bool = False) -> Flask:
    """Return the application for the settings in environ.

    serving limits how long its transactions wait for others, because clients wait for them. Raises
    SettingError for a setting that cannot be used.
    """
    app = create_database_app(environ, serving=serving)
    app.config.update(COMPRESSION)
    read_from_replica(app)
    Migrate(app, db, directory=str(MIGRATIONS))
    _open_api_to_other_sites(app)
    Compress(app)
    keep_sessions(app)
    know_issuer(app)
    keep_snapshots(app)
    speak_languages(app)
    _add_urls(app)
    limit_rate(app)
    keep_counters(app)
    app.teardown_request(release_memory)
    app.teardown_request(release_large_file)
    register_error_handlers(app, problem_page)
    _name_endpoints(app)
    _stand_behind_proxies(app, app.config["OPEN311_PROXIES"])
    app.wsgi_app = NormalizedPaths(app.wsgi_app)  # type: ignore[method-assign]
    return app


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


def _open_api_to_other_sites(app: Flask) -> None:
    """Let pages of other sites read what is for programs, and nothing else.

    Flask-CORS answers preflights. What it would add to all other answers is always the same; it
    leaves an answer alone that has it.
    """
    CORS(
        app,
        resources=API_PATHS,
        methods=_METHODS,
        send_wildcard=True,
        expose_headers=EXPOSED_HEADERS,
    )
    of_programs = re.compile(API_PATHS)
    origin, exposed = "Access-Control-Allow-Origin", ", ".join(sorted(EXPOSED_HEADERS))

    def allow_reading(response: Response) -> Response:
        is_preflight = request.method == "OPTIONS"
        if not is_preflight and of_programs.match(request.path) and origin not in response.headers:
            response.headers.add(origin, "*")
            response.headers.add("Access-Control-Expose-Headers", exposed)
        return response

    app.after_request(allow_reading)  # runs before that of Flask-CORS


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
