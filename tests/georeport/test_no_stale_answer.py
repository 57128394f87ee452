"""Every answer after a change of the city shows it: of each process, refusals included.

Each process has a snapshot of its own. Two servers with one database show what two workers do, and
let a test ask both.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from applications import in_context
from flask import Flask
from flips import EAST, EVERY_DAY, FLIPS, GRIDTOWN, HILLTOWN, RESTORE, executes, list_of
from georeport_client import KEYS, Api
from servers import CITIES, running_server
from shapely.geometry import MultiPolygon, box

from geo.maps.boundaries import CleanBoundary
from open311.operations.imports.seed import load_seed_data
from open311.operations.maps.sets import import_boundaries
from open311.operations.people.api_keys import create_api_key, revoke_api_key
from open311.seed_folder.read import read_seed_folder
from open311.steps.values.boundary_sets import NewBoundarySet

SERVERS = 2


@pytest.fixture(scope="module")
def changing_database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    return fresh_database(gridtown)


@pytest.fixture(scope="module")
def processes(
    changing_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Api]]:
    """The same city, served by several processes."""
    logs: Path = tmp_path_factory.mktemp("processes")
    with ExitStack() as stack:
        addresses = [
            stack.enter_context(running_server(changing_database, logs / f"{number}.log"))
            for number in range(SERVERS)
        ]
        yield [Api(address, "json", KEYS[GRIDTOWN]) for address in addresses]


@pytest.fixture(scope="module")
def city(changing_database: str) -> Iterator[Flask]:
    """The application of those who change the city, which is open every day."""
    for app in in_context(changing_database):
        executes(EVERY_DAY)()
        yield app


@pytest.mark.parametrize("name", FLIPS)
def test_the_first_answer_after_a_change_and_after_its_opposite_shows_it(
    processes: list[Api], city: Flask, name: str
) -> None:
    flip = FLIPS[name]
    assert [flip.seen(api) for api in processes] == [flip.before] * SERVERS
    flip.change()
    try:
        assert [flip.seen(api) for api in processes] == [flip.after] * SERVERS
    finally:
        flip.back()
    assert [flip.seen(api) for api in processes] == [flip.before] * SERVERS


def test_a_key_that_is_revoked_does_not_get_its_former_answer(
    processes: list[Api], city: Flask
) -> None:
    create_api_key(GRIDTOWN, "repeats", "key-that-repeats")
    sent = {"api_key": "key-that-repeats", "service_code": "POTHOLE", **EAST}
    sent["jurisdiction_id"] = GRIDTOWN

    def send(headers: dict[str, str], **more: Any) -> list[int]:
        data = {**sent, **more}
        return [
            api.send("POST", "v2/requests", data=data, headers=headers).status for api in processes
        ]

    both = [({"Idempotency-Key": str(uuid4())}, {}), ({}, {"description": str(uuid4())})]
    assert [send(headers, **more) for headers, more in both] == [[200] * SERVERS] * 2
    for headers, more in both:
        revoke_api_key(GRIDTOWN, "repeats")
        assert send(headers, **more) == [403] * SERVERS
        executes(RESTORE.format("repeats"))()
        assert send(headers, **more) == [200] * SERVERS


def test_a_new_layer_is_known(processes: list[Api], city: Flask) -> None:
    seen = list_of(boundary="zone:a")
    assert [seen(api) for api in processes] == [400] * SERVERS
    area = CleanBoundary(code="a", name="", geometry=MultiPolygon([box(0, 0, 1, 1)]))
    import_boundaries(
        NewBoundarySet(jurisdiction_id=GRIDTOWN, layer="zone", source="tests", boundaries=[area])
    )
    assert [seen(api) for api in processes] == [200] * SERVERS


def test_a_new_city_is_known(processes: list[Api], city: Flask) -> None:
    seen = list_of(jurisdiction_id=HILLTOWN)
    assert [seen(api) for api in processes] == [404] * SERVERS
    load_seed_data(read_seed_folder(CITIES / "hilltown"))
    assert [seen(api) for api in processes] == [200] * SERVERS
