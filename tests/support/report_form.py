"""A form of the website that is screened, served: for tests of the screening alone."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from applications import close
from flask import Blueprint, Response, jsonify, render_template_string, url_for
from settings import settings_for
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import get_input_stream

from open311.app import create_app
from open311.residents.pages import site_pages
from open311.web.auth import Sender
from open311.web.freshness import fresh
from open311.web.intake import take_in
from open311.web.languages import language
from open311.web.parameters import sent_values
from open311.web.repeats import sending_at_hand
from open311.web.screening import form_opened, screening, without_screening
from open311.web.site import site, site_city
from schemas.vocabulary.intake import WEBSITE

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Report</title>
<script type="module" src="{{ static('residents/proof.mjs') }}"></script></head>
<body><form method="post" data-challenge="{{ url_for('site_challenge.show') }}"
 data-worker="{{ static('vendor/altcha-pbkdf2.js') }}">
<label>Text <input name="description"></label>
<input type="hidden" name="service_code" value="POTHOLE">
<input type="hidden" name="lat" value="0.5"><input type="hidden" name="long" value="0.5">
<input type="hidden" name="opened" value="{{ opened }}"><input type="hidden" name="proof">
<button>Send</button></form></body></html>"""


def _blueprint() -> Blueprint:
    blueprint = site_pages("screened_form")

    @blueprint.get("/screened")
    def show() -> str:
        def static(name: str) -> str:
            return url_for("openapi.static", filename=name)

        return render_template_string(PAGE, opened=form_opened(), static=static)

    @blueprint.post("/screened")
    @fresh
    def send() -> Response:
        values, city, known = without_screening(sent_values()), site_city(), site()
        sender = Sender(known.api_key_id, known.jurisdiction_id)
        result = take_in(
            values,
            city,
            city.scope,
            sending_at_hand(values, city.scope, sender),
            WEBSITE,
            site=screening(sent_values(), known, language()),
        )
        return jsonify(result.receipt)

    return blueprint


class _Bounded:
    """WSGI middleware that ends a body where its length says so, as gunicorn does."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"] = get_input_stream(environ)
        return self._app(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log(self, *_args: object, **_values: object) -> None:
        """Log nothing."""


@contextmanager
def served_form(database_url: str, settings: Mapping[str, str]) -> Iterator[str]:
    """Serve the website in threads, behind one proxy, and yield the address of the form."""
    environ = settings_for(database_url, OPEN311_PROXIES="1", **settings)
    app = create_app(environ, serving=True)
    app.register_blueprint(_blueprint())
    app.wsgi_app = _Bounded(app.wsgi_app)  # type: ignore[method-assign]
    served = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}/screened"
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
        close(app)
