"""Gridtown with staff of each role, served; and people who are signed in."""

from collections.abc import Callable, Iterator

import pytest
import requests
from administrators import administrator, password_of
from georeport_client import KEYS, Api
from servers import running_server
from staff_client import Person

SECRET = "a secret of the tests, long enough for it"
SETTINGS = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_BOUNDARY_PRIVATE": "127.0.0.1"}
ROLES = {
    "reader": ("--role", "viewer"),
    "guest": ("--role", "viewer"),
    "west": ("--role", "department", "--department", "WEST"),
    "dispatch": ("--role", "dispatcher"),
}


@pytest.fixture(scope="module")
def city(fresh_database: Callable[[str], str], gridtown: str) -> str:
    """The URL of the database of a Gridtown of the module's own."""
    return fresh_database(gridtown)


@pytest.fixture(scope="module")
def passwords(city: str, run_command: Callable[..., str]) -> dict[str, str]:
    """The password of each of ROLES."""
    return {
        name: run_command(city, "users", "create", name, *role, "--generate")
        .strip()
        .rpartition("Password: ")[2]
        for name, role in ROLES.items()
    }


@pytest.fixture(scope="module")
def town(city: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("gunicorn") / "staff.log"
    with running_server(city, log, SETTINGS) as address:
        yield address


@pytest.fixture(scope="module")
def person(town: str, passwords: dict[str, str]) -> Callable[[str], Person]:
    """Give someone who is signed in, by name; the password is hashed once for all of them."""
    cookies: dict[str, requests.cookies.RequestsCookieJar] = {}

    def signed_in(name: str) -> Person:
        if name not in cookies:
            first = Person(town)
            answer = first.sign_in(name, passwords[name])
            assert answer.url.endswith("/staff/requests"), answer.text
            cookies[name] = first.session.cookies.copy()
        someone = Person(town)
        someone.session.cookies.update(cookies[name])
        return someone

    return signed_in


@pytest.fixture(scope="module")
def api(town: str) -> Api:
    """The GeoReport endpoint of the city, in JSON."""
    return Api(town, "json", KEYS["gridtown.example"])


@pytest.fixture(scope="module")
def password(city: str, run_command: Callable[..., str]) -> str:
    """The password of an administrator."""
    return password_of(city, run_command)


@pytest.fixture(scope="module")
def chief(town: str, password: str) -> Person:
    """An administrator, signed in."""
    return administrator(town, password)
