"""No thread takes a second connection: eight that wait for one would wait for each other."""

import contextlib
from collections.abc import Callable, Iterator

import psycopg
import pytest
from applications import application, close
from flask.testing import FlaskClient
from georeport_client import KEYS
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from open311.database import db
from open311.operations.people.sign_in import start_session
from open311.operations.people.users import create_user
from open311.queries.people.users import find_user

CONNECTIONS = 8
POSTED = {"api_key": KEYS["gridtown.example"], "service_code": "POTHOLE"}

Ask = Callable[[FlaskClient], TestResponse]


@pytest.fixture(scope="module")
def served(
    fresh_database: Callable[[str], str], gridtown: str
) -> Iterator[tuple[FlaskClient, Engine, str]]:
    """A client that an administrator has signed in, without the context of the application."""
    url = fresh_database(gridtown)
    settings = {"OPEN311_RATE_LIMIT": "1000 per minute", "OPEN311_SECRET_KEY": "s" * 32}
    app = application(url, settings)
    with app.app_context():
        create_user("gridtown.example", "chief", "long enough for it", "administrator")
        user = find_user("chief")
        assert user is not None
        token, engine = start_session(user), db.engine
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    client.get("/open311/v2/requests.json")  # reads the snapshot
    yield client, engine, url.replace("+psycopg", "")
    close(app)


@pytest.fixture
def with_one_left(
    served: tuple[FlaskClient, Engine, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Ask], TestResponse]:
    """Return a function that sends an HTTP request while one connection is left for it."""
    client, engine, _url = served

    def ask(how: Ask) -> TestResponse:
        monkeypatch.setattr(engine.pool, "_timeout", 0)
        with contextlib.ExitStack() as stack:
            for _number in range(CONNECTIONS - 1):
                stack.enter_context(engine.connect())
            return how(client)

    return ask


READ = [
    "/open311/v2/requests.json?service_code=POTHOLE&agency_responsible=HALL",
    "/open311/v2/requests.json?group=Streets&page_size=1&sort=changed",
    "/open311/v2/requests.json?boundary=ward:2&q=street",
    "/open311/v2/requests.json?service_request_id=26-0000003,26-0000004",
    "/open311/v2/requests/26-0000003.json",
    "/open311/v2/services.json",
    "/ogc/collections/requests/items?service_code=POTHOLE&limit=1",
    "/ogc/collections/requests/items/26-0000003",
    "/staff/requests/26-0000003",
]


@pytest.mark.parametrize("path", READ)
def test_no_read_takes_two(with_one_left: Callable[[Ask], TestResponse], path: str) -> None:
    answer = with_one_left(lambda client: client.get(path))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", READ)
def test_no_read_of_a_new_snapshot_takes_two(
    served: tuple[FlaskClient, Engine, str],
    with_one_left: Callable[[Ask], TestResponse],
    path: str,
) -> None:
    with psycopg.connect(served[2]) as other:
        other.execute("UPDATE city_version SET version = gen_random_uuid()")
    answer = with_one_left(lambda client: client.get(path))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"lat": "0.5", "long": "0.00001"}, 200),
        ({"lat": "5", "long": "5"}, 400),
        ({"address_string": "1 Elm Street", "media_url": "https://photos.example/1.jpg"}, 200),
    ],
)
def test_no_submission_takes_two(
    with_one_left: Callable[[Ask], TestResponse], fields: dict[str, str], status: int
) -> None:
    def post(client: FlaskClient) -> TestResponse:
        return client.post("/open311/v2/requests.json", data=POSTED | fields)

    answers = [with_one_left(post) for _attempt in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    assert not any("busy" in answer.text for answer in answers)
