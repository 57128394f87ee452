"""A walk by cursor while service requests come and change: none is missed, none comes twice.

Without the bound that settled_change (migration 0011) sets, one is missed.

Writers work over connections of their own, at the same time; the walkers are clients of HTTP.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import requests
from current_city import submit
from flask import Flask
from servers import PATIENCE, running_server, wait_until
from sqlalchemy import text

from geo.coordinates import Point
from open311.app import create_app
from open311.database import db
from open311.errors import Conflict
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.status import change_status
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.receipts import list_pending_tokens
from open311.steps.values.submissions import Submission

GRIDTOWN = "gridtown.example"
MANY, SOME = 50, 25
"""How many service requests must come, and how many rows must be seen again, before a test ends."""

Row = dict[str, Any]


class Town:
    """Staff and residents who change requests until a test ends."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.closing_time = threading.Event()
        self.ids: list[str] = []

    def keep(self, app: Flask, act: Callable[[random.Random], object], seed: int) -> int:
        """Do something again and again on a connection of one's own; give how often."""
        done = 0
        luck = random.Random(seed)
        while not self.closing_time.is_set():
            with app.app_context():
                act(luck)
                done += 1
        with app.app_context():
            db.engine.dispose()
        return done

    def report(self, luck: random.Random) -> None:
        service_code = luck.choice(["POTHOLE", "0042", "LAMP"])
        receipt = submit(submission(service_code)).receipt
        self.ids += [receipt["service_request_id"]] if "service_request_id" in receipt else []

    def accept(self, _luck: random.Random) -> None:
        town = get_jurisdiction(GRIDTOWN)
        for pending in list_pending_tokens(town)[:3]:
            with suppress(Conflict):
                self.ids.append(accept_service_request(town, pending.token))
        time.sleep(0.01)

    def change(self, luck: random.Random) -> None:
        if self.ids:
            status = luck.choice(["open", "closed"])
            with suppress(Conflict):
                change_status(
                    get_jurisdiction(GRIDTOWN), luck.choice(self.ids), status, f"{luck.random()}"
                )

    def edit(self, luck: random.Random) -> None:
        """Change several in one transaction, with pauses; roll some of these transactions back."""
        for id_ in sorted(luck.sample(self.ids, min(3, len(self.ids)))):
            values = {"id": id_, "zipcode": f"{luck.random()}"}
            db.session.execute(text(EDIT), values)
            time.sleep(luck.random() / 20)
        if luck.random() < 0.3:
            db.session.rollback()
        db.session.commit()


EDIT = "UPDATE service_requests SET zipcode = :zipcode WHERE service_request_id = :id"


def submission(service_code: str) -> Submission:
    return Submission(
        jurisdiction=get_jurisdiction(GRIDTOWN),
        service=get_service(GRIDTOWN, service_code),
        point=Point(lat=0.5, long=0.5),
    )


def walk(
    address: str, sort: str, is_over: Callable[[], bool], page_size: int, **more: str
) -> Iterator[Row]:
    """Follow a list from its beginning, until nothing more comes after it is over."""
    url = f"{address}/open311/v2/requests.json"
    parameters: dict[str, Any] = {"sort": sort, "page_size": page_size, **more}
    with requests.Session() as session:
        while True:
            was_over = is_over()
            answer = session.get(url, params=parameters, timeout=PATIENCE)
            assert answer.status_code == 200, answer.text
            yield from answer.json()
            if was_over and not answer.json():
                return
            parameters["after"] = answer.headers["X-Next-After"]


def seen_again(rows: list[Row]) -> int:
    return len(rows) - len({row["service_request_id"] for row in rows})


@pytest.fixture(scope="module")
def busy_town(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Town]]:
    database = fresh_database(gridtown)
    with running_server(database, tmp_path_factory.mktemp("busy") / "log") as address:
        yield address, Town(database)


def test_a_walk_sees_each_service_request_once_and_a_copy_ends_as_the_list(
    busy_town: tuple[str, Town],
) -> None:
    """EXT-03: sort=added shows each once, a copy made by sort=changed has the last of each"""
    address, town = busy_town
    # Made here, as Python 3.11 does not bear several threads that compile an app's URLs at once.
    work = [town.report, town.report, town.report, town.accept, town.change, town.edit, town.edit]
    apps = [create_app({"DATABASE_URL": town.database_url}) for _ in work]
    all_home = threading.Event()
    added: list[Row] = []
    changed: list[Row] = []
    with ThreadPoolExecutor(len(work) + 2) as pool:
        walkers = [
            pool.submit(lambda: added.extend(walk(address, "added", all_home.is_set, 7))),
            pool.submit(lambda: changed.extend(walk(address, "changed", all_home.is_set, 5))),
        ]
        writers: list[Future[int]] = [
            pool.submit(town.keep, app, act, seed)
            for seed, (app, act) in enumerate(zip(apps, work, strict=True))
        ]
        try:
            assert wait_until(lambda: len(town.ids) > MANY and seen_again(changed) > SOME)
            town.closing_time.set()
            assert all(writer.result() for writer in writers)
        finally:
            town.closing_time.set()
            all_home.set()
    for walker in walkers:
        walker.result()  # or what has stopped it

    final = {row["service_request_id"]: row for row in walk(address, "added", lambda: True, 500)}
    assert set(town.ids) < set(final)
    seen = [row["service_request_id"] for row in added]
    assert len(seen) == len(set(seen))
    assert set(seen) == set(final)
    copy = {row["service_request_id"]: row for row in changed}
    assert copy == final
    assert seen_again(changed) > SOME  # before and after a change


FIRST, SECOND = "26-0000002", "26-0000003"

BOUNDED = "SELECT pg_get_functiondef('settled_change()'::regprocedure)"
UNBOUNDED = "CREATE OR REPLACE FUNCTION settled_change() RETURNS bigint LANGUAGE sql AS "
UNBOUNDED += "'SELECT last_value FROM change_numbers'"

CHANGE = "UPDATE service_requests SET zipcode = 'new' WHERE service_request_id = "


def copied(address: str, slow: psycopg.Connection, quick: psycopg.Connection) -> list[set[str]]:
    """Copy what changes before and after the end of a slow transaction that began first."""
    url = f"{address}/open311/v2/requests.json"
    parameters = {"sort": "changed", "page_size": "1000"}
    with requests.Session() as session:
        begun = session.get(url, params=parameters, timeout=PATIENCE)
        slow.execute(f"{CHANGE} '{FIRST}'")
        quick.execute(f"{CHANGE} '{SECOND}'")
        quick.commit()
        pages = [begun]
        for end in (lambda: None, slow.commit):
            end()
            after = {**parameters, "after": pages[-1].headers["X-Next-After"]}
            pages.append(session.get(url, params=after, timeout=PATIENCE))
    return [{row["service_request_id"] for row in page.json()} for page in pages[1:]]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ((), [set(), {FIRST, SECOND}]),
        ((f"{CHANGE} '{FIRST}'", f"{CHANGE} '{FIRST}'"), [set(), {FIRST, SECOND}]),
        (
            ("SAVEPOINT one", f"{CHANGE} '{FIRST}'", "ROLLBACK TO one"),
            [set(), {FIRST, SECOND}],
        ),
        ((UNBOUNDED,), [{SECOND}, set()]),  # the first is missed for good
    ],
)
def test_a_copy_waits_for_what_is_not_committed_and_would_miss_it_otherwise(
    busy_town: tuple[str, Town], first: tuple[str, ...], expected: list[set[str]]
) -> None:
    address, town = busy_town
    with (
        psycopg.connect(town.database_url) as slow,
        psycopg.connect(town.database_url) as quick,
    ):
        [bounded] = quick.execute(BOUNDED).fetchone() or [""]
        for statement in first:
            (quick if statement == UNBOUNDED else slow).execute(statement)
        quick.commit()
        found = copied(address, slow, quick)
        quick.execute(bounded)
    assert found == expected
