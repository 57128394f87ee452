"""One locked request stops nobody else, and an outage of the database is answered at each edge."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests
from administrators import says
from georeport_client import Api
from psycopg.conninfo import conninfo_to_dict
from servers import PATIENCE, running_server, wait_until
from settings import settings_for
from sqlalchemy import text
from staff_client import Person

from local.cluster import Cluster
from open311.app import create_app
from open311.database import db
from tests.staff.conftest import SECRET
from tests.staff.test_many import in_bulk, rows

OTHER = "26-0000003"
WAITING = 24
SOMEONE_ELSE = (
    "Someone else is saving a change to the same data. Your change was not saved. Try again in a "
    "few seconds."
)


SETTINGS = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_CONNECTIONS_PER_ADDRESS": "64"}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gunicorn") / "standstill.log"


@pytest.fixture(scope="module")
def town(city: str, log: Path) -> Iterator[str]:
    with running_server(city, log, SETTINGS) as address:
        yield address


@contextmanager
def one_locked(city: str, id_: str) -> Iterator[psycopg.Connection]:
    """Hold an uncommitted change of one request, as a forgotten psql does."""
    with psycopg.connect(city) as other:
        other.execute(
            "UPDATE service_requests SET zipcode = zipcode WHERE service_request_id = %s", [id_]
        )
        yield other
        other.rollback()


def update(api: Api, id_: str) -> requests.Response:
    form = {
        "api_key": api.key,
        "service_request_id": id_,
        "update_id": f"update {time.monotonic_ns()}",
        "updated_datetime": "2026-03-09T14:05:00Z",
        "status": "OPEN",
        "description": "Still there.",
    }
    url = f"{api.address}/open311/v2/servicerequestupdates.json"
    return requests.post(url, data=form, timeout=PATIENCE)


def test_a_locked_request_delays_only_those_who_want_it(city: str, api: Api, chief: Person) -> None:
    """All else is answered while the lock is held, which lasts until everything was answered.

    More wait for it than the worker has connections.
    """
    locked, other = api.report(), api.report()
    page = f"/requests/{locked}"
    offered = rows(chief.get("/requests").text)
    chosen = [offered[locked], offered[other]]
    with ThreadPoolExecutor(WAITING + 2) as pool, one_locked(city, locked):
        waits = [pool.submit(update, api, locked) for _ in range(WAITING)]
        noted = pool.submit(chief.post, page, f"{page}/note", text="Typed text.")
        bulk = pool.submit(in_bulk, chief, "status", chosen, status="planned", status_notes="Soon.")
        new = api.report()
        assert "update_id" in update(api, new).json()[0]
        assert {locked, new} <= set(api.get("v2/requests").ids())
        for path in ("/health", "/health/ready", f"/staff{page}", "/staff/requests", "/ogc"):
            assert chief.session.get(f"{api.address}{path}", timeout=PATIENCE).status_code == 200
        again, done = noted.result(), bulk.result()
        refused = [one.result() for one in waits]
    assert {(one.status_code, one.headers["Retry-After"]) for one in refused} == {(400, "5")}
    assert {one.json()[0]["description"] for one in refused} == {SOMEONE_ELSE}
    assert again.status_code == 409
    assert SOMEONE_ELSE in says(again)
    assert "Typed text." in again.text
    assert "1 request updated." in done.text
    assert SOMEONE_ELSE in done.text
    assert "update_id" in update(api, locked).json()[0]


def test_a_copy_waits_and_last_modified_is_left_out_while_a_change_is_open(
    city: str, api: Api
) -> None:
    newest = api.report()
    with psycopg.connect(city) as connection:
        connection.execute("ALTER TABLE service_requests DISABLE TRIGGER number_change")
        for column, table in AGING.items():
            connection.execute(f"UPDATE {table} SET {column} = {column} - interval '1 hour'")
        connection.execute("ALTER TABLE service_requests ENABLE TRIGGER number_change")
    paths = ("v2/requests", f"v2/requests/{newest}")
    # Other tests write into other databases of the server.
    tells = [lambda path=path: "Last-Modified" in api.get(path).response.headers for path in paths]
    assert all(wait_until(one) for one in tells)
    with one_locked(city, OTHER):
        assert not any(one() for one in tells)
        later = api.report()
        assert newest in api.get("v2/requests", sort="changed").ids()
        assert later not in api.get("v2/requests", sort="changed").ids()
        assert later not in api.get("v2/requests", sort="added").ids()
        assert later in api.get("v2/requests").ids()
    assert later in api.get("v2/requests", sort="changed").ids()
    assert later in api.get("v2/requests", sort="added").ids()


AGING = {"changed_at": "service_requests", "catalog_changed_at": "jurisdictions"}


@pytest.mark.parametrize(
    ("seconds", "serving", "expected"),
    [
        ("25", True, ("25s", "200ms", "10s")),
        ("2", True, ("2s", "200ms", "10s")),
        ("25", False, ("25s", "0", "0")),  # commands
    ],
)
def test_a_worker_gives_up_on_locks_and_idle_transactions_and_a_command_does_not(
    city: str, seconds: str, serving: bool, expected: tuple[str, ...]
) -> None:
    settings = settings_for(city, OPEN311_STATEMENT_SECONDS=seconds)
    with create_app(settings, serving=serving).app_context():
        limits = [db.session.scalar(text(f"SHOW {name}")) for name in LIMITS]
        db.session.remove()
        db.engine.dispose()
    assert tuple(limits) == expected


LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@contextmanager
def outage(cluster: Cluster, city: str) -> Iterator[None]:
    """Let nobody connect to a database, and end all connections to it."""
    name = conninfo_to_dict(city)["dbname"]
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as postgres:
        postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            postgres.execute(end, [name])
            left = "SELECT FROM pg_stat_activity WHERE datname = %s"
            assert wait_until(lambda: not postgres.execute(left, [name]).fetchone())
            yield
        finally:
            postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


UNAVAILABLE = "The service is temporarily unavailable. Try again in a few minutes."


def test_an_outage_is_answered_at_each_edge_and_logged_once_for_each_request(
    cluster: Cluster, city: str, api: Api, chief: Person, log: Path
) -> None:
    page = f"/requests/{OTHER}"
    post = {"api_key": api.key, "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    post |= {"text": "Typed text.", **chief.hidden(page, f"{page}/note")}
    stranger = requests.Session()
    calls = [
        (stranger, "GET", "/open311/v2/requests.json", 400, "application/json"),
        (stranger, "GET", "/open311/v2/services.xml", 400, "text/xml"),
        (stranger, "POST", "/open311/v2/requests.xml", 400, "text/xml"),
        (stranger, "GET", "/ogc/collections/requests/items", 503, "application/json"),
        (chief.session, "GET", "/open311/v2/requests.xml", 400, "text/xml"),
        (chief.session, "GET", "/ogc/collections/requests/items", 503, "application/json"),
        (chief.session, "GET", "/staff/", 503, "text/html"),
        (chief.session, "GET", f"/staff{page}", 503, "text/html"),
        (chief.session, "POST", f"/staff{page}/note", 503, "text/html"),
    ]
    before = len(log.read_text().splitlines())
    with outage(cluster, city):
        for session, method, path, status, kind in calls:
            data = post if method == "POST" else None
            url = f"{api.address}{path}"
            answer = session.request(method, url, data=data, timeout=PATIENCE)
            assert answer.status_code == status, path
            assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
            assert answer.headers["Retry-After"] == "30"
            assert UNAVAILABLE in answer.text
        lines = log.read_text().splitlines()[before:]
        alive = requests.get(f"{api.address}/health", timeout=PATIENCE)
        assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
        ready = requests.get(f"{api.address}/health/ready", timeout=PATIENCE)
        assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
    ours = [line for line in lines if not line.startswith("[")]  # the others are the access log
    assert len(ours) == len(calls), ours
    for line, (_session, method, path, *_rest) in zip(ours, calls, strict=True):
        assert f"{method} {path}: no database" in line
    assert requests.get(f"{api.address}/health/ready", timeout=PATIENCE).status_code == 200
    assert api.one(api.report())["status"] == "open"
    assert chief.get("").status_code == 200
