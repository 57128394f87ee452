"""A Gridtown of a few hundred varied requests, and each edge asked in the process of the tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from servers import running_server
from settings import settings_for

from open311.app import create_app
from open311.database import db
from tests.search.many_requests import Row, fill, make_rows, newest_first

SECRET = "a secret of the tests, long enough for it"


@dataclass(frozen=True, repr=False)
class City:
    """A database, its rows in the order of lists, and a dispatcher of its staff."""

    database_url: str
    rows: list[Row]
    user: tuple[str, str]

    def __repr__(self) -> str:
        return "City of many requests"


@pytest.fixture(scope="package")
def city(
    fresh_database: Callable[[str], str], gridtown: str, run_command: Callable[..., str]
) -> City:
    url, rows = fresh_database(gridtown), make_rows()
    fill(url, rows)
    said = run_command(url, "users", "create", "dispatch", "--role", "dispatcher", "--generate")
    return City(url, newest_first(rows), ("dispatch", said.strip().rpartition("Password: ")[2]))


@pytest.fixture(scope="package")
def reading_app(city: City) -> Iterator[Flask]:
    """The application on that city, for tests that only read."""
    app = create_app(settings_for(city.database_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="package")
def address(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of that city."""
    log = tmp_path_factory.mktemp("gunicorn") / "search.log"
    with running_server(city.database_url, log, {"OPEN311_SECRET_KEY": SECRET}) as address:
        yield address
