"""Sessions, guessing, the own password, and two-step sign-in, as a client without scripts."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import urlsplit

import lxml.html
import psycopg
import pyotp
import pytest
import requests
from administrators import says, send
from servers import PATIENCE, running_server
from staff_client import Person

from tests.staff.conftest import SECRET

Command = Callable[..., str]
PASSWORD = "correct horse battery"


class People:
    """Users that a test creates for itself."""

    def __init__(self, town: str, city: str, run_command: Command) -> None:
        self.town, self.city, self.run_command = town, city, run_command
        self.numbers = count()

    def new(self, role: str = "viewer") -> tuple[str, str]:
        """Create a user, and return the name and the password."""
        name = f"Ana Núñez {next(self.numbers)}"
        told = self.run_command(self.city, "users", "create", name, "--role", role, "--generate")
        return name, told.strip().rpartition("Password: ")[2]

    def run(self, *arguments: str) -> str:
        return self.run_command(self.city, "users", *arguments).strip()

    def signed_in(self, name: str, password: str) -> Person:
        person = Person(self.town)
        assert person.sign_in(name, password).url.endswith("/staff/requests")
        return person


@pytest.fixture(scope="module")
def people(town: str, city: str, run_command: Command) -> People:
    return People(town, city, run_command)


def copy_of(person: Person) -> Person:
    copied = Person(person.address)
    copied.session.cookies.update(person.session.cookies.copy())
    return copied


def is_in(person: Person) -> bool:
    page = person.get("/account")
    assert page.status_code == 200, page.text
    return "/sign-in" not in page.url


def test_signing_out_ends_the_session_of_a_copied_cookie_and_no_other(people: People) -> None:
    name, password = people.new()
    here, elsewhere = people.signed_in(name, password), people.signed_in(name, password)
    copied = copy_of(here)
    assert is_in(copied)
    here.post("/account", "/sign-out")
    assert not is_in(here)
    assert not is_in(copied)
    assert is_in(elsewhere)


def test_signing_in_again_ends_the_session_that_the_browser_had(people: People) -> None:
    name, password = people.new()
    here = people.signed_in(name, password)
    copied = copy_of(here)
    here.sign_in(name, password)
    assert is_in(here)
    assert not is_in(copied)


def test_signing_out_everywhere_ends_all_sessions_of_the_user_alone(people: People) -> None:
    name, password = people.new()
    here, elsewhere = people.signed_in(name, password), people.signed_in(name, password)
    other = people.signed_in(*people.new())
    page = says(here.get("/account"))
    assert page.count("Signed in ") == 2
    assert page.count("(this browser)") == 1
    answer = here.post("/account", "/account/sign-out-everywhere")
    assert "/sign-in" in answer.url
    assert not is_in(here)
    assert not is_in(elsewhere)
    assert is_in(other)


def test_a_new_password_and_being_disabled_end_all_sessions_for_good(people: People) -> None:
    name, password = people.new()
    before = people.signed_in(name, password)
    new = people.run("password", name, "--generate").rpartition(": ")[2]
    assert not is_in(before)
    after = people.signed_in(name, new)
    people.run("disable", name)
    assert not is_in(after)
    people.run("enable", name)
    assert not is_in(before)
    assert not is_in(after)
    assert is_in(people.signed_in(name, new))


def test_a_session_ends_by_itself(people: People) -> None:
    name, password = people.new()
    person = people.signed_in(name, password)
    with psycopg.connect(people.city) as connection:
        connection.execute(
            "UPDATE user_sessions "
            "SET created_at = now() - interval '1 day', expires_at = now() - interval '1 hour' "
            "WHERE user_id = (SELECT id FROM users WHERE name = %s)",
            [name],
        )
    assert not is_in(person)


def test_a_user_changes_the_password_and_stays_in_this_browser(people: People) -> None:
    name, password = people.new()
    here, elsewhere = people.signed_in(name, password), people.signed_in(name, password)
    copied = copy_of(here)
    fields = {"current_password": "wrong", "password": PASSWORD}
    answer = here.post("/account", "/account/password", **fields)
    assert answer.status_code == 400
    assert "The current password is incorrect." in answer.text
    answer = here.post("/account", "/account/password", current_password=password, password="short")
    assert "Use a password of 12 characters or more." in answer.text
    assert is_in(elsewhere)
    fields["current_password"] = password
    answer = here.post("/account", "/account/password", **fields)
    assert "Password changed." in answer.text
    assert is_in(here)
    assert not is_in(copied)
    assert not is_in(elsewhere)
    assert Person(people.town).sign_in(name, password).status_code == 401
    people.signed_in(name, PASSWORD)


def key_of(page: requests.Response) -> str:
    """Return the key that the page shows for an authenticator app."""
    [shown] = lxml.html.fromstring(page.text).xpath("//ol//code")
    return str(shown.text).replace(" ", "")


def turn_on(person: Person, code: str, password: str) -> requests.Response:
    """Send the form without loading its page again, which would make a new key."""
    fields = {"code": code, "current_password": password}
    return person.post("/account", "/account/two-step", **fields)


def set_up(person: Person, password: str) -> tuple[pyotp.TOTP, list[str]]:
    """Turn on two-step sign-in, and return the app and the recovery codes."""
    page = person.get("/account/two-step")
    assert re.search(r"<svg[^>]*>", page.text)
    app = pyotp.TOTP(key_of(page))
    answer = turn_on(person, app.now(), password)
    assert "Two-step sign-in is on." in answer.text
    codes = lxml.html.fromstring(answer.text).xpath("//ul[@class='codes']//code/text()")
    assert len(set(codes)) == 10
    return app, [str(code) for code in codes]


def next_code(app: pyotp.TOTP) -> str:
    """Return the code after the current one, which is used already; a clock may be ahead."""
    return str(app.at(time.time() + 30))


def with_code(person: Person, name: str, password: str, code: str) -> requests.Response:
    """Sign in with a password and a code."""
    asked = person.sign_in(name, password, next="/staff/saved")
    assert asked.url.endswith("/staff/sign-in/code")
    assert not is_in(copy_of(person))
    return person.post("/sign-in/code", "/sign-in/code", code=code)


def test_a_code_is_asked_for_and_used_once(people: People) -> None:
    name, password = people.new()
    app, [recovery, *_] = set_up(people.signed_in(name, password), password)
    code = next_code(app)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    answer = with_code(Person(people.town), name, password, wrong)
    assert answer.status_code == 401
    assert "The code is incorrect or was already used." in answer.text
    answer = with_code(Person(people.town), name, password, f"{code[:3]} {code[3:]}")
    assert answer.url.endswith("/staff/saved/")
    assert with_code(Person(people.town), name, password, code).status_code == 401
    answer = with_code(Person(people.town), name, password, recovery.upper())
    assert answer.url.endswith("/staff/saved/")
    assert with_code(Person(people.town), name, password, recovery).status_code == 401


def test_a_wrong_code_turns_nothing_on(people: People) -> None:
    name, password = people.new()
    person = people.signed_in(name, password)
    key = key_of(person.get("/account/two-step"))
    for code, current in (("000000", password), ("", password), (pyotp.TOTP(key).now(), "wrong")):
        answer = turn_on(person, code, current)
        assert answer.status_code == 400, code
        assert key_of(answer) == key
    people.signed_in(name, password)


def test_the_key_of_an_app_is_for_one_user_and_one_set_up(people: People) -> None:
    """In one browser; the language, which the browser keeps, stays"""
    first, second = people.new(), people.new()
    browser = people.signed_in(*first)
    keys = [key_of(browser.get("/account/two-step")) for _ in range(2)]
    browser.post("/account", "/language", language="es", next="/staff/account")
    for leave in ("/sign-out", "/account/sign-out-everywhere"):
        browser.post("/account", leave)
        browser.sign_in(*first)
        assert key_of(turn_on(browser, "000000", first[1])) not in keys
        keys.append(key_of(browser.get("/account/two-step")))
    browser.sign_in(*second)  # without signing out
    answer = turn_on(browser, pyotp.TOTP(keys[-1]).now(), second[1])
    assert answer.status_code == 400
    assert key_of(answer) not in keys
    assert "Su cuenta" in browser.get("/account").text
    assert len(set(keys)) == len(keys)


def test_recovery_codes_are_not_replaced_by_loading_their_page_again(people: People) -> None:
    name, password = people.new()
    person = people.signed_in(name, password)
    app, [recovery, *_] = set_up(person, password)
    answer = turn_on(person, next_code(app), password)
    assert answer.url.endswith("/staff/account")
    assert "<svg" not in answer.text
    answer = with_code(Person(people.town), name, password, recovery)
    assert answer.url.endswith("/staff/saved/")


def test_administrators_need_their_own_password_too(
    people: People, town: str, run_command: Command
) -> None:
    """A session that was left open is not enough to take over an account"""
    name, password = people.new("administrator")
    person = people.signed_in(name, password)
    set_up(person, password)
    page = lxml.html.fromstring(person.get("/city/users").text)
    [row] = page.xpath(f"//tr[@data-name='{name}']")
    assert [urlsplit(form.action).path.rpartition("/")[2] for form in row.findall(".//form")] == [
        "role"
    ]
    assert row.xpath(".//a[text()='Your account']/@href") == ["/staff/account"]
    for action in ("password", "two-step/off"):
        answer = send(person, "/city/users", f"/city/users/{name.upper()}/{action}")
        assert answer.status_code == 400, action
        assert "You cannot change your own account here." in answer.text
    assert Person(town).sign_in(name, password).url.endswith("/staff/sign-in/code")


def test_two_step_is_turned_off_with_the_password_or_by_an_administrator(
    people: People, chief: Person
) -> None:
    name, password = people.new()
    person = people.signed_in(name, password)
    set_up(person, password)
    answer = person.post("/account", "/account/two-step/off", current_password="wrong")
    assert answer.status_code == 400
    person.post("/account", "/account/two-step/off", current_password=password)
    set_up(people.signed_in(name, password), password)
    assert "two-step sign-in" in chief.get("/city/users").text
    answer = send(chief, "/city/users", f"/city/users/{name}/two-step/off")
    assert answer.status_code == 303
    set_up(people.signed_in(name, password), password)
    assert f"{name}: viewer, active, two-step sign-in" in people.run("list").splitlines()
    assert people.run("two-step-off", name) == f"Two-step sign-in is off for {name}."
    people.signed_in(name, password)


def test_a_password_alone_is_not_enough_for_maps_either(people: People) -> None:
    name, password = people.new()
    address = f"{people.town}/ogc/collections/requests/items"
    credentials = (name.encode(), password.encode())
    assert requests.get(address, auth=credentials, timeout=PATIENCE).status_code == 200
    person = people.signed_in(name, password)
    set_up(person, password)
    answer = requests.get(address, auth=credentials, timeout=PATIENCE)
    assert answer.status_code == 403
    assert "Use a staff key instead." in answer.json()["description"]
    answer = requests.get(address, auth=(name.encode(), b"wrong"), timeout=PATIENCE)
    assert answer.status_code == 401
    assert person.session.get(address, timeout=PATIENCE).status_code == 200


def test_a_password_that_changes_meanwhile_ends_the_wait_for_a_code(people: People) -> None:
    name, password = people.new()
    app, _ = set_up(people.signed_in(name, password), password)
    person = Person(people.town)
    assert person.sign_in(name, password).url.endswith("/staff/sign-in/code")
    people.run("password", name, "--generate")
    answer = person.post("/sign-in", "/sign-in/code", code=next_code(app))
    assert answer.url.endswith("/staff/sign-in")
    assert not is_in(person)


@pytest.fixture(scope="module")
def behind(city: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server behind a proxy, which says from where a client comes."""
    log = tmp_path_factory.mktemp("gunicorn") / "behind.log"
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_PROXIES": "1"}
    with running_server(city, log, settings) as address:
        yield address


def at(address: str, client: str, known: Person | None = None) -> Person:
    """Return someone at a client address, in a new browser or a known one."""
    person = copy_of(known) if known else Person(address)
    person.address = address
    person.session.headers["X-Forwarded-For"] = client
    return person


def test_guessing_has_to_wait_and_locks_nobody_out(people: People, behind: str) -> None:
    name, password = people.new()
    owner = at(behind, "192.0.2.1")
    assert owner.sign_in(name, password).status_code == 200
    owner.post("/account", "/sign-out")
    answers = {}
    for guessed in (name, "nobody at all"):
        guesser = at(behind, "198.51.100.7" if guessed == name else "198.51.100.8")
        answers[guessed] = [guesser.sign_in(guessed, "a guess") for _ in range(11)]
    for one, other in zip(*answers.values(), strict=True):
        assert one.status_code == other.status_code
        assert told(one) == told(other)  # whether there is such a user
    assert [one.status_code for one in answers[name]] == [401] * 10 + [429]
    assert 0 < int(answers[name][-1].headers["Retry-After"]) <= 900
    assert "Too many failed sign-in attempts. Try again in 15 min." in answers[name][-1].text
    assert guesser_of(behind, name, password).status_code == 429  # not even with the password
    for number in range(10):  # from everywhere
        at(behind, f"2001:db8:{number}::1").sign_in(name, "a guess")
    assert at(behind, "203.0.113.9").sign_in(name, password).status_code == 429
    assert at(behind, "203.0.113.9", owner).sign_in(name, password).status_code == 200
    assert at(behind, "192.0.2.1").sign_in(name, password).status_code == 200


def guesser_of(address: str, name: str, password: str) -> requests.Response:
    return at(address, "198.51.100.7").sign_in(name, password)


def told(answer: requests.Response) -> str:
    return str(lxml.html.fromstring(answer.text).xpath("string(//*[@role='alert'])")).strip()


def test_an_address_that_tries_many_names_has_to_wait(people: People, behind: str) -> None:
    """Its IPv6 network counts as one address; maps are answered with the time to wait."""
    name, password = people.new()
    answers = [
        requests.get(
            f"{behind}/ogc/collections/requests/items",
            auth=(f"name {number}", "a guess"),
            headers={"X-Forwarded-For": f"2001:db8:abcd:1::{number}"},
            timeout=PATIENCE,
        )
        for number in range(31)
    ]
    assert [one.status_code for one in answers] == [401] * 30 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    assert at(behind, "2001:db8:abcd:1::ffff").sign_in(name, password).status_code == 429
    assert at(behind, "2001:db8:abcd:2::1").sign_in(name, password).status_code == 200


def test_the_current_password_cannot_be_guessed_in_an_open_session(
    people: People, behind: str
) -> None:
    person = at(behind, "198.51.100.66")
    person.sign_in(*people.new())
    actions = ("/account/password", "/account/two-step", "/account/two-step/off")
    fields = {"current_password": "a guess", "password": PASSWORD, "code": "000000"}
    for _ in range(10):
        assert person.post("/account", actions[0], **fields).status_code == 400
    for action in actions:
        answer = person.post("/account", action, **fields)
        assert answer.status_code == 429, action
        assert "Too many failed sign-in attempts." in answer.text
        assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_codes_cannot_be_guessed(people: People, behind: str) -> None:
    name, password = people.new()
    owner = people.signed_in(name, password)
    app, _ = set_up(owner, password)
    guesser = at(behind, "198.51.100.77")
    guesser.sign_in(name, password)
    answers = [guesser.post("/sign-in/code", "/sign-in/code", code="000000") for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    answer = with_code(at(behind, "203.0.113.77"), name, password, next_code(app))
    assert answer.url.endswith("/staff/saved/")


def test_a_known_browser_is_known_by_its_signature_alone(people: People, behind: str) -> None:
    name, password = people.new()
    forger = at(behind, "198.51.100.99")
    forger.session.cookies.set("open311_known", '["x","y"]', path="/staff")
    assert forger.sign_in(name, password).status_code == 200


def test_disabled_users_and_those_without_a_password_are_told_the_same(
    people: People, behind: str
) -> None:
    name, password = people.new()
    people.run("disable", name)
    people.run("create", "openid user", "--role", "viewer", "--openid")
    person = at(behind, "198.51.100.55")
    answers = [
        person.sign_in(who, password) for who in (name, "openid user", "nobody else", "x" * 150)
    ]
    assert {(one.status_code, told(one)) for one in answers} == {
        (401, "The username or password is incorrect.")
    }
