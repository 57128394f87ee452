"""Sample values for all templates of the website."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from figure_samples import DEFINED, FIGURES

from open311.queries.jurisdictions import Scope
from open311.queries.residents.site import SiteInfo
from open311.web.open_data.columns import Column
from open311.web.page_problems import PageProblem

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
NOTICE = "Potholes on main streets are patched first."
OUTLOOK = {
    "takes": "Street Division, North Yard will take this, because it is north of Main Street.",
    "due": "Expected by Friday, December 4, 5 PM (5 working days).",
    "record": "In the past year 9 of 10 potholes here were closed within 6 days (41 requests).",
    "urgent_text": "",
    "urgent_phone": "",
    "contact_reason": "",
    "notice": NOTICE,
}
URGENT = {
    "urgent_text": "Call at once if a wire hangs down.",
    "urgent_phone": "(800) 555-0199",
    "urgent_call": "tel:8005550199",
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
SENT = {
    "number": "26-0001234",
    "track_url": f"https://311.example.com/track/{'s' * 22}",
    "takes": "Street Division, North Yard has it.",
    "due": "Expected by Friday, December 4.",
    "held": False,
    "service_notice": "",
}
HELD = "Received and being worked on. Shown publicly after a look."


def entry(code: str, days: int, **others: Any) -> dict[str, Any]:
    common = {"sentence": "", "note": "", "photos": [], "removed": ""}
    return {**common, "code": code, "at": NOW - timedelta(days=days), **others}


PHOTO = ("/media/street.jpg", "Photo 1", "/media/street.jpg")
ENTRIES = [
    entry("open", 6, sentence="Street Division, North Yard has it."),
    entry("moved", 5, sentence="Moved from Street Division to Water.", note="A main is below."),
    entry("planned", 4, sentence="Expected by December 4.", note="With the next paving."),
    entry("note", 3, removed="Personal data removed by the city, Nov 25"),
    entry("in_progress", 1, photos=[PHOTO]),
]
ONE = {
    "service_request_id": "26-0001234",
    "service_name": "Pothole",
    "address": "104 East Main Street",
    "lat": 39.7137,
    "long": -82.5993,
    "requested_at": NOW - timedelta(days=6),
    "status": "in_progress",
    "sentence": "A crew has begun.",
    "department": "Street Division, North Yard",
    "reason": "because it is north of Main Street",
    "expected": "December 4",
    "was_expected": "November 26",
    "late": True,
    "description": "Deep hole in the right lane.\nBy the bus stop.",
    "removed": "",
    "photos": [PHOTO, PHOTO],
    "answers": [("How large is it?", ["Larger than a dinner plate"])],
    "entries": ENTRIES,
    "supports": 3,
    "sent_to": [("Grid County", "4711")],
    "main_id": "",
    "main_url": "",
    "bbox": "-82.6,39.7,-82.5,39.8",
    "links": ["https://photos.example/1.jpg"],
    "duplicate": [("26-0001240", "/r/26-0001240")],
    "qr": "/media/qr.png",
}
CLOSED: dict[str, Any] = {
    **ONE,
    "status": "duplicate",
    "sentence": "Follow that one.",
    "late": False,
    "expected": "",
    "description": "",
    "removed": "Text hidden by the requester",
    "main_id": "26-0001100",
    "main_url": "/r/26-0001100",
    "entries": [*ENTRIES, entry("fixed", 0, note="Filled with hot asphalt.", photos=[PHOTO])],
}
TRACK: dict[str, Any] = {
    "one": ONE,
    "secret": "s" * 22,
    "may": {"add", "hide", "new-link", "withdraw", "email", "texts"},
    "updates": "unconfirmed",
    "texts": "unconfirmed",
    "question": "",
    "hideable": [("a.jpg", "/media/street.jpg", "Photo 1"), ("b.jpg", "/media/street.jpg", "")],
    "text_shown": True,
    "email": "",
    "keeps": False,
    "reopen_by": "",
    "answered": "",
    "done": "Your text is hidden.",
}
LIST: dict[str, Any] = {
    "found": [*LATEST, listed(1190, "no_further_action"), listed(1187, "for_triage")],
    "count": "217 requests",
    "period": "of the last 90 days",
    "chips": [("“hole”", "/reports?status=open"), ("open", "/reports?q=hole")],
    "services": [
        (group, [(one["service_code"], one["service_name"]) for one in services])
        for group, services in GROUPS
    ],
    "departments": [("NORTH", "Street Division, North Yard"), ("WATER", "Water Pollution Control")],
    "boundaries": [("Ward", [("ward:1", "Ward 1"), ("ward:2", "Ward 2")])],
    "radii": [("152", "500 ft"), ("805", "0.5 mi")],
    "sorts": [("-requested_datetime", "newest first"), ("requested_datetime", "oldest first")],
    "unseen": [("group", "Streets")],
    "matches": [],
    "not_found": False,
    "next_url": "/reports?after=x",
    "first_url": "/reports",
    "before_url": "",
    "clear_url": "/reports",
    "geojson_url": "/reports.geojson",
    "atom_url": "/reports.atom",
    "tiles": "jurisdiction_id=sample.example",
    "bounds": "-82.7,39.6,-82.5,39.8",
    "layers": ["ward"],
    "base_map": FORM["base_map"],
    "here": "requests",
}
NONE: dict[str, Any] = {
    **LIST,
    "found": [],
    "count": "0 requests",
    "next_url": "",
    "first_url": "",
    "before_url": "/reports?end_date=2026-08-01",
}
RECORD = {
    "requests": 41,
    "closed": 39,
    "nine_in_ten": "6 days",
    "kept": "92 %",
}
PROMISED = [
    (
        group,
        [
            {
                **one,
                "description": "A hole or broken pavement in a street or alley.",
                "url": f"/services/{one['service_code']}",
                "promise": "5 working days",
                "record": None if one["icon"] == "snow" else RECORD,
                "is_on_site": True,
            }
            for one in services
        ],
    )
    for group, services in GROUPS
]
ALERTS: dict[str, Any] = {
    "is_done": False,
    "subjects": values(new="New requests", closed="Closed requests"),
    "rhythms": values(daily="Once a day, at 8:00", weekly="Once a week"),
    "services": [
        (group, [{"key": one["service_code"], "name": one["service_name"]} for one in services])
        for group, services in GROUPS
    ],
    "boundaries": LIST["boundaries"],
    "radii": LIST["radii"],
    "has_addresses": True,
    "matches": [],
    "center": LIST["bounds"],
    "layers": ["ward"],
    "base_map": FORM["base_map"],
    "here": "requests",
}
ALERT: dict[str, Any] = {
    "one": {
        "about": "New and closed requests",
        "where": "Within 500 ft of 104 East Main Street",
        "services": "Pothole, Graffiti",
        "list_url": "/en/reports?service_code=POTHOLE",
    },
    "secret": "s" * 22,
    "rhythms": ALERTS["rhythms"],
}
FOLLOWING = {"one": ONE, "secret": "s" * 22, "can_begin": True}
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
    "problem-410": (
        "problem.html",
        {"status": 410, "problems": [PageProblem("The requester has withdrawn it.")]},
    ),
    "problem-503": ("problem.html", {"status": 503, "problems": [PageProblem("Try again.")]}),
    "sent": ("sent.html", SENT),
    "sent-held": ("sent.html", {**SENT, "held": True, "number": "", "service_notice": NOTICE}),
    "request": ("request.html", {"one": ONE, "image": "", "closed": False, "done": ""}),
    "request-closed": (
        "request.html",
        {"one": CLOSED, "image": "", "closed": True, "done": "flag"},
    ),
    "track": ("track.html", TRACK),
    "track-answer": (
        "track.html",
        {
            **TRACK,
            "may": {"answer", "add"},
            "question": "Which lane?",
            "one": {**ONE, "status": "waits"},
        },
    ),
    "track-fixed": (
        "track.html",
        {
            **TRACK,
            "one": CLOSED,
            "may": {"fixed", "withdraw"},
            "answered": "unsure",
            "reopen_by": "Dec 11",
        },
    ),
    "track-held": (
        "track.html",
        {**TRACK, "one": {**ONE, "visibility": "held", "visibility_sentence": HELD}},
    ),
    "withdraw": ("withdraw.html", TRACK),
    "withdraw-own": ("withdraw.html", {**TRACK, "keeps": True}),
    "withdrawn": ("withdrawn.html", {"kept": True}),
    "requests": ("requests.html", LIST),
    "requests-none": ("requests.html", NONE),
    "requests-matches": (
        "requests.html",
        {**LIST, "matches": [{"name": "104 East Main Street", "url": "/reports?lat=39.7"}]},
    ),
    "requests-problems": (
        "requests.html",
        {
            **NONE,
            "not_found": True,
            "problems": [PageProblem("Enter a valid date.", "start_date")],
        },
    ),
    "find": (
        "find.html",
        {
            "number": "26-9",
            "problems": [PageProblem("There is no request with the number 26-9.", "number")],
            "here": "requests",
        },
    ),
    "embed-report": ("embed_report.html", {"embedded": True, "services": SERVICES[:6]}),
    "embed-map": ("embed_map.html", {**LIST, "embedded": True, "list_url": "/reports"}),
    "services": ("services.html", {"groups": PROMISED, "here": "services"}),
    "one-service": (
        "service.html",
        {
            "service": {
                **PROMISED[0][1][0],
                "service_notice": "",
                "urgent_text": "Call at once if a car is damaged.",
                "urgent_phone": "(800) 555-0199",
                "description_lang": "",
                "visibility": "Staff look at each request before everyone can see it.",
            },
            "departments": [
                {"department": "North Yard", "cases": ["in North", "in the Old Town"]},
                {"department": "Street Division", "cases": ["everywhere else"]},
            ],
            "list_url": "/reports?service_code=POTHOLE",
            "questions": QUESTIONS,
            "latest": LATEST,
            "here": "services",
        },
    ),
    "insights": ("insights.html", {**FIGURES, "as_of": NOW, "reports_url": "/insights/reports"}),
    "report-of-a-week": (
        "report.html",
        {
            **FIGURES,
            "heading": "Week 48 of 2026, November 23, 2026 to November 29, 2026",
            "made_at": NOW,
            "reports_url": "/insights/reports",
        },
    ),
    "reports-of-weeks": (
        "reports.html",
        {
            "here": "insights",
            "reports": [
                ("Week 48 of 2026, November 23, 2026 to November 29, 2026", "/insights/2026-W48"),
                ("Week 47 of 2026, November 16, 2026 to November 22, 2026", "/insights/2026-W47"),
            ],
            "insights_url": "/insights",
            "feed_url": "/insights/reports.atom",
        },
    ),
    "insights-how": ("insights_how.html", DEFINED),
    "open-data": (
        "open_data.html",
        {
            "made_at": NOW,
            "requests": "12,345",
            "files": [
                {
                    "name": name,
                    "purpose": "For maps, such as QGIS",
                    "size": "3.4 MB",
                    "url": "/data",
                }
                for name in ("CSV", "GeoPackage", "GeoParquet")
            ],
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "columns": [
                Column("requested_datetime", "moment", "Time of submission."),
                Column("long", "number", "Longitude in degrees on WGS 84."),
                Column("geometry", "geometry", "Location of the request on WGS 84."),
            ],
            "geometry": "geometry",
            "kind_words": {
                "moment": "Date and time in UTC",
                "number": "Number",
                "geometry": "Point",
            },
            "package_url": "/data/datapackage.json",
            "api_url": "/open311/docs",
            "insights_url": "/insights",
            "how_url": "/insights/how",
        },
    ),
    "about": ("text.html", {"key": "about"}),
    "privacy": (
        "text.html",
        {
            "key": "privacy",
            "retention_days": 365,
            "rules": [("Photos", 24)],
            "contact_is_kept": True,
        },
    ),
    "accessibility": ("text.html", {"key": "accessibility"}),
    "closed": ("closed.html", {"latest": LATEST, "here": "report"}),
    "offline": ("offline.html", {}),
    "follow": ("follow.html", {**FOLLOWING, "state": "asked"}),
    "ended": ("follow.html", {**FOLLOWING, "state": "ended"}),
    "stop": ("stop.html", {**FOLLOWING, "ended": False, "done": ""}),
    "alerts": ("alerts.html", ALERTS),
    "alerts-problems": (
        "alerts.html",
        {
            **ALERTS,
            "matches": ["104 East Main Street", "104 West Main Street"],
            "problems": [PageProblem("Choose one of these addresses.", "address")],
        },
    ),
    "alert": ("alert.html", {**ALERT, "state": "on"}),
    "stop-alert": ("stop_alert.html", {**ALERT, "ended": False, "done": ""}),
    "stopped": ("stop.html", {**FOLLOWING, "ended": True, "done": ""}),
}
"""Pages by name: the template, and its values beside those of all pages."""
