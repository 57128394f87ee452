"""Users who change their email address: the new one is confirmed, and the former one is told."""

import pytest
import requests
from administrators import says, told
from staff_client import Person

from open311.operations.people.users import create_user
from tests.telling.mailing import MailTown, only, path_to

CITY = "gridtown.example"
PASSWORD = "the own password of mo"


@pytest.fixture
def town(served: MailTown) -> MailTown:
    served.forget()
    served.rows("DELETE FROM messages")
    return served


def signed_in(town: MailTown, name: str, email: str | None) -> Person:
    with town.app():
        create_user(CITY, name, PASSWORD, "viewer", None, email)
    person = Person(town.address)
    person.sign_in(name, PASSWORD)
    return person


def ask(person: Person, email: str) -> requests.Response:
    return person.post("/notices", "/notices/email", email=email, current_password=PASSWORD)


def email_of(town: MailTown, name: str) -> str | None:
    [(email,)] = town.rows("SELECT email FROM users WHERE name = %s", name)
    return None if email is None else str(email)


def test_a_new_address_counts_once_its_owner_confirms_it(town: MailTown) -> None:
    person = signed_in(town, "mo", "mo@former.example")
    assert "We sent a link to mo@new.example." in says(ask(person, "Mo@New.example"))
    email = only(town.deliver())
    assert email.recipients == ["mo@new.example"]
    path = path_to(email, "/staff/email/").removeprefix("/staff")
    before = town.counts()
    stranger = Person(town.address)  # on a phone that is not signed in
    assert "Emails for the user mo will go to mo@new.example." in says(stranger.get(path))
    assert town.counts() == before
    assert email_of(town, "mo") == "mo@former.example"
    token = path.rpartition("/")[2]
    assert stranger.get(f"/password/{token}").status_code == 404  # it sets no password
    stranger.post(path, path)
    assert email_of(town, "mo") == "mo@new.example"
    notice = only(town.deliver())
    assert notice.recipients == ["mo@former.example"]
    assert "The account mo no longer uses this address." in notice.plain.replace("*", "")
    assert "This link was used" in told(stranger.get(path))
    assert person.sign_in("mo", PASSWORD).url.endswith("/staff/requests")
    entry = "SELECT actor, after ->> 'email' FROM audit_entries WHERE subject_name = 'mo'"
    assert [tuple(one) for one in town.rows(f"{entry} AND action = 'changed'")] == [
        ("mo", "mo@new.example")
    ]


def test_a_link_ends_with_its_day_with_the_next_one_and_if_the_address_is_taken(
    town: MailTown,
) -> None:
    person = signed_in(town, "nell", None)
    links = []
    for address in ("nell1@new.example", "nell2@new.example"):
        ask(person, address)
        links.append(path_to(only(town.deliver()), "/staff/email/").removeprefix("/staff"))
    first, second = links
    assert person.get(first).status_code == 404
    signed_in(town, "olga", "nell2@new.example")
    assert "Another user has this email address." in told(person.post(second, second))
    town.rows("UPDATE users SET email = NULL WHERE name = 'olga'")
    town.rows(
        "UPDATE user_links SET created_at = now() - interval '2 d',"
        " expires_at = now() - interval '1 d'"
    )
    assert person.get(second).status_code == 404
    assert email_of(town, "nell") is None
    assert "Another user has this email address." not in told(ask(person, "nell2@new.example"))


def test_who_wants_no_emails_any_more_confirms_nothing(town: MailTown) -> None:
    person = signed_in(town, "pat", "pat@former.example")
    assert "You get no emails." in says(ask(person, ""))
    assert email_of(town, "pat") is None
    assert only(town.deliver()).recipients == ["pat@former.example"]
