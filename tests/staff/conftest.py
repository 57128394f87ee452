"""Gridtown with staff of each role, served; and people who are signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import lxml.html
import pytest
import requests
from browsing import CHROMIUM, DRAWS_WITHOUT_A_SCREEN
from playwright.sync_api import Browser, sync_playwright
from servers import PATIENCE, running_server

SECRET = "a secret of the tests, long enough for it"
ROLES = {
    "reader": ("--role", "viewer"),
    "guest": ("--role", "viewer"),
    "west": ("--role", "department", "--department", "WEST"),
    "dispatch": ("--role", "dispatcher"),
}


@dataclass
class Person:
    """Someone with a browser that has no scripts."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **parameters: str) -> requests.Response:
        return self.session.get(f"{self.address}/staff{path}", params=parameters, timeout=PATIENCE)

    def post(self, page: str, action: str, **fields: str) -> requests.Response:
        """Send a form of a page, with what is hidden in it; one that is not there sends its key."""
        return self.session.post(
            f"{self.address}/staff{action}",
            data={**self.hidden(page, action), **fields},
            timeout=PATIENCE,
        )

    def hidden(self, page: str, action: str) -> dict[str, str]:
        """Give what is hidden in a form of a page; of another form its csrf_token alone."""
        forms = lxml.html.fromstring(self.get(page).text).forms
        for form in forms:
            if urlsplit(form.action).path == f"/staff{action}":
                return {
                    field.name: field.value
                    for field in form.xpath(".//input[@type='hidden']")
                    if field.name
                }
        return {"csrf_token": forms[-1].fields["csrf_token"]}

    def sign_in(self, name: str, password: str, **fields: str) -> requests.Response:
        return self.post("/sign-in", "/sign-in", name=name, password=password, **fields)


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
    with running_server(city, log, {"OPEN311_SECRET_KEY": SECRET}) as address:
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


@pytest.fixture(scope="session")
def chromium(figure: Callable[[str, object], None]) -> Iterator[Browser]:
    if CHROMIUM is None:
        figure("the workspace in a browser", "not tried: no chromium is installed here")
        pytest.skip("no chromium is installed here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=DRAWS_WITHOUT_A_SCREEN)
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """A browser whose pages are closed after the test: a map that stays open is drawn on and on."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What a browser complains of: policies broken, scripts failed."""
    return []
