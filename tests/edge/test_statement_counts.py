"""Numbers of statements of the hot paths, with a rate limit as in production.

They are the best guard against slow creep: exact, and the same on every machine. A statement more
is a statement too many, unless this file says why.
"""

from collections.abc import Callable, Iterator

import pytest
from applications import application, close
from flask.testing import FlaskClient
from georeport_client import KEYS
from sqlalchemy import Engine
from statements import kinds_of, statements
from werkzeug.test import TestResponse

from open311.database import db

PAGE, HEAD, COUNT, ONE, VERSION = "page", "head", "count", "one", "version"
NUMBER, TILE, EDITED = "number", "tile", "edited"
WRITE, RECEIPT = "write", "receipt"

KINDS = {
    "ST_AsMVT": TILE,
    "sum(entries.requests)": NUMBER,
    "INSERT INTO service_requests": WRITE,
    "AS fingerprint": RECEIPT,
    "count(*)": COUNT,
    "sort_key": PAGE,
    "change_number DESC": HEAD,
    "FROM moderations": EDITED,
    "FROM city_version {}": VERSION,
    "service_requests": ONE,
}
"""What a statement is, by the first of these words that it has."""

POSTED = {
    "api_key": KEYS["gridtown.example"],
    "service_code": "POTHOLE",
    "lat": "0.5",
    "long": "0.00001",  # near a border
    "description": "Deep",
    "email": "a@b.example",
    "media_url": "https://photos.example/1.jpg",
}
TILES = "/ogc/collections/requests/tiles/WebMercatorQuad"
SOME = "start_date=2000-01-01&end_date=2000-01-02"


@pytest.fixture(scope="module")
def served(
    fresh_database: Callable[[str], str], gridtown: str
) -> Iterator[tuple[FlaskClient, Engine]]:
    app = application(fresh_database(gridtown), {"OPEN311_RATE_LIMIT": "1000 per minute"})
    with app.app_context():
        engine = db.engine
    client = app.test_client()
    client.get("/open311/v2/requests.json")  # reads the snapshot
    yield client, engine
    close(app)


def asked(served: tuple[FlaskClient, Engine], path: str) -> tuple[TestResponse, list[str]]:
    client, engine = served
    with statements(engine) as sent:
        answer = client.get(path)
    return answer, kinds_of(sent, KINDS)


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/open311/v2/requests.json", 200, [PAGE]),
        ("/open311/v2/requests.xml", 200, [PAGE]),
        ("/open311/v2/requests.json?extensions=true", 200, [PAGE]),
        ("/open311/v2/requests.json?status=open", 200, [PAGE]),
        ("/open311/v2/requests.json?bbox=0,0,1,1", 200, [PAGE]),
        ("/open311/v2/requests.json?page_size=1", 200, [PAGE, COUNT]),
        # The head of a list is in its rows. Without rows, it is read alone.
        (f"/open311/v2/requests.json?{SOME}", 200, [PAGE, HEAD]),
        # What was hidden or erased since then has no later updated_datetime.
        ("/open311/v2/requests.json?updated_after=2000-01-01", 200, [EDITED, PAGE]),
        ("/open311/v2/requests/26-0000003.json", 200, [ONE]),
        ("/open311/v2/requests/26-0000003.xml?extensions=true", 200, [ONE]),
        # A refusal also asks whether the snapshot is current.
        ("/open311/v2/requests.json?page_size=x", 400, [VERSION]),
        ("/ogc/collections/requests/items", 200, [PAGE]),
        ("/ogc/collections/requests/items?limit=1", 200, [PAGE, COUNT]),
        ("/ogc/collections/requests/items?bbox=0,0,1,1&limit=1", 200, [PAGE, COUNT]),
        ("/ogc/collections/requests/items/26-0000003", 200, [ONE]),
        (f"{TILES}/6/31/32", 200, [TILE]),
        # From there on, the tile shows each request, or clusters of many.
        (f"{TILES}/13/4084/4107", 200, [NUMBER, TILE]),
        (f"{TILES}/13/4084/4107?bbox=0,0,1,1", 200, [COUNT, TILE]),
    ],
)
def test_a_read_takes_these(
    served: tuple[FlaskClient, Engine], path: str, status: int, expected: list[str]
) -> None:
    answer, sent = asked(served, path)
    assert (answer.status_code, sent) == (status, expected)


@pytest.mark.parametrize(
    ("fields", "key", "status", "expected"),
    [
        ({}, None, 200, [WRITE]),
        ({"service_code": "LAMP"}, None, 200, [WRITE]),
        ({"service_code": "TIP"}, None, 200, [WRITE]),
        ({"description": "One"}, "a key", 200, [RECEIPT, WRITE]),
        # A repeat also asks whether the snapshot is current, as nothing is stored with it.
        ({"description": "One"}, "a key", 200, [RECEIPT, VERSION]),
        ({}, None, 200, [WRITE, VERSION]),
        ({"service_code": "NOTHING"}, None, 404, [VERSION]),
        ({"api_key": "unknown"}, None, 403, [VERSION]),
    ],
)
def test_a_submission_takes_these(
    served: tuple[FlaskClient, Engine],
    fields: dict[str, str],
    key: str | None,
    status: int,
    expected: list[str],
) -> None:
    """In this order: some repeat others"""
    client, engine = served
    headers = {} if key is None else {"Idempotency-Key": key}
    with statements(engine) as sent:
        answer = client.post("/open311/v2/requests.json", data=POSTED | fields, headers=headers)
    assert (answer.status_code, kinds_of(sent, KINDS)) == (status, expected)
