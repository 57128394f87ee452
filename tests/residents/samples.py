"""The website's templates with sample values, served without a database.

The sample site is for looks, languages, and scripts. The pages of the real one are made by the same
templates from the same names.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, g, render_template, request
from PIL import Image

import open311
from open311.queries.jurisdictions import Scope
from open311.queries.residents.site import SiteInfo
from open311.web.languages import speak_languages
from open311.web.page_policy import protect_site_page
from open311.web.page_problems import PageProblem
from open311.web.site import page_context

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
SCOPE = Scope(
    jurisdiction_id="sample.example",
    name="City of Lancaster, Ohio",
    zone=ZoneInfo("America/New_York"),
    contact="",
    key_service="",
    changed_at=NOW,
    locality="Lancaster, Ohio",
    units="us",
    reopen_days=14,
    takes_from_outside=False,
    has_addresses=True,
)
SITE = SiteInfo(
    jurisdiction_id="sample.example",
    api_key_id=1,
    host=None,
    takes_reports=True,
    color="#14557b",
    logo="logo.png",
    languages=["en", "es"],
    emergency_number="911",
    phone="(740) 687-6600",
    embed_origins=[],
    reports_per_hour=10,
    reports_per_day=30,
    hold_words=[],
    is_indexed=False,
    texts={("hours", "en"): "Monday to Friday, 8 AM to 5 PM"},
)


def service(code: str, name: str, group: str, icon: str) -> dict[str, Any]:
    return {"service_code": code, "service_name": name, "group": group, "icon": icon, "lang": ""}


SERVICES = [
    service("POTHOLE", "Pothole", "Streets", "hole"),
    service("SNOW-ICE", "Snow or ice on a street", "Streets", "snow"),
    service("SIDEWALK", "Damaged sidewalk", "Streets", "walk"),
    service("LIGHT-OUT", "Street light out", "Street lights", "lamp"),
    service("MISSED-TRASH", "Missed trash or recycling", "Sanitation", "bin"),
    service("STORM-DRAIN", "Blocked storm drain", "Water and sewer", "drain"),
    service("TREE-HAZARD", "Dangerous tree or limb", "Parks and trees", "tree"),
    service("GRAFFITI", "Graffiti", "Neighborhood", "spray"),
    service("OTHER", "Something else", "General", "dots"),
]
GROUPS = [
    (group, [one for one in SERVICES if one["group"] == group])
    for group in dict.fromkeys(one["group"] for one in SERVICES)
]


def values(**names: str) -> list[dict[str, str]]:
    return [{"key": key, "name": name} for key, name in names.items()]


def asked(
    code: str, datatype: str, description: str, *options: dict[str, str], **others: Any
) -> dict[str, Any]:
    common = {"required": False, "variable": True, "datatype_description": ""}
    named = {"code": code, "datatype": datatype, "description": description}
    return {**common, **named, "values": list(options), **others}


SIZES = values(SMALL="Smaller than a dinner plate", LARGE="Larger than a dinner plate")
QUESTIONS = [
    asked("ABOUT", "string", "Potholes on main streets are patched first.", variable=False),
    asked(
        "SIZE",
        "singlevaluelist",
        "How large is it?",
        *SIZES,
        required=True,
        datatype_description="Choose one.",
    ),
    asked("POSITION", "multivaluelist", "Where is it?", *values(LANE="Lane", CURB="At the curb")),
    asked("DEPTH", "number", "How deep is it?", datatype_description="A number of inches."),
    asked("SINCE", "datetime", "When did you notice it?"),
    asked("REMARKS", "text", "Anything else the crew should know?"),
]


def listed(number: int, status: str, **others: Any) -> dict[str, Any]:
    return {
        "service_request_id": f"26-000{number}",
        "url": f"/r/26-000{number}",
        "service_name": "Pothole",
        "address": "104 East Main Street",
        "description": "Deep hole in the right lane, it broke a wheel of my stroller.",
        "requested_at": NOW - timedelta(days=number % 9),
        "status": status,
        "thumbnail": "/media/street.jpg" if number % 2 else "",
        **others,
    }


LATEST = [listed(1201, "open"), listed(1198, "in_progress"), listed(1195, "fixed")]
NEARBY = [
    listed(1201, "open", meters=12.0, direction="NE"),
    listed(1198, "planned", meters=44.0, direction="S"),
]
OUTLOOK = {
    "takes": "Street Division, North Yard will take this, because it lies north of Main Street.",
    "due": "Expected by Friday, December 4, 5 PM (5 working days).",
    "record": "In the past year 9 of 10 potholes here were closed within 6 days (41 requests).",
    "urgent_text": "",
    "urgent_phone": "",
    "contact_reason": "",
    "notice": "Potholes on main streets are patched first.",
}
FORM: dict[str, Any] = {
    "suggested": SERVICES[:6],
    "groups": GROUPS,
    "questions": [],
    "nearby": [],
    "outlook": None,
    "matches": [],
    "hidden": {"started": "1764254000.signed"},
    "center": {"lat": 39.7137, "long": -82.5993},
    "base_map": {"address": "", "kind": "style", "attribution": ""},
    "latest": LATEST,
    "emergency_words": ["gas smell", "wire down"],
    "addresses_url": "/open311/v2/addresses.json",
    "here": "report",
}
PROBLEMS = [
    PageProblem("Choose what it is.", "service_code"),
    PageProblem("Use your location, enter an address, or show the map.", "lat"),
    PageProblem("Enter an email address in the form name@example.com.", "email"),
]


def question_page(step: str, number: int, heading: str, **others: Any) -> dict[str, Any]:
    back = f"/report/{'d' * 22}/place"
    known = {"step": step, "number": number, "count": 7, "heading": heading}
    return {**FORM, "draft": "d" * 22, "back_url": back, "q": "", "rows": [], **known, **others}


ROWS = [
    ("Photos", ["1 photo"], "/report/d/photo"),
    ("Place", ["104 East Main Street"], "/report/d/place"),
    ("What is it?", ["Pothole"], "/report/d/service"),
    ("Description", ["Deep hole in the right lane.\nBy the bus stop."], "/report/d/details"),
    ("How large is it?", ["Larger than a dinner plate"], "/report/d/details"),
    ("Contact", [], "/report/d/contact"),
]
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("home.html", FORM),
    "home-problems": (
        "home.html",
        {**FORM, "problems": PROBLEMS, "questions": QUESTIONS, "nearby": NEARBY},
    ),
    "photo": ("question.html", question_page("photo", 1, "What needs fixing?", back_url="")),
    "place": (
        "question.html",
        question_page(
            "place",
            2,
            "Where is it?",
            matches=values(A1="104 East Main Street", A2="104 West Main Street"),
            problems=[PageProblem("Choose one of the addresses.", "address_id")],
        ),
    ),
    "service": ("question.html", question_page("service", 3, "What is it?")),
    "nearby": ("question.html", question_page("nearby", 4, "Already reported?", nearby=NEARBY)),
    "details": ("question.html", question_page("details", 5, "Details", questions=QUESTIONS)),
    "contact": ("question.html", question_page("contact", 6, "Contact")),
    "check": (
        "question.html",
        question_page("check", 7, "Check before sending", rows=ROWS, outlook=OUTLOOK),
    ),
    "problem-404": (
        "problem.html",
        {"status": 404, "problems": [PageProblem("There is no page with this address.")]},
    ),
    "problem-429": (
        "problem.html",
        {"status": 429, "wait": 600, "problems": [PageProblem("Try again later.")]},
    ),
}

pages = Blueprint("samples", __name__)


def site_in(language: str) -> SimpleNamespace:
    """Return the sample city; pseudo-languages read from right to left are marked by the query."""
    return SimpleNamespace(scope=SCOPE, site=replace(SITE), language=language)


@pages.get("/")
def home() -> str:
    return show("home")


@pages.get("/look/<name>")
def show(name: str) -> str:
    """Show a page of PAGES; ?dir=rtl turns it, and ?lang=es is in Spanish."""
    template, known = PAGES[name]
    g.path_language = request.args.get("lang")
    context = {**page_context(site_in("en")), **known}  # type: ignore[arg-type]
    if request.args.get("dir"):
        context["direction"] = request.args["dir"]
    typed = request.args.to_dict()
    context["typed"] = lambda field: typed.get(field, "")
    context["typed_list"] = request.args.getlist
    return render_template(f"residents/{template}", **context)


@pages.after_request
def protect_sample(response: Response) -> Response:
    return protect_site_page(response)


@pages.get("/site.css")
def site_css() -> Response:
    return Response(f":root {{ --city: {SITE.color}; }}", content_type="text/css")


@pages.get("/site.webmanifest")
def manifest() -> dict[str, str]:
    return {"name": SCOPE.name, "start_url": "/", "display": "standalone"}


media = Blueprint("media", __name__, url_prefix="/media")


@media.get("/<name>", endpoint="show")
def picture(name: str) -> Response:
    """Return a gray picture, wide for photos and square for the logo."""
    size = (120, 120) if name.startswith("logo") else (800, 600)
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, "PNG")
    return Response(file.getvalue(), content_type="image/png")


def sample_app() -> Flask:
    """Return the application with the sample pages."""
    folder = Path(open311.__file__).parent
    app = Flask("samples", template_folder=str(folder / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="samples", OPEN311_BASE_MAP="", OPEN311_BASE_MAP_ORIGINS=[])
    app.config["OPEN311_PUBLIC_URL"] = ""
    speak_languages(app)
    static = Blueprint(
        "openapi",
        __name__,
        url_prefix="/open311",
        static_folder=str(folder / "static"),
        static_url_path="/static",
    )
    for blueprint in (static, media, pages):
        app.register_blueprint(blueprint)
    return app


def all_pages() -> Iterator[str]:
    yield from PAGES
