"""One report sent many times at once, and connections that PostgreSQL ends at any moment."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from applications import application, close
from flask import Flask
from flask.testing import FlaskClient
from georeport_client import KEYS, Answer, Api
from psycopg import Connection, RawCursor, sql
from servers import running_server, wait_until

from open311.database import db
from open311.queries.city import read_version
from open311.statements import Row, Statement

AT_ONCE = 24
KEY = KEYS["gridtown.example"]
REPORT = {"api_key": KEY, "service_code": "POTHOLE", "lat": "0.5", "long": "0.00001"}
END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(scope="module")
def own_database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    return fresh_database(gridtown)


@pytest.fixture(scope="module")
def two_workers(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    log = tmp_path_factory.mktemp("two_workers") / "log"
    with running_server(own_database, log, {"OPEN311_WORKERS": "2"}) as address:
        yield Api(address, "json", KEY)


@pytest.fixture(scope="module")
def client(own_database: str) -> Iterator[FlaskClient]:
    """The application in this process, where a test can stop it between two statements."""
    app = application(own_database)
    yield app.test_client()
    close(app)


@pytest.fixture
def watch(own_database: str) -> Iterator[Connection]:
    with psycopg.connect(own_database.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def stored(watch: Connection, description: str) -> int:
    statement = "SELECT FROM service_requests WHERE description = %s"
    return watch.execute(statement, [description]).rowcount


def send(api: Api, description: str, key: str | None = None) -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    data = {**REPORT, "description": description}
    return api.send("POST", "v2/requests", data=data, headers=headers)


@pytest.mark.parametrize("has_key", [False, True])
def test_one_of_many_at_once_is_stored_and_all_get_its_answer(
    two_workers: Api, watch: Connection, has_key: bool
) -> None:
    description = str(uuid4())
    key = description if has_key else None
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _n: send(two_workers, description, key), range(AT_ONCE)))
    assert Counter(answer.status for answer in answers) == {200: AT_ONCE}
    assert len({answer.response.content for answer in answers}) == 1
    replayed = [answer.response.headers.get("Idempotency-Replayed") for answer in answers]
    assert Counter(replayed) == {"true": AT_ONCE - 1, None: 1}
    assert stored(watch, description) == 1
    if has_key:
        assert send(two_workers, "Something else", key).status == 409


def test_no_read_fails_after_all_connections_were_lost(two_workers: Api, watch: Connection) -> None:
    """A report may, as nobody knows whether it was stored: then it is sent again"""
    description = str(uuid4())
    asked: list[Callable[[], Answer]] = [
        lambda: two_workers.get("v2/requests"),
        lambda: two_workers.get("v2/requests/26-0000003"),
    ]
    with ThreadPoolExecutor(12) as pool:
        for _attempt in range(2):
            answers = list(pool.map(lambda ask: ask(), asked * 6))
            assert {answer.status for answer in answers} == {200}
            assert watch.execute(END_ALL).rowcount
        sent = list(pool.map(lambda _n: send(two_workers, description), range(4)))
        assert {answer.status for answer in sent} <= {200, 400}
        lost = [answer.response for answer in sent if answer.status == 400]
        assert {answer.headers["Retry-After"] for answer in lost} <= {"30"}
    assert wait_until(lambda: send(two_workers, description).status == 200)
    assert stored(watch, description) == 1


class Ending:
    """Ends a connection before one of the statements that it is to run."""

    def __init__(self, watch: Connection, word: str) -> None:
        self._watch = watch
        self._word: str | None = word

    def before(self, statement: str, connection: Connection[Any]) -> None:
        if self._word is None or self._word not in statement:
            return
        self._word = None
        pid = connection.info.backend_pid
        self._watch.execute("SELECT pg_terminate_backend(%s)", [pid])
        there = "SELECT FROM pg_stat_activity WHERE pid = %s"
        assert wait_until(lambda: not self._watch.execute(there, [pid]).rowcount)

    @property
    def has_ended_one(self) -> bool:
        return self._word is None


@pytest.fixture
def end_before(watch: Connection, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Ending]:
    """Return a function that chooses the statement, by a word in it, whose connection is lost."""
    send = Statement.send

    def choose(word: str) -> Ending:
        ending = Ending(watch, word)

        def end_and_send(
            self: Statement, connection: Connection[Any], values: Mapping[str, Any]
        ) -> RawCursor[Row]:
            ending.before(str(self), connection)
            return send(self, connection, values)

        monkeypatch.setattr(Statement, "send", end_and_send)
        return ending

    return choose


def test_a_read_is_tried_once_more(
    client: FlaskClient, end_before: Callable[[str], Ending]
) -> None:
    app: Flask = client.application
    for word, path in (("sort_key", "requests"), ("status_notes", "requests/26-0000003")):
        client.get(f"/open311/v2/{path}.json")
        ending = end_before(word)
        assert client.get(f"/open311/v2/{path}.json").status_code == 200
        assert ending.has_ended_one
    with app.app_context():
        ending = end_before("city_version")
        assert read_version()
        assert ending.has_ended_one
        assert db.engine.pool.checkedout() == 0


@pytest.mark.parametrize("key", [None, "key"])
def test_a_report_whose_connection_is_lost_can_be_sent_again(
    client: FlaskClient,
    watch: Connection,
    end_before: Callable[[str], Ending],
    key: str | None,
) -> None:
    description = f"lost with {key}"
    sent = {
        "data": {**REPORT, "description": description},
        "headers": {"Idempotency-Key": description} if key else {},
    }
    ending = end_before("INSERT INTO")
    lost = client.post("/open311/v2/requests.json", **sent)  # type: ignore[arg-type]
    assert ending.has_ended_one
    assert (lost.status_code, lost.headers["Retry-After"]) == (400, "30")
    assert stored(watch, description) == 0
    answers = [
        client.post("/open311/v2/requests.json", **sent)  # type: ignore[arg-type]
        for _attempt in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert stored(watch, description) == 1


def test_a_database_that_can_only_be_read_is_left(client: FlaskClient, watch: Connection) -> None:
    """As a primary that became a standby: connections to the next one can write"""
    sent = {**REPORT, "description": "to a standby"}
    name = sql.Identifier(watch.info.dbname)
    setting = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
    watch.execute(setting.format(name, sql.SQL("on")))
    watch.execute(END_ALL)
    try:
        refused = client.post("/open311/v2/requests.json", data=sent)
    finally:
        watch.execute(setting.format(name, sql.SQL("off")))
    assert (refused.status_code, refused.headers["Retry-After"]) == (400, "30")
    assert "temporarily unavailable" in refused.text
    assert client.post("/open311/v2/requests.json", data=sent).status_code == 200
    assert stored(watch, "to a standby") == 1
