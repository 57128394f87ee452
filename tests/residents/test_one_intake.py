"""One intake: the same multipart to the API and to the website; and GET changes nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import lxml.html
import psycopg
import pytest
import requests
from georeport_client import KEYS
from images import from_a_phone
from psycopg.rows import dict_row
from servers import PATIENCE
from visitor import Visitor
from website_forms import opened, proof

from tests.residents.reported import FOLDED, SECRET

PHOTO = ("media", ("hole.jpg", from_a_phone(), "image/jpeg"))
OF_THE_WEBSITE = {"site_reports": 1, "capabilities": 1}
"""Rows that only a report of the website has."""

OWN = {"pk", "id", "service_request_pk", "change_number", "listed_number"}
"""Columns that differ between any two service requests."""

HANDLES = {"service_request_id", "token", "name", "media_url"}
"""Columns with ids and names: both have one, or neither has."""

OF_THE_SENDER = {"api_key_id", "idempotency_key", "fingerprint", "occurrence", "channel"}
"""Columns that tell who sent it, with which key, and how. Only the website sends keys here."""

Read = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def read(site_database: str) -> Iterator[Read]:
    """Return a function that runs a statement, and returns rows by column."""
    url = site_database.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:

        def run(statement: str) -> list[dict[str, Any]]:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

        run("UPDATE sites SET reports_per_hour = 9000, reports_per_day = 9000")
        yield run


def tables(read: Read) -> list[str]:
    rows = read(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " ORDER BY relname"
    )
    return [row["relname"] for row in rows if row["relname"] not in FOLDED]


def sizes(read: Read) -> Counter[str]:
    return Counter({one: read(f"SELECT count(*) FROM {one}")[0]["count"] for one in tables(read)})


def rows_of(read: Read, pk: int) -> dict[str, list[dict[str, Any]]]:
    """All rows of a service request, without what differs between any two."""
    columns = read("SELECT table_name, column_name FROM information_schema.columns")
    dependent = {
        one["table_name"] for one in columns if one["column_name"] == "service_request_pk"
    } & set(tables(read))
    found = {"service_requests": read(f"SELECT * FROM service_requests WHERE pk = {pk}")}
    for table in sorted(dependent):
        found[table] = read(f"SELECT * FROM {table} WHERE service_request_pk = {pk}")
    moment = found["service_requests"][0]["requested_datetime"]
    return {
        table: sorted(([_plain(row, moment) for row in rows]), key=repr)
        for table, rows in found.items()
    }


def _plain(row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """Return a row with times since it was requested, and without its ids."""
    kept = {name: value for name, value in row.items() if name not in OWN | OF_THE_SENDER}
    for name, value in kept.items():
        if name in HANDLES:
            kept[name] = bool(value)
        elif isinstance(value, datetime):
            kept[name] = round((value - moment).total_seconds() / 10)  # written seconds apart
        elif name == "answer":
            kept[name] = {key: key if key in HANDLES else one for key, one in value.items()}
    return kept


HERE = {"lat": "0.5", "long": "0.5"}
REPORTS: dict[str, tuple[dict[str, str | list[str]], int]] = {
    "a place": ({"service_code": "POTHOLE", **HERE, "accuracy": "12.5"}, 0),
    "near a border": ({"service_code": "POTHOLE", "lat": "0.5", "long": "0.00001"}, 0),
    "a photo": ({"service_code": "POTHOLE", **HERE, "description": 'Deep hole 🕳 \\ "here"'}, 2),
    "a requester": (
        {
            "service_code": "0042",
            **HERE,
            "email": "robin@example.org",
            "phone": "555-0199",
            "first_name": "Robin",
            "last_name": "Example",
        },
        1,
    ),
    "an address": ({"service_code": "POTHOLE", "address_string": "3 Elm Street\nback"}, 0),
    "other names": ({"service_code": "POTHOLE", "lat": "0.5", "lng": "-0.5", "address": "At 3"}, 0),
    "answers": (
        {
            "service_code": "SURVEY",
            **HERE,
            "attribute[WHO]": "CREW",
            "attribute[WHAT]": ["A", "01"],
            "attribute[SINCE]": "2026-03-09T14:05",
            "attribute[STORY]": "Two\nlines",
            "attribute[COUNT]": "3",
        },
        0,
    ),
    "a batch": ({"service_code": "LAMP", **HERE, "description": "Dark"}, 1),
    "in confidence": ({"service_code": "TIP", **HERE, "description": "I saw it"}, 1),
    "a link": ({"service_code": "POTHOLE", **HERE, "media_url": "https://photos.example/1.jpg"}, 0),
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_same_multipart_gives_the_same_rows(website: str, read: Read, name: str) -> None:
    fields, photos = REPORTS[name]
    page = {"opened": opened(SECRET), "proof": proof(website), "sending": name}
    all_of_it = {"api_key": KEYS["gridtown.example"], **page, **fields}
    parts: list[Any] = [
        (field, (None, one))
        for field, some in all_of_it.items()
        for one in (some if isinstance(some, list) else [some])
    ]
    read("UPDATE site_reports SET sender_digest = NULL")  # nobody has sent many
    pks, grown = [], []
    for path in ("/open311/v2/requests.json", "/report"):
        before = sizes(read)
        answer = requests.post(
            f"{website}{path}", files=[*parts, *[PHOTO] * photos], timeout=PATIENCE
        )
        assert answer.status_code == 200, Visitor(website, text=answer.text).words
        pks.append(read("SELECT max(pk) FROM service_requests")[0]["max"])
        grown.append(sizes(read) - before)
    channels = read(f"SELECT channel FROM service_requests WHERE pk IN {tuple(pks)} ORDER BY pk")
    assert [row["channel"] for row in channels] == ["api", "website"]
    by_api, by_website = (rows_of(read, pk) for pk in pks)
    for table, number in OF_THE_WEBSITE.items():
        assert (len(by_api.pop(table)), len(by_website.pop(table))) == (0, number)
    assert by_website == by_api
    assert len(by_api["media"]) == photos + ("media_url" in fields)
    assert by_api["status_changes"]
    assert grown[1] - grown[0] == Counter({**OF_THE_WEBSITE, "spent_challenges": 1})
    assert grown[0] - grown[1] == Counter()


STARTS = ("/", "/es/", "/?service_code=SURVEY", "/reports", "/services", "/about")
DATA = [
    f"/report/{name}?service_code=POTHOLE&lat=0.5&long=0.5&q=hole"
    for name in ("suggestions", "outlook", "nearby", "questions", "challenge")
]


@pytest.mark.parametrize("most", [2, pytest.param(20, marks=pytest.mark.long)])
def test_opening_every_page_and_every_kind_of_link_changes_nothing(
    website: str, read: Read, most: int
) -> None:
    """Of links that differ in ids, numbers, and values alone, so many are opened."""
    visitor = Visitor(website).open("/").send(files=[PHOTO])
    draft = visitor.url.rpartition("/")[0]
    for answer in ({"address_string": "5 Elm"}, {"service_code": "POTHOLE"}, {}, {}):
        visitor.send(answer)
    steps = ("photo", "place", "service", "nearby", "details", "contact", "check")
    waiting = [*STARTS, *DATA, *(f"{draft}/{step}" for step in steps)]
    sent = Visitor(website, visitor.url, 200, visitor.text)
    sent.open("/").send()
    for answer in ({"address_string": "6 Elm"}, {"service_code": "POTHOLE"}, {}, {}, {}):
        sent.send(answer)
    assert "/report/sent/" in sent.url
    waiting.append(sent.url)
    before, states = sizes(read), contents(read)
    seen: set[str] = set()
    of_a_kind: Counter[str] = Counter()
    while waiting:
        url = urldefrag(urljoin(website, waiting.pop())).url
        kind = kind_of(url)
        if url in seen or of_a_kind[kind] == most or not url.startswith(website):
            continue
        seen.add(url)
        of_a_kind[kind] += 1
        answer = requests.get(url, timeout=PATIENCE)
        # On a busy machine, the figures of a page may take too long.
        assert answer.status_code < 500 or answer.status_code == 503, url
        if "text/html" in answer.headers["Content-Type"] and answer.text.strip():
            page = lxml.html.document_fromstring(answer.text)
            waiting += [urljoin(answer.url, link) for link in page.xpath("//@href | //@src")]
            waiting += [urljoin(answer.url, form.action) for form in page.forms if form.action]
    assert len(seen) > 40
    assert sizes(read) == before
    assert contents(read) == states


def kind_of(url: str) -> str:
    """The path without the words with digits, which name a thing, and the names of the query."""
    parts = urlsplit(url)
    path = re.sub(r"[^/]*\d[^/]*", "*", parts.path)
    return " ".join([path, *sorted(dict(parse_qsl(parts.query, keep_blank_values=True)))])


def contents(read: Read) -> dict[str, str]:
    """A hash of the content of each table."""
    return {
        table: read(
            f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t"
        )[0]["md5"]
        for table in tables(read)
    }
