"""What followers get by email, and the links that confirm and end it."""

import itertools

import pytest
import requests
from administrators import says
from servers import PATIENCE

from tests.residents.reported import Reported
from tests.telling.mailing import LATER, MailTown, confirm, links, only, path_to, subjects

_numbers = itertools.count()


def follow(town: MailTown, one: Reported, language: str = "") -> str:
    """Ask for updates with an address of the follower's own, and return it."""
    address = f"follower{next(_numbers)}@mail.example"
    page = town.post(f"{language}/r/{one.id}/follow", email=address)
    assert page.status_code == 200
    return address


def followed(town: MailTown, one: Reported) -> str:
    """Follow a request as the owner of the address does, and return the token of the links."""
    follow(town, one)
    email = only(town.deliver())
    confirm(town, email)
    return path_to(email, "/f/").rpartition("/")[2]


def test_a_follower_confirms_first(town: MailTown) -> None:
    one = town.report()
    address = follow(town, one)
    email = only(town.deliver())
    assert email.recipients == [address]
    assert subjects([email]) == [f"Confirm your address for request {one.id}"]
    assert "List-Unsubscribe" not in email.email
    assert "Deep hole" not in email.plain + email.html
    town.change(one, "in_progress", "We work.")
    assert town.deliver(LATER) == []
    confirm(town, email)
    town.change(one, "fixed", "Done.")
    news = only(town.deliver(LATER))
    assert subjects([news]) == [f"Request {one.id} that you follow: Fixed"]
    assert "> Done." in news.plain
    assert "/track/" not in news.plain + news.html
    assert f"/en/r/{one.id}" in links(news.plain)


def test_a_follower_is_asked_in_the_language_of_the_page(town: MailTown) -> None:
    one = town.report()
    follow(town, one, "/es")
    assert subjects(town.deliver()) == [f"Confirme su dirección para la solicitud {one.id}"]


def test_the_pages_say_that_an_email_comes(town: MailTown) -> None:
    one = town.report()
    assert "You confirm your address first" in says(town.get(f"/r/{one.id}"))
    page = town.post(f"/r/{one.id}/follow", email="kim@mail.example")
    assert "Look into your mailbox" in says(page)
    saved = town.post(f"/track/{one.secret}/email", email="lee@mail.example")
    assert "Look into your mailbox" in says(saved)
    assert [mail.recipients for mail in town.deliver()] == [
        ["kim@mail.example"],
        ["lee@mail.example"],
    ]


def test_one_click_ends_it_without_a_cookie_or_a_form(town: MailTown) -> None:
    """RFC 8058"""
    one = town.report()
    followed(town, one)
    town.change(one, "in_progress")
    news = only(town.deliver(LATER))
    assert news.email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [path] = links(news.email["List-Unsubscribe"])
    assert news.email["List-Unsubscribe"].startswith("<http://")
    answer = requests.post(
        f"{town.address}{path}",
        data={"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
        timeout=PATIENCE,
        allow_redirects=False,
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert town.value("SELECT state FROM subscriptions") == "ended"
    town.change(one, "fixed")
    assert town.deliver(LATER) == []


def test_who_did_not_ask_can_refuse_all_emails(town: MailTown) -> None:
    one, other = town.report(), town.report()
    address = follow(town, one)
    email = only(town.deliver())
    page = town.post(path_to(email, "/u/"), act="refuse")
    assert "We send no more emails to this address" in says(page)
    assert town.post(f"/r/{other.id}/follow", email=address).status_code == 200
    assert town.deliver() == []
    assert town.states(other) == [("confirm", "dropped", "suppressed")]
    assert town.value("SELECT suppressed_why FROM contacts") == "not_me"


def test_a_link_ends_only_its_own(town: MailTown) -> None:
    one, other = town.report(), town.report()
    first, second = followed(town, one), followed(town, other)
    assert town.post(f"/u/{first}").status_code == 200
    assert town.rows("SELECT state FROM subscriptions ORDER BY id") == [("ended",), ("on",)]
    assert town.get(f"/u/{'x' * 22}").status_code == 404
    assert town.post(f"/u/{one.secret}").status_code == 404
    assert town.post(f"/f/{second}", act="end").status_code == 200


def test_followers_of_a_hidden_request_hear_no_more(town: MailTown) -> None:
    one = town.report()
    followed(town, one)
    town.change(one, "fixed", "Secret.")
    town.rows("UPDATE service_requests SET public = false WHERE pk = %s", one.pk)
    assert town.deliver(LATER) == []
    assert town.states(one)[-1] == ("followed", "dropped", "hidden")


def test_a_question_is_for_the_requester_alone(town: MailTown) -> None:
    one = town.report(email="lee@mail.example")
    town.deliver()
    followed(town, one)
    town.ask(one, "Which side?")
    assert [mail.recipients for mail in town.deliver()] == [["lee@mail.example"]]


@pytest.mark.parametrize("language", ["", "/en", "/es"])
def test_scanners_that_open_every_link_change_nothing(town: MailTown, language: str) -> None:
    one = town.send_in("kim@mail.example", language=language)
    mails = town.deliver()
    follow(town, one, language)
    mails += town.deliver()
    town.change(one, "fixed")
    mails += town.deliver(LATER)
    paths = {path for mail in mails for path in links(f"{mail.plain} {mail.html}")}
    paths |= {path for mail in mails for path in links(mail.email["List-Unsubscribe"] or "")}
    assert len(paths) >= 6
    before = town.everything()
    for path in paths:
        page = town.get(path.partition("#")[0].replace("&amp;", "&"))
        assert page.status_code == 200, path
        assert "Set-Cookie" not in page.headers
        if not path.startswith(f"{language or '/en'}/r/"):
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert page.headers["Cache-Control"] == "private, no-store"
    assert town.everything() == before
