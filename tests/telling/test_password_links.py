"""Invitations and forgotten passwords: links that work once, for one user, for a while."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from administrators import administrator, password_of, says, told
from mail_relay import Delivered
from staff_client import Person

from open311.operations.people.users import create_user
from open311.queries.people.users import hash_of_token
from tests.telling.mailing import MailTown, only, path_to, subjects

CITY = "gridtown.example"
NEW = "a completely new password"
OLD = "the old password of kim"
EXPIRED = (
    "UPDATE user_links SET created_at = now() - interval '2 h', expires_at = now() - interval '1 h'"
)


@pytest.fixture(scope="module")
def chief(served: MailTown, run_command: Callable[..., str]) -> Person:
    return administrator(served.address, password_of(served.database, run_command))


class Users:
    """Users of the tests, each of whom has a mailbox."""

    def __init__(self, town: MailTown) -> None:
        self.town = town
        self.number = 0

    def new(self, **columns: str | None) -> str:
        """Create a user with the password OLD, and return the name."""
        self.number += 1
        name = f"kim{self.number}"
        values = {"password": OLD, "email": f"{name}@staff.example", **columns}
        with self.town.app():
            create_user(CITY, name, values["password"], "viewer", None, values["email"])
        return name

    def person(self) -> Person:
        return Person(self.town.address)

    def may_sign_in(self, name: str, password: str) -> bool:
        return self.person().sign_in(name, password).url.endswith("/staff/requests")

    def forget_password(self, email: str) -> str:
        """Ask for a link, and return what the page says."""
        page = self.person().post("/forgot-password", "/forgot-password", email=email)
        return says(page)

    def link_to(self, name: str) -> str:
        """Ask for a link for a user, and return its path below /staff."""
        self.forget_password(f"{name}@staff.example")
        return password_path(only(self.town.deliver()))


def password_path(email: Delivered) -> str:
    return path_to(email, "/staff/password/").removeprefix("/staff")


def choose(users: Users, path: str, password: str = NEW) -> str:
    """Choose a password with a link, and return what the next page says."""
    return says(users.person().post(path, path, password=password))


@pytest.fixture(scope="module")
def hired(served: MailTown) -> Users:
    return Users(served)


@pytest.fixture
def users(hired: Users) -> Users:
    hired.town.forget()
    hired.town.rows("DELETE FROM messages")
    return hired


def test_an_invited_user_chooses_a_password_once(users: Users, chief: Person) -> None:
    fields = {"name": "lee", "role": "viewer", "email": "Lee@Staff.example", "invite": "true"}
    assert "User lee added and invited." in says(chief.post("/city/users", "/city/users", **fields))
    email = only(users.town.deliver())
    assert email.recipients == ["lee@staff.example"]
    assert subjects([email]) == ["Your account for Gridtown"]
    path = password_path(email)
    before = users.town.counts()
    assert "Your username is lee." in says(users.person().get(path))
    assert users.town.counts() == before  # a mail scanner opens every link
    assert "Your password is saved. Sign in as lee." in choose(users, path)
    assert users.may_sign_in("lee", NEW)
    page = users.person().get(path)
    assert page.status_code == 404
    assert "This link was used, has expired, or was replaced." in told(page)
    assert "This link was used" in choose(users, path, "yet another password")
    assert users.may_sign_in("lee", NEW)


def test_only_the_hash_of_a_link_is_stored_and_no_log_has_it(users: Users) -> None:
    token = users.link_to(users.new()).rpartition("/")[2]
    [(stored,)] = users.town.rows("SELECT token_hash FROM user_links ORDER BY id DESC LIMIT 1")
    assert bytes(stored) == hash_of_token(token)
    users.person().get(f"/password/{token}")


def test_a_link_ends_all_sessions_and_other_links(users: Users) -> None:
    name = users.new()
    person = users.person()
    person.sign_in(name, OLD)
    first, second = users.link_to(name), users.link_to(name)
    assert "Your password is saved." in choose(users, first)
    assert "/sign-in" in person.get("/account").url
    assert "This link was used" in choose(users, second)
    assert not users.may_sign_in(name, OLD)


def test_a_short_password_is_refused_and_the_link_still_works(users: Users) -> None:
    path = users.link_to(users.new())
    page = users.person().post(path, path, password="short")
    assert page.status_code == 400
    assert "Use a password of 12 characters or more." in told(page)
    assert "Your password is saved." in choose(users, path)


@pytest.mark.parametrize(
    "statement",
    [
        EXPIRED,
        "UPDATE users SET disabled_at = now() WHERE name LIKE 'kim%%'",
    ],
)
def test_a_link_that_has_expired_or_whose_user_is_disabled_does_nothing(
    users: Users, statement: str
) -> None:
    name = users.new()
    path = users.link_to(name)
    users.town.rows(statement)
    assert "This link was used" in choose(users, path)
    users.town.rows("UPDATE users SET disabled_at = NULL WHERE name LIKE 'kim%%'")
    assert users.may_sign_in(name, OLD)


@pytest.mark.parametrize("token", ["x", "0" * 22, "%00", "é" * 22])
def test_a_guessed_link_does_nothing(users: Users, token: str) -> None:
    assert users.person().get(f"/password/{token}").status_code == 404


def test_two_uses_of_a_link_at_the_same_time_are_one(users: Users) -> None:
    name = users.new()
    path = users.link_to(name)
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda n: choose(users, path, f"{NEW} {n}"), range(4)))
    saved = [number for number, page in enumerate(found) if "Your password is saved." in page]
    assert len(saved) == 1
    assert users.may_sign_in(name, f"{NEW} {saved[0]}")


def test_the_answer_is_the_same_for_an_unknown_address(users: Users) -> None:
    openid = users.new(password=None)
    answers = {
        users.forget_password(address)
        for address in (
            f"{users.new()}@staff.example",
            "nobody@staff.example",
            f"{openid}@staff.example",
        )
    }
    assert len(answers) == 1
    assert len(users.town.deliver()) == 1
    assert "Enter an email address" in users.forget_password("kim")


def test_an_address_gets_three_links_an_hour_and_no_more(users: Users) -> None:
    address = f"{users.new()}@staff.example"
    answers = {users.forget_password(address) for _number in range(5)}
    assert len(answers) == 1
    assert len(users.town.deliver()) == 3


def test_two_step_sign_in_stays_in_force(users: Users) -> None:
    name = users.new()
    users.town.rows(
        "UPDATE users SET totp_secret = %s, totp_last_step = 0 WHERE name = %s",
        pyotp.random_base32(),
        name,
    )
    choose(users, users.link_to(name))
    assert users.person().sign_in(name, NEW).url.endswith("/staff/sign-in/code")


def test_a_new_address_ends_the_links_of_the_former_one(users: Users, chief: Person) -> None:
    name = users.new()
    path = users.link_to(name)
    saved = chief.post("/city/users", f"/city/users/{name}/email", email=f"new{name}@staff.example")
    assert f"Email address saved for {name}." in says(saved)
    assert "This link was used" in choose(users, path)


def test_a_link_that_is_late_is_not_sent(users: Users) -> None:
    users.forget_password(f"{users.new()}@staff.example")
    users.town.relay.at_rcpt.append("451 later")
    assert users.town.deliver() == []
    users.town.rows(EXPIRED)
    assert users.town.deliver(timedelta(minutes=2)) == []
    assert users.town.rows("SELECT state, reason FROM messages") == [("dropped", "used")]


def test_who_signs_in_elsewhere_or_has_no_address_is_not_invited(
    users: Users, chief: Person
) -> None:
    openid, unreachable = users.new(password=None), users.new(email=None)
    for name, why in ((openid, "signs in with the city account"), (unreachable, "has no email")):
        page = chief.post("/city/users", f"/city/users/{name}/invite")
        assert why in told(page)
    assert users.town.deliver() == []


def test_an_address_belongs_to_one_user(users: Users, chief: Person) -> None:
    one, other = users.new(), users.new()
    taken = {"email": f"{one}@staff.example"}
    page = chief.post("/city/users", f"/city/users/{other}/email", **taken)
    assert "Another user has this email address." in told(page)
    fields = {"name": "another", "role": "viewer", **taken}
    assert "Another user has" in told(chief.post("/city/users", "/city/users", **fields))


def test_commands_invite_users_and_set_addresses(users: Users) -> None:
    town = users.town
    made = town.command(
        *("users", "create", "max", "--role", "viewer", "--email", "max@staff.example", "--invite")
    )
    assert made == "User max created and invited.\n"
    assert subjects(town.deliver()) == ["Your account for Gridtown"]
    assert "gets an invitation" in town.command("users", "invite", "max")
    assert town.command("users", "email", "max", "Max2@staff.example").startswith("Emails to max")
    assert "gets no emails" in town.command("users", "email", "max")
    assert town.value("SELECT email FROM users WHERE name = 'max'") is None
