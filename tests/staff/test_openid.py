"""Signing in by OpenID Connect, at a provider that was written elsewhere."""

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Browser
from servers import PATIENCE, free_port, is_there, running_server, wait_until
from staff_client import Person

from tests.staff.conftest import SECRET

PEOPLE = {
    "7": "Anna@City.example",
    "8": "nobody@city.example",
    "9": "dispatch",
    "10": "gone@city.example",
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = str(free_port())
    claims = [json.dumps({"sub": sub, "preferred_username": name}) for sub, name in PEOPLE.items()]
    provider = subprocess.Popen(
        [
            *("setpriv", "--pdeathsig=TERM"),
            *(sys.executable, "-m", "oidc_provider_mock", "--port", port, "--require-nonce", "yes"),
            *itertools.chain.from_iterable(("--user-claims", one) for one in claims),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
        assert wait_until(lambda: is_there(url) or provider.poll() is not None)
        assert provider.poll() is None, "the provider did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        provider.terminate()
        provider.wait()


@pytest.fixture(scope="module")
def elsewhere(
    city: str,
    issuer: str,
    passwords: dict[str, str],
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a server whose staff sign in at the issuer, and one by a password."""
    assert passwords
    for name in ("anna@city.example", "gone@city.example"):
        told = run_command(city, "users", "create", name, "--role", "dispatcher", "--openid")
        assert told.strip() == f"User {name} created."
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_OIDC_ISSUER": issuer,
        "OPEN311_OIDC_CLIENT_ID": "open311",
        "OPEN311_OIDC_CLIENT_SECRET": "a secret of the issuer",
        "OPEN311_OIDC_LABEL": "City login",
    }
    log = tmp_path_factory.mktemp("gunicorn") / "openid.log"
    with running_server(city, log, settings) as address:
        yield address


@dataclass
class Visitor:
    """Someone without scripts who signs in at the issuer as one of PEOPLE."""

    person: Person

    def go(self, path: str = "/requests") -> requests.Response:
        """Ask for a page, and follow the link to the issuer."""
        page = self.person.get(path)
        [link] = re.findall(r'href="(/staff/elsewhere[^"]*)">Sign in with City login', page.text)
        return self.person.session.get(f"{self.person.address}{link}", timeout=PATIENCE)

    def sign_in(self, sub: str, path: str = "/requests") -> requests.Response:
        there = self.go(path)
        return self.person.session.post(there.url, data={"sub": sub}, timeout=PATIENCE)


@pytest.fixture
def visitor(elsewhere: str) -> Visitor:
    return Visitor(Person(elsewhere))


def test_who_is_known_there_gets_in_and_on_to_where_they_wanted_to(visitor: Visitor) -> None:
    answer = visitor.sign_in("7", "/requests/26-0000002")
    assert answer.url == f"{visitor.person.address}/staff/requests/26-0000002"
    assert "anna@city.example, Dispatcher" in answer.text


def test_what_is_sent_to_the_issuer_is_bound_to_this_sign_in(visitor: Visitor) -> None:
    there = visitor.go()
    for part in ("state=", "nonce=", "code_challenge=", "code_challenge_method=S256"):
        assert part in there.url
    assert "redirect_uri=http%3A%2F%2F127.0.0.1" in there.url


@pytest.mark.parametrize(
    ("sub", "why"),
    [
        ("8", "you do not have access here"),
        ("9", "you do not have access here"),  # who has a password is not taken over
    ],
)
def test_who_is_not_known_here_is_told(visitor: Visitor, sub: str, why: str) -> None:
    answer = visitor.sign_in(sub)
    assert answer.status_code == 401
    assert why in answer.text
    assert "WWW-Authenticate" not in answer.headers
    assert "/sign-in" in visitor.person.get("/requests").url


def test_who_is_disabled_is_out_at_once(
    visitor: Visitor, city: str, run_command: Callable[..., str]
) -> None:
    assert visitor.sign_in("10").status_code == 200
    assert "/sign-in" not in visitor.person.get("/requests").url
    run_command(city, "users", "disable", "gone@city.example")
    assert "/sign-in" in visitor.person.get("/requests").url
    assert visitor.sign_in("10").status_code == 401


def test_an_answer_that_was_not_asked_for_is_refused(visitor: Visitor) -> None:
    visitor.go()
    for query in ("code=x&state=y", "error=access_denied", ""):
        answer = visitor.person.get(f"/elsewhere/back?{query}")
        assert answer.status_code == 401
        assert "Sign-in with City login did not finish. Try again." in answer.text


def test_who_has_no_password_never_signs_in_with_one(visitor: Visitor) -> None:
    for password in ("nobody", "", "None"):
        answer = visitor.person.sign_in("anna@city.example", password)
        assert answer.status_code == 401
    ogc = requests.get(
        f"{visitor.person.address}/ogc/collections/requests/items",
        auth=("anna@city.example", "nobody"),
        timeout=PATIENCE,
    )
    assert ogc.status_code == 401


def test_an_issuer_that_is_down_is_told_and_passwords_go_on(
    city: str, passwords: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_OIDC_ISSUER": "http://127.0.0.1:9",
        "OPEN311_OIDC_CLIENT_ID": "open311",
        "OPEN311_OIDC_CLIENT_SECRET": "x",
    }
    log = tmp_path_factory.mktemp("gunicorn") / "down.log"
    with running_server(city, log, settings) as address:
        person = Person(address)
        answer = person.get("/elsewhere")
        assert answer.status_code == 401
        assert (
            "Sign-in with the city account is not available. Try again later, or sign in"
            in answer.text
        )
        answer = person.sign_in("dispatch", passwords["dispatch"])
        assert answer.url.endswith("/staff/requests")


def test_without_an_issuer_there_is_no_other_way_in(town: str) -> None:
    person = Person(town)
    assert "elsewhere" not in person.get("/sign-in").text
    for path in ("/elsewhere", "/elsewhere/back"):
        assert person.get(path).status_code == 404


def test_a_browser_goes_there_and_back(
    browser: Browser, elsewhere: str, complaints: list[str]
) -> None:
    page = browser.new_context().new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{elsewhere}/staff/")
    page.get_by_role("button", name="Sign in with City login").click()
    page.get_by_role("button", name="7", exact=True).click()
    page.get_by_role("heading", name="Work queue").wait_for()
    assert page.url == f"{elsewhere}/staff/"
    assert not [one for one in complaints if "Content Security Policy" in one]
