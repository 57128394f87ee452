"""A walk by cursor while service requests come and change: none is missed, none comes twice.

Writers work over connections of their own, at the same time; the walkers are clients of HTTP.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from servers import PATIENCE, running_server

from geo.coordinates import Point
from open311.app import create_app
from open311.database import db
from open311.errors import Conflict
from open311.operations.accept_service_request import accept_service_request
from open311.operations.add_service_request import Submission
from open311.operations.change_status import change_status
from open311.operations.submit_service_request import submit_service_request
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.services import get_service
from open311.queries.tokens import list_pending_tokens

GRIDTOWN = "gridtown.example"
SECONDS = 4
Row = dict[str, Any]


class Town:
    """Staff and residents who do things until they are told to stop."""

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
        receipt = submit_service_request(submission(service_code)).receipt
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


def submission(service_code: str) -> Submission:
    return Submission(
        jurisdiction=get_jurisdiction(GRIDTOWN),
        service=get_service(GRIDTOWN, service_code),
        point=Point(lat=0.5, long=0.5),
    )


def walk(address: str, sort: str, is_over: Callable[[], bool], page_size: int) -> Iterator[Row]:
    """Follow a list from its beginning, until nothing more comes after it is over."""
    url = f"{address}/open311/v2/requests.json"
    parameters: dict[str, Any] = {"sort": sort, "page_size": page_size}
    with requests.Session() as session:
        while True:
            was_over = is_over()
            answer = session.get(url, params=parameters, timeout=PATIENCE)
            assert answer.status_code == 200, answer.text
            yield from answer.json()
            if was_over and not answer.json():
                return
            parameters["after"] = answer.headers["X-Next-After"]


@pytest.fixture
def busy_town(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> Iterator[tuple[str, Town]]:
    database = fresh_database(gridtown)
    with running_server(database, tmp_path / "log") as address:
        yield address, Town(database)


def test_a_walk_sees_each_service_request_once_and_a_copy_ends_as_the_list(
    busy_town: tuple[str, Town],
) -> None:
    """EXT-03: sort=added shows each once, a copy made by sort=changed has the last of each"""
    address, town = busy_town
    # Made here, as Python 3.11 does not bear several threads that compile an app's URLs at once.
    work = [town.report, town.report, town.report, town.accept, town.change, town.change]
    apps = [create_app({"DATABASE_URL": town.database_url}) for _ in work]
    all_home = threading.Event()
    with ThreadPoolExecutor(len(work) + 2) as pool:
        added = pool.submit(lambda: list(walk(address, "added", all_home.is_set, 7)))
        changed = pool.submit(lambda: list(walk(address, "changed", all_home.is_set, 5)))
        writers: list[Future[int]] = [
            pool.submit(town.keep, app, act, seed)
            for seed, (app, act) in enumerate(zip(apps, work, strict=True))
        ]
        try:
            time.sleep(SECONDS)
            town.closing_time.set()
            assert all(writer.result() for writer in writers)
        finally:
            all_home.set()

    final = {row["service_request_id"]: row for row in walk(address, "added", lambda: True, 500)}
    assert set(town.ids) < set(final)
    seen = [row["service_request_id"] for row in added.result()]
    assert len(seen) == len(set(seen))
    assert set(seen) == set(final)
    copy = {row["service_request_id"]: row for row in changed.result()}
    assert copy == final
    assert len(changed.result()) > len(copy)  # some were seen before and after a change
