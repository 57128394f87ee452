"""Connections of the database: none waits for a client, and there are eight."""

import contextlib
import io
from collections.abc import Callable, Iterator

import psycopg
import pytest
from applications import in_context
from flask import Flask, g
from flask.testing import FlaskClient
from georeport_client import KEYS
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from open311.database import db
from open311.media.store import MediaStore
from open311.operations.people.sign_in import start_session
from open311.operations.people.users import create_user
from open311.queries.people.users import find_user
from open311.web import exports
from open311.web.photo_files import photo_response
from schemas.vocabulary.file_formats import FILE_FORMAT_OF

POSTED = f"api_key={KEYS['gridtown.example']}&service_code=POTHOLE&lat=0.5&long=0.5".encode()


class Trickle(io.BytesIO):
    """A body that records, at each read, how many database connections are in use."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.in_use: list[int] = []

    def read(self, size: int | None = -1) -> bytes:
        self.in_use.append(db.engine.pool.checkedout())
        return super().read(10)


@pytest.fixture(scope="module")
def limited(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    """The application with a rate limit, which looks up API keys, and with sign-in."""
    settings = {"OPEN311_RATE_LIMIT": "1000 per minute", "OPEN311_SECRET_KEY": "s" * 32}
    yield from in_context(fresh_database(gridtown), settings)


@pytest.fixture
def client(limited: Flask) -> FlaskClient:
    """A client that an administrator has signed in."""
    if find_user("chief") is None:
        create_user("gridtown.example", "chief", "long enough for it", "administrator")
    user = find_user("chief")
    assert user is not None
    token = start_session(user)
    db.session.close()
    g.pop("_login_user", None)  # all tests here share a context, where the API has no user
    client = limited.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--x--\r\n'
)


@pytest.mark.parametrize(
    ("path", "content_type", "content"),
    [
        ("/open311/v2/requests.json?api_key=nobody", "text/plain", POSTED),
        ("/open311/v2/requests.json", "application/x-www-form-urlencoded", POSTED),
        ("/open311/v2/servicerequestupdates.json", "multipart/form-data; boundary=x", MULTIPART),
        ("/ogc/collections/requests/search", "application/json", b'{"limit": 1}'),
        ("/ogc/collections/requests/export", "application/json", b'{"f": "csv"}'),
        ("/staff/city/maps", "multipart/form-data; boundary=x", MULTIPART),
        ("/staff/requests/1/note", "application/x-www-form-urlencoded", b"note=x"),
    ],
)
def test_no_connection_of_the_database_waits_for_a_body(
    client: FlaskClient, path: str, content_type: str, content: bytes
) -> None:
    body = Trickle(content)
    headers = {"Authorization": "Bearer unknown", "Content-Length": str(len(content))}
    sent = {"input_stream": body, "content_type": content_type, "headers": headers}
    with client.post(path, **sent):  # type: ignore[arg-type]
        pass
    assert len(body.in_use) > 1
    assert set(body.in_use) == {0}


@pytest.mark.parametrize("format", FILE_FORMAT_OF)
def test_no_connection_of_the_database_waits_for_the_reader_of_a_file(
    client: FlaskClient, format: str
) -> None:
    with client.get("/ogc/collections/requests/export", query_string={"f": format}) as answer:
        assert answer.status_code == 200
        assert db.engine.pool.checkedout() == 0
        assert answer.content_length == len(answer.data) > 0


def test_no_connection_of_the_database_waits_for_the_store_of_photos(
    limited: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use = []

    def open_file(_self: MediaStore, _name: str) -> io.BytesIO:
        in_use.append(db.engine.pool.checkedout())
        return io.BytesIO(b"photo")

    monkeypatch.setattr(MediaStore, "open", open_file)
    with limited.test_request_context():
        db.session.execute(select(1))
        assert photo_response("name", "private").content_length == 5
    assert in_use == [0]


LATER = [
    ("/open311/v2/requests.json", 400, "application/json"),
    ("/open311/discovery.json", 400, "application/json"),
    (f"/open311/media/{'0' * 32}.jpg", 503, "text/xml"),
    ("/ogc/collections/requests/items", 503, "application/json"),
    ("/staff/requests", 503, "text/html"),
]


@pytest.mark.parametrize(("path", "status", "mimetype"), LATER)
def test_who_gets_no_connection_is_asked_to_try_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, status: int, mimetype: str
) -> None:
    monkeypatch.setattr(db.engine.pool, "_timeout", 0)
    with contextlib.ExitStack() as stack:
        for _number in range(8):
            stack.enter_context(db.engine.connect())
        answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (status, mimetype)
    assert answer.headers["Retry-After"] == "5"
    assert "The server is busy." in answer.text


@pytest.mark.parametrize(
    ("kind", "sentence", "retry_after"),
    [
        (psycopg.errors.LockNotAvailable, "The server is busy.", "5"),
        (psycopg.errors.SerializationFailure, "The server is busy.", "5"),
        (psycopg.errors.DeadlockDetected, "The server is busy.", "5"),
        (psycopg.errors.DiskFull, "reference", None),
        (psycopg.errors.TooManyConnections, "temporarily unavailable", "30"),
        (psycopg.errors.AdminShutdown, "temporarily unavailable", "30"),
        (psycopg.errors.ConnectionFailure, "temporarily unavailable", "30"),
        (psycopg.OperationalError, "temporarily unavailable", "30"),
    ],
)
def test_only_a_missing_database_is_an_outage(
    limited: Flask, kind: type[Exception], sentence: str, retry_after: str | None
) -> None:
    with limited.test_request_context("/open311/v2/services.json"):
        answer = limited.make_response(
            limited.handle_user_exception(OperationalError("SELECT", {}, kind()))
        )
    assert sentence in answer.get_data(as_text=True)
    assert answer.headers.get("Retry-After") == retry_after


def test_a_worker_writes_two_files_at_a_time(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LONGEST_WAIT", 0)
    path = "/ogc/collections/requests/export?f=csv"
    with exports.writing, exports.writing:
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
    with client.get(path) as answer:
        assert answer.status_code == 200
