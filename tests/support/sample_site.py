"""The website's templates with sample values, served without a database: for looks and scripts."""

import functools
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
)
from PIL import Image
from site_samples import (
    FORM,
    NEARBY,
    OUTLOOK,
    PAGES,
    PROBLEMS,
    QUESTIONS,
    SCOPE,
    SENT,
    SERVICES,
    SITE,
    URGENT,
)
from werkzeug.serving import make_server

import open311
from open311.web.compression import compress_file, compress_page
from open311.web.languages import speak_languages
from open311.web.page_policy import protect_site_page
from open311.web.site import page_context

FOLDER = Path(open311.__file__).parent
pages = Blueprint("samples", __name__)
media = Blueprint("media", __name__, url_prefix="/media")


def render(template: str, **known: Any) -> str:
    """Return a page or a part; ?dir=rtl turns it, and ?lang=es is in Spanish."""
    g.path_language = request.args.get("lang")
    city = SimpleNamespace(scope=SCOPE, site=SITE)
    context = {**page_context(city), **known}  # type: ignore[arg-type]
    context["direction"] = request.args.get("dir", context["direction"])
    context["typed"] = lambda name: request.args.get(name, "")
    context["typed_list"] = request.args.getlist
    return render_template(f"residents/{template}", **context)


@pages.get("/")
def home() -> str:
    return render("home.html", **FORM)


@pages.get("/look/<name>")
def show(name: str) -> str:
    """Return a page of PAGES."""
    template, known = PAGES[name]
    return render(template, **known)


@pages.after_request
def protect_sample(response: Response) -> Response:
    return compress_page(protect_site_page(response))


@pages.get("/offline")
def offline() -> str:
    return render("offline.html")


@pages.get("/sw.js")
def worker() -> Response:
    script = (FOLDER / "static/residents/sw.js").read_text(encoding="utf-8")
    return Response(script.replace("development", "sample"), content_type="text/javascript")


@pages.get("/site.css")
def site_css() -> Response:
    return Response(f":root {{ --city: {SITE.color}; }}", content_type="text/css")


@pages.get("/site-logo")
def logo() -> Response:
    return picture("logo.png")


@pages.get("/site.webmanifest")
def manifest() -> dict[str, str]:
    return {"name": SCOPE.name, "start_url": "/", "display": "standalone"}


@pages.get("/report/suggestions")
def suggestions() -> Response:
    """Return graffiti first for its word, else the first services."""
    words = request.args.get("q", "").lower()
    found = sorted(SERVICES, key=lambda one: one["service_name"].lower() not in words)
    return Response(json.dumps(found[:6]), content_type="application/json")


@pages.get("/report/outlook")
def outlook() -> dict[str, str]:
    found = OUTLOOK if "lat" in request.args else {**OUTLOOK, "takes": ""}
    return {**found, **URGENT} if request.args["service_code"] == "LIGHT-OUT" else found


@pages.get("/report/questions")
def questions() -> str:
    asked = QUESTIONS if request.args["service_code"] == "GRAFFITI" else []
    return render("questions.html", questions=asked)


@pages.get("/report/nearby")
def nearby() -> str:
    found = NEARBY if request.args["service_code"] == "SIDEWALK" else []
    return render("nearby.html", nearby=found)


@pages.post("/report")
def take() -> Any:
    """Store a report under its key, once; the first one with the text "refuse" is refused."""
    store = current_app.extensions["reports"]
    if store["busy"]:
        return "busy", 503, {"Retry-After": "1"}
    key = request.headers["Idempotency-Key"]
    assert key == request.form["sending"]
    if request.form["description"] == "refuse":
        return render("home.html", **{**FORM, "problems": PROBLEMS}), 400
    store["sends"].append(key)
    photos = [one.read() for one in request.files.getlist("media")]
    store["reports"].setdefault(key, (request.form.to_dict(), photos))
    if store["lose"]:
        store["lose"] -= 1
        abort(500)
    return redirect(f"/report/sent/{key}", 303)


@pages.get("/report/sent/<key>")
def sent(key: str) -> str:
    link = f"{request.host_url}track/{key}"
    return render("sent.html", **{**SENT, "track_url": link})


@pages.get("/open311/v2/addresses.json")
def addresses() -> Response:
    one = {"address_id": "A1", "address": "104 East Main Street", "zipcode": "43130"}
    return Response(json.dumps([one]), content_type="application/json")


@media.get("/<name>", endpoint="show")
def picture(name: str) -> Response:
    """Return a gray picture, wide for photos and square for the logo."""
    size = (120, 120) if name.startswith("logo") else (800, 600)
    return Response(_gray(size), content_type="image/png")


@functools.cache
def _gray(size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, "PNG")
    return file.getvalue()


def sample_app() -> Flask:
    """Return the application; its extension "reports" has what was sent to it."""
    app = Flask("samples", template_folder=str(FOLDER / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="samples", OPEN311_BASE_MAP="", OPEN311_BASE_MAP_ORIGINS=[])
    app.config.update(OPEN311_PUBLIC_URL="", OPEN311_MAIL=None, OPEN311_SMS=None)
    app.extensions["reports"] = {"reports": {}, "sends": [], "busy": False, "lose": 0}
    speak_languages(app)
    static = Blueprint(
        "openapi",
        __name__,
        url_prefix="/open311",
        static_folder=str(FOLDER / "static"),
        static_url_path="/static",
    )
    static.after_request(compress_file)
    for blueprint in (static, media, pages):
        app.register_blueprint(blueprint)
    return app


@contextmanager
def sample_site() -> Iterator[tuple[str, dict[str, Any]]]:
    """Serve the sample site, and yield its address and what is sent to it."""
    app = sample_app()
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.port}", app.extensions["reports"]
    finally:
        server.shutdown()
        thread.join()
