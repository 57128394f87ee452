"""Who is given the position of a change, and what is then read from a standby.

A copy of the database takes the place of the standby: it never hears of any change.
"""

from collections.abc import Callable, Iterator

import pytest
from applications import application, close, in_context
from flask import Flask
from flask.testing import FlaskClient
from georeport_client import KEYS
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from open311.operations.people.users import create_user
from open311.operations.residents.site import change_site

KEY = KEYS["gridtown.example"]
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
SEEN = "X-Open311-Seen"
ALLOWED = 9  # HTTP requests of a key or address
REQUESTS = "/open311/v2/requests.json"
SEARCH = "/ogc/collections/requests/search"


@pytest.fixture(scope="module")
def app(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    primary = fresh_database(gridtown)
    for _app in in_context(primary):
        change_site("gridtown.example", {})
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_RATE_LIMIT": f"{ALLOWED} per hour",
        "OPEN311_READ_DATABASE_URL": fresh_database(str(make_url(primary).database)),
    }
    app = application(primary, settings)
    with app.app_context():
        create_user("gridtown.example", "chief", "long enough for it", "administrator")
    yield app
    app.extensions["replica"].engine.dispose()
    close(app)


def client_at(app: Flask, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def submitted(client: FlaskClient, **headers: str) -> TestResponse:
    values = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    sent = client.post(REQUESTS, data=values, headers={"Authorization": f"Bearer {KEY}", **headers})
    assert sent.status_code == 200, sent.text
    return sent


def test_a_refused_client_gets_no_position_of_another_one(app: Flask) -> None:
    reader = client_at(app, "127.0.1.1")
    statuses = [reader.get(REQUESTS).status_code for _time in range(ALLOWED)]
    assert statuses == [200] * ALLOWED
    assert SEEN in submitted(client_at(app, "127.0.1.2")).headers
    refused = reader.get(REQUESTS)  # answered by the same thread
    assert refused.status_code == 429
    assert (SEEN in refused.headers, "Set-Cookie" in refused.headers) == (False, False)


def test_residents_get_no_cookie_with_a_position(app: Flask) -> None:
    client = client_at(app, "127.0.4.1")
    sent = submitted(client)
    assert "open311_seen" in sent.headers["Set-Cookie"]
    [stored] = sent.get_json()
    counted = client.post(f"/r/{stored['service_request_id']}/me-too")
    assert (counted.status_code, SEEN in counted.headers) == (303, True)
    assert [one.partition("=")[0] for one in counted.headers.getlist("Set-Cookie")] == ["device"]


def test_an_app_with_a_bearer_token_sees_what_it_did_from_elsewhere(app: Flask) -> None:
    [stored] = submitted(client_at(app, "127.0.2.1")).get_json()
    id_ = stored["service_request_id"]
    assert id_ not in client_at(app, "127.0.2.2").get(REQUESTS).text  # from the standby
    key = {"Authorization": f"Bearer {KEY}"}
    assert id_ in client_at(app, "127.0.2.3").get(REQUESTS, headers=key).text


def test_a_password_is_compared_with_what_the_primary_knows(app: Flask) -> None:
    client = client_at(app, "127.0.5.1")
    for password, status in (("long enough for it", 200), ("another", 401)):
        found = client.get("/ogc/collections/requests/items", auth=("chief", password))
        assert found.status_code == status, found.text


def test_a_nested_search_is_answered_with_a_standby_as_without(app: Flask) -> None:
    inside = {"op": "=", "args": [{"property": "status"}, "open"]}
    body = {"filter": {"op": "and", "args": [inside, inside]}}
    found = client_at(app, "127.0.3.1").post(SEARCH, json=body)
    assert found.status_code == 200, found.text
