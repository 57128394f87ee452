"""No public output of a city contains personal data or secrets: all URLs, and the logs."""

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests
from applications import application, at_hand, close
from report_samples import MADE_AT, MONDAY, documents_of, report_of
from servers import running_server
from visitor import Visitor
from website_forms import opened

from open311.georeport.stats_rows import FIGURES
from open311.jobs.open_data import publish_all
from open311.operations.reports import publish_report
from open311.queries.jurisdictions import get_jurisdiction
from open311.secret_links import hash_of_token, token_of
from schemas.vocabulary.file_formats import FILE_FORMATS
from tests.residents.reported import PHOTO, SECRET, Reported, Town

PERSON = {
    "first_name": "Xaviera",
    "last_name": "Quillfeather",
    "email": "xq77@mail.example",
    "phone": "(740) 555-7788",
    "device_id": "device-zz-4711",
    "account_id": "account-zz-4712",
}
FOLLOWER = "follower77@mail.example"
WATCHER = "watcher77@mail.example"
FLAG, AMONG_STAFF, HELD, HIDDEN, WITHDRAWN, CLERK = (
    *("flagwords77", "staffwords77", "heldwords77", "hiddenwords77", "withdrawnwords77"),
    "clerk77",
)
PRIVATE = (
    *PERSON.values(),
    *("7405557788", FOLLOWER, WATCHER, FLAG, AMONG_STAFF, HELD, HIDDEN, WITHDRAWN, CLERK),
)
"""What nobody but staff may read."""

QUERIES = (
    "",
    "extensions=true&page_size=1000&start_date=2000-01-01",
    "sort=changed&tombstones=true&extensions=true&page_size=1000",
    "f=json&limit=1000&lat=0.5&long=0.5&service_code=POTHOLE&q=hole",
)


OF_LISTS = {"format", "collection"}
"""The variables of paths that may lead to a list, which filters and the order change."""


def queries_for(rule: str) -> tuple[str, ...]:
    variables = set(re.findall(r"(\w+)>", rule))
    if "language" in variables:
        return QUERIES[:1]
    return QUERIES if variables <= OF_LISTS else (*QUERIES[:2], "f=json")


class Leaks:
    """What was found in the outputs of a server."""

    def __init__(self, secrets: set[str]) -> None:
        self.secrets = secrets
        self.found: list[str] = []
        self.seen = 0

    def look_at(self, where: str, content: bytes, asked: str = "") -> None:
        """asked is the path that was asked for: a page of a secret may link to itself."""
        self.seen += 1
        if content.startswith(b"PK"):  # of an Excel file, what it contains
            with ZipFile(io.BytesIO(content)) as file:
                content = b"".join(file.read(name) for name in file.namelist())
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        text = content.decode("utf-8", "ignore").lower()
        words = {*PRIVATE, *(one for one in self.secrets if one not in asked)}
        self.found += [f"{one} in {where}" for one in words if one.lower() in text]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("private") / "log"


@pytest.fixture(scope="module")
def place(site_database: str, log: Path) -> Iterator[Town]:
    """A Gridtown that writes all that it can to its log."""
    media = log.parent / "media"
    media.mkdir()
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_MEDIA_STORE": str(media),
        "OPEN311_LOG_LEVEL": "DEBUG",
        "OPEN311_MAIL": f"folder:{log.parent / 'mail'}",
        "OPEN311_MAIL_FROM": "311@gridtown.example",
        "OPEN311_PUBLIC_URL": "http://311.gridtown.example",
    }
    with running_server(site_database, log, settings) as address:
        yield Town(address, site_database)


@pytest.fixture(scope="module")
def reported(place: Town) -> dict[str, Reported]:
    """Requests in each state, all by the same person."""
    states = {
        "open": {"description": "A hole of which all may read"},
        "held": {"description": HELD},
        "hidden": {"description": HIDDEN},
        "withdrawn": {"description": WITHDRAWN},
    }
    found = {name: place.report(photos=1, **PERSON, **more) for name, more in states.items()}
    held, one = found["held"], found["open"]
    place.rows("UPDATE service_requests SET public = false WHERE pk = %s", held.pk)
    place.rows(
        "INSERT INTO holds (service_request_pk, rule, seen, held_at)"
        " VALUES (%s, 'phone', '…88', now())",
        held.pk,
    )
    assert place.post(f"/track/{found['hidden'].secret}/hide", text="hide").status_code == 200
    withdrawal = place.post(f"/track/{found['withdrawn'].secret}/withdraw", confirm="true")
    assert withdrawal.status_code == 200
    place.post(f"/r/{one.id}/flag", reason="other", text=FLAG)
    place.post(f"/r/{one.id}/follow", email=FOLLOWER, sending="1")
    place.post(f"/track/{one.secret}/email", email="other77@mail.example")
    place.post("/follow", email=WATCHER, about="new", where="city", rhythm="daily")
    place.rows(
        "INSERT INTO work_steps (service_request_pk, kind, text, made_by, made_at)"
        " VALUES (%s, 'noted', %s, 'tests', now())",
        one.pk,
        AMONG_STAFF,
    )
    return found


@pytest.fixture(scope="module")
def rules(place: Town) -> list[str]:
    """The paths of all pages that anyone can get."""
    app = application(place.database)
    found = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not str(rule).startswith("/staff")
    ]
    close(app)
    return found


_IDS = "SELECT service_request_id FROM service_requests WHERE service_request_id IS NOT NULL"


NOT_HERE = {
    *("/routing/explain", "/site-logo", "/base-map"),
    *("/open311/v2/webhooks", "/open311/v2/webhooks/<int(max=2147483647):webhook>"),
    *(
        f"/open311/{endpoint}/{path}"
        for endpoint in ("v2", "test/v2")
        for path in (
            "tokens/<opaque:token>.<format:format>",
            "update_tokens/<opaque:token>.<format:format>",
            "addresses.<format:format>",
        )
    ),
    "/open311/test/v2/request/<opaque:service_request_id>.<map_format:format>",
    "/open311/test/v2/requests/<opaque:service_request_id>.<map_format:format>",
}
"""What only keys read, and what this city does not have: a logo, a register of addresses."""


def follow_secret(place: Town) -> str:
    """Return the link that a message to FOLLOWER would have."""
    wish = place.value(
        "SELECT subscriptions.id FROM subscriptions JOIN contacts ON contacts.id = contact_id"
        " WHERE address = %s",
        FOLLOWER,
    )
    return token_of(SECRET, "follow", wish)


def alert_secret(place: Town) -> str:
    """Return the link that a message to WATCHER would have."""
    return token_of(SECRET, "alert", place.value("SELECT max(id) FROM alerts"))


def view_secret(place: Town) -> str:
    """Return the link to all requests that a member of staff made, who has one of them."""
    [(id_,)] = place.rows("SELECT nextval('view_links_id_seq')")
    secret = token_of(SECRET, "view", id_)
    place.rows(
        "WITH clerk AS (INSERT INTO users (jurisdiction_id, name, name_key, role, created_at,"
        " recovery_hashes) VALUES ('gridtown.example', %s, %s, 'dispatcher', now(), '{}')"
        " RETURNING id), assigned AS (UPDATE service_requests SET assigned_user_id = clerk.id"
        " FROM clerk WHERE public) INSERT INTO view_links (id, jurisdiction_id, user_id, name,"
        " query, token_hash, created_at, expires_at) SELECT %s, 'gridtown.example', id,"
        " 'All requests', '', %s, now(), now() + interval '1 day' FROM clerk",
        *(CLERK, CLERK, id_, hash_of_token(secret)),
    )
    return secret


def published_week(place: Town) -> str:
    """Publish the report of a week, and return the week."""
    with at_hand(place.database):
        here, documents = get_jurisdiction(None), documents_of(report_of(MONDAY))
        assert publish_report(here, MONDAY, MADE_AT, "1", documents, tell=False)
    return "2026-W09"


def values_of(place: Town, one: Reported, viewed: str) -> dict[str, list[str]]:
    """Return what stands for each variable part of a path."""
    photo = place.value(
        "SELECT name FROM media WHERE service_request_pk = %s AND name IS NOT NULL", one.pk
    )
    staged = place.value(
        "SELECT photos->0->>'name' FROM report_drafts WHERE photos <> '[]' LIMIT 1"
    )
    collections = place.get("/ogc/collections?f=json").json()["collections"]
    ids = [id_ for (id_,) in place.rows(_IDS)]
    return {
        "language": ["en", "es"],
        "secret": [one.secret, follow_secret(place), alert_secret(place), viewed],
        "collection": [collection["id"] for collection in collections],
        "feature_id": ids,
        "tile_matrix_set": ["WebMercatorQuad"],
        "tile": ["0/0/0", "14/8145/8214"],
        "format": ["json", "xml", "geojson"],
        "service_request_id": ids,
        "service_code": ["POTHOLE"],
        "token": ["none"],
        "step": ["photo", "place", "service", "nearby", "details", "contact", "check"],
        "photo": [photo, staged],
        "name": [photo],
        "filename": ["residents/sw.js"],
        "webhook": ["1"],
        "measure": list(FIGURES),
        "key": ["received-and-closed", "time-by-service"],
        "week": [published_week(place)],
    }


def paths(rule: str, values: dict[str, list[str]]) -> list[str]:
    """Return a rule with each of the values of its variables."""
    rule = re.sub("/".join(rf"<[^<>]*{one}>" for one in ("zoom", "row", "column")), "<tile>", rule)
    part = re.search(r"<(?:[^<>]*:)?(\w+)>", rule)
    if part is None:
        return [rule]
    filled = [rule[: part.start()] + value + rule[part.end() :] for value in values[part[1]]]
    return [path for one in filled for path in paths(one, values)]


def test_no_url_tells_what_is_private(
    place: Town, reported: dict[str, Reported], rules: list[str], log: Path
) -> None:
    one = reported["open"]
    media = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_MEDIA_STORE": str(log.parent / "media")}
    with at_hand(place.database, media):
        publish_all()  # the files of open data
    draft = Visitor(place.address).open("/").send({"opened": opened(SECRET)}, files=[PHOTO])
    name = draft.url.rpartition("/report/")[2].partition("/")[0]
    viewed = view_secret(place)
    secrets = {
        name,
        follow_secret(place),
        alert_secret(place),
        viewed,
        *(other.secret for other in reported.values()),
    }
    leaks, values = Leaks(secrets), values_of(place, one, viewed)
    statuses: dict[str, set[int]] = {}
    for rule in rules:
        # The name of a draft is masked where it belongs, and would be no secret elsewhere.
        own = values | {"name": [name]} if "/report/<name>" in rule else values
        for path in paths(rule, own):
            for query in queries_for(rule):
                answer = place.get(f"{path}?{query}")
                assert answer.status_code < 500, path
                statuses.setdefault(rule, set()).add(answer.status_code)
                where = f"{answer.status_code} {path}?{query}"
                leaks.look_at(where, answer.content, path)
                leaks.look_at(f"headers of {where}", str(answer.headers).encode(), path)
    workbook = place.get(f"/view/{viewed}/file?f=xlsx")
    assert workbook.content.startswith(b"PK")
    leaks.look_at("workbook of a link", workbook.content)
    for one_format in FILE_FORMATS:
        exported = place.get(f"/ogc/collections/requests/export?f={one_format.code}")
        assert exported.status_code == 200
        leaks.look_at(f"export {one_format.code}", exported.content)
    for word in PRIVATE:
        for path in ("/open311/v2/requests.json", "/reports.geojson"):
            listed = place.get(f"{path}?start_date=2000-01-01&q={requests.utils.quote(word)}")
            rows: Any = listed.json()
            assert (rows["features"] if isinstance(rows, dict) else rows) == [], word
    assert leaks.found == []
    never = [rule for rule, seen in statuses.items() if not seen & {200, 204, 302, 303}]
    assert set(never) == NOT_HERE, "\n".join(["no page of these was looked at:", *never])
    written = log.read_bytes()
    assert b"DEBUG" in written
    assert "/track/…".encode() in written
    assert "/view/…".encode() in written
    leaks.secrets.add(SECRET)
    leaks.look_at("log", written)
    assert leaks.found == []


def test_paths_with_a_secret_are_kept_and_told_nowhere_also_with_errors(
    place: Town, reported: dict[str, Reported]
) -> None:
    secret = reported["open"].secret
    unknown = "x" * 22
    for path, status in (
        (f"/track/{secret}", 200),
        (f"/es/track/{secret}/withdraw", 200),
        (f"/report/sent/{secret}", 200),
        (f"/track/{unknown}", 404),
        (f"/track/{secret}/add", 405),  # read again after an error of the form
        (f"/es/track/{secret}/answer", 405),
        (f"/track/{secret}/nothing", 404),
        (f"/track/{secret}/", 404),
        (f"/f/{unknown}", 404),
        (f"/u/{unknown}", 404),
        (f"/a/{unknown}", 404),
        (f"/view/{unknown}", 404),
        (f"/view/{unknown}/nothing", 404),
        (f"/a/{alert_secret(place)}", 200),
        (f"/es/u/{follow_secret(place)}", 200),
        (f"/report/{unknown}/check", 410),
        (f"/report/{unknown}/nothing", 404),
        (f"/report/sent/{reported['withdrawn'].secret}", 404),
    ):
        answer = place.get(path)
        told = {name: answer.headers.get(name) for name in KEPT_NOWHERE}
        assert (path, answer.status_code, told) == (path, status, KEPT_NOWHERE)
        assert "text/html" in answer.headers["Content-Type"]
        assert "Set-Cookie" not in answer.headers


KEPT_NOWHERE = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}
