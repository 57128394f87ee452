"""The form of alerts, the page behind the link of an email, and how an alert is ended."""

import itertools
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
import requests
from administrators import says
from servers import PATIENCE, running_server

from tests.alerts.alerting import ZONE, alerted, asked, kinds, sent, told, wish
from tests.residents.reported import SECRET
from tests.telling.mailing import MailTown, links, only, path_to, subjects

_numbers = itertools.count()


def form(**different: str) -> dict[str, str]:
    return {
        "about": "new",
        "where": "city",
        "rhythm": "at_once",
        "email": f"reader{next(_numbers)}@mail.example",
        **different,
    }


def ask(town: MailTown, path: str = "/follow", **different: str) -> requests.Response:
    return town.post(path, **form(**different))


def row(town: MailTown) -> dict[str, Any]:
    """Return the newest alert."""
    names = ("place", "boundary_layer", "boundary_code", "address", "services", "about", "rhythm")
    [values] = town.rows(f"SELECT {', '.join(names)} FROM alerts ORDER BY id DESC LIMIT 1")
    return {name: value for name, value in zip(names, values, strict=True) if value}


def fields(page: requests.Response) -> dict[str, list[str]]:
    """Return what the form of a page would send if nothing was changed."""
    [found] = [one for one in lxml.html.fromstring(page.text).forms if one.get("id") == "alert"]
    values: dict[str, list[str]] = {}
    for name, value in found.form_values():
        values.setdefault(name, []).append(value)
    return values


def test_an_alert_is_asked_for_confirmed_told_and_ended_with_links_alone(town: MailTown) -> None:
    page = ask(town, email="kim@mail.example", where="boundary", boundary="ward:10")
    assert "Look into your mailbox" in says(page)
    email = only(town.deliver())
    assert email.recipients == ["kim@mail.example"]
    assert subjects([email]) == ["Confirm your alert: New requests, Ward East"]
    assert "List-Unsubscribe" not in email.email
    one = town.report()
    assert sent(town) == []
    confirm = path_to(email, "/a/")
    assert "You get no emails until you confirm it" in says(town.get(confirm))
    assert "You get these emails." in says(town.post(confirm, act="confirm"))
    other = town.report(description="A secret in free text")
    news = only(sent(town))
    assert subjects([news]) == ["1 new request: Ward East"]
    assert other.id in news.plain
    assert one.id not in news.plain
    assert "Pothole, 1 Main Street" in news.plain
    assert "free text" not in news.plain + news.html
    assert f"/en/r/{other.id}" in links(news.plain)
    assert "/en/reports?boundary=ward%3A10" in links(news.plain)
    assert "You get no more of these emails." in says(town.post(path_to(news, "/u/"), act="end"))
    town.report()
    assert sent(town) == []


def test_one_click_ends_it_without_a_cookie_or_a_form(town: MailTown) -> None:
    """RFC 8058"""
    found = alerted(town, wish())
    town.report()
    news = only(sent(town))
    assert news.email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert news.email["List-Id"] == "<alerts.gridtown.example>"
    [path] = links(news.email["List-Unsubscribe"])
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
    assert town.value("SELECT state FROM alerts WHERE id = %s", found.id) == "ended"


@pytest.mark.parametrize(
    ("sent_fields", "stored"),
    [
        ({}, {"place": "city"}),
        (
            {"where": "boundary", "boundary": "ward:2"},
            {"place": "boundary", "boundary_layer": "ward", "boundary_code": "2"},
        ),
        ({"where": "circle", "lat": "0.5", "long": "0.5"}, {"place": "circle"}),
        ({"where": "area", "area": "0,0;0,1;1,1"}, {"place": "area"}),
        ({"service_code": "POTHOLE"}, {"place": "city", "services": ["POTHOLE"]}),
        ({"about": "both", "rhythm": "weekly"}, {"place": "city"}),
    ],
)
def test_the_form_stores_what_was_chosen(
    town: MailTown, sent_fields: dict[str, str], stored: dict[str, Any]
) -> None:
    assert ask(town, **sent_fields).status_code == 200
    usual = {"about": "new", "rhythm": "at_once"}
    kept = {name: sent_fields[name] for name in usual if name in sent_fields}
    assert row(town) == {**usual, **stored, **kept}


@pytest.mark.parametrize(
    ("sent_fields", "field", "sentence"),
    [
        ({"email": "kim"}, "email", "Enter an email address"),
        ({"about": ""}, "about", "Choose an answer."),
        ({"where": "boundary"}, "boundary", "Choose a part of the city."),
        ({"where": "boundary", "boundary": "ward:99"}, "boundary", "Choose a part of the city."),
        ({"where": "circle"}, "address", "Enter an address"),
        ({"where": "circle", "address": "1 Nowhere Road"}, "address", "could not find"),
        ({"where": "circle", "lat": "0.5", "long": "0.5", "radius": "0.0001"}, "address", "Enter"),
        ({"where": "area"}, "area", "Draw an area"),
        ({"where": "area", "area": "0,0;0,0;0,0"}, "area", "Draw an area"),
        ({"service_code": "NOTHING"}, "service_code", "NOTHING"),
    ],
)
def test_a_problem_is_said_at_its_field(
    town: MailTown, sent_fields: dict[str, str], field: str, sentence: str
) -> None:
    page = ask(town, **sent_fields)
    assert page.status_code == 400
    document = lxml.html.fromstring(page.text)
    [problem] = document.xpath("//div[@id='problems']//li")
    assert sentence in problem.text_content()
    assert problem.xpath(".//a/@href") == [f"#{field}"]
    assert town.rows("SELECT 1 FROM alerts") == []
    assert fields(page)["rhythm"] == ["at_once"]


@pytest.mark.parametrize(
    ("query", "begins_with"),
    [
        ("", {"where": ["city"], "about": ["new"]}),
        ("boundary=ward:2&status=closed", {"where": ["boundary"], "boundary": ["ward:2"],
                                           "about": ["closed"]}),
        ("service_code=POTHOLE,0042", {"where": ["city"], "service_code": ["0042", "POTHOLE"]}),
        ("group=Streets&q=hole", {"where": ["city"]}),
        ("lat=0.5&long=0.25&radius=500", {"where": ["circle"], "lat": ["0.5"], "long": ["0.25"],
                                          "radius": ["500"]}),
        ("polygon=0,0;0,1;1,0", {"where": ["area"], "area": ["0,0;0,1;1,0"]}),
        ("bbox=0,0.1,0.5,0.6", {"where": ["area"], "area": ["0.1,0;0.1,0.5;0.6,0.5;0.6,0"]}),
    ],
)  # fmt: skip
def test_the_form_begins_with_the_filters_of_a_list(
    town: MailTown, query: str, begins_with: dict[str, list[str]]
) -> None:
    listed = town.get(f"/reports?{query}")
    [link] = lxml.html.fromstring(listed.text).xpath("//a[starts-with(@href, '/follow')]/@href")
    values = fields(town.get(link))
    assert {name: sorted(values[name]) for name in begins_with} == begins_with
    if "group" in query:
        assert "POTHOLE" in values["service_code"]


def test_the_secret_link_pauses_resumes_and_changes_the_rhythm(town: MailTown) -> None:
    found = alerted(town, wish())
    path = f"/a/{found.token}"
    town.report()
    assert sent(town, after=timedelta()) == []
    page = town.post(path, act="rhythm", rhythm="weekly")
    assert page.status_code == 200
    due = town.value("SELECT due_at FROM messages WHERE alert_id = %s", found.id).astimezone(ZONE)
    assert (due.weekday(), due.hour, due.minute) == (0, 8, 0)
    assert "paused" in says(town.post(path, act="pause"))
    town.report()
    assert "You get these emails." in says(town.post(path, act="confirm"))
    after = town.report()
    sent(town)
    assert (after.pk, "new") in told(town, found)
    assert town.value("SELECT rhythm FROM alerts WHERE id = %s", found.id) == "weekly"


def test_nobody_learns_whether_an_address_is_known(town: MailTown) -> None:
    known = alerted(town, wish())
    pages = [ask(town, email=address) for address in (known.address, "new@mail.example")]
    assert len({page.text for page in pages}) == 1
    assert {page.status_code for page in pages} == {200}


def test_anyone_can_type_an_address_only_so_often(town: MailTown) -> None:
    """One question an hour goes to an address that nobody has confirmed."""
    for number in range(8):
        ask(town, email="kim@mail.example", service_code=f"{['POTHOLE', '0042'][number % 2]}",
            about=["new", "closed", "both"][number % 3])  # fmt: skip
    assert town.value("SELECT count(*) FROM alerts") == 5
    assert len(town.deliver()) == 1
    assert len(town.deliver(timedelta(minutes=61))) == 1


def test_the_same_alert_is_stored_and_asked_about_once(town: MailTown) -> None:
    for _time in range(2):
        ask(town, email="kim@mail.example", where="area", area="0,0;0,1;1,1")
        ask(town, email="kim@mail.example", where="area", area="0,0;0,1;1,1", rhythm="daily")
    assert town.value("SELECT count(*) FROM alerts") == 1
    assert len(town.deliver()) == 1


def test_a_program_that_fills_in_every_field_gets_the_same_answer(town: MailTown) -> None:
    assert "Look into your mailbox" in says(ask(town, website="https://spam.example"))
    assert town.rows("SELECT 1 FROM alerts") == []


def test_who_did_not_ask_can_refuse_all_emails(town: MailTown) -> None:
    found = asked(town, wish())
    email = only(town.deliver())
    page = town.post(path_to(email, "/u/"), act="refuse")
    assert "We send no more emails to this address" in says(page)
    ask(town, email=found.address, about="closed")
    assert town.deliver(timedelta(minutes=61)) == []
    assert town.value("SELECT suppressed_why FROM contacts") == "not_me"


@pytest.mark.parametrize("language", ["en", "es"])
def test_scanners_that_open_every_link_change_nothing(town: MailTown, language: str) -> None:
    asked(town, wish(), language=language)
    mails = town.deliver()
    alerted(town, wish(about="both"), language=language)
    town.report()
    mails += sent(town)
    paths = {path for mail in mails for path in links(f"{mail.plain} {mail.html}")}
    paths |= {path for mail in mails for path in links(mail.email["List-Unsubscribe"] or "")}
    assert len(paths) >= 6
    tables = ("alerts", "alert_items", "contacts")
    before = [town.rows(f"SELECT * FROM {name} ORDER BY 1") for name in tables], town.everything()
    for path in paths:
        page = town.get(path.replace("&amp;", "&"))
        assert page.status_code == 200, path
        if "/r/" not in path and "/reports" not in path:
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert page.headers["Cache-Control"] == "private, no-store"
            assert lxml.html.fromstring(page.text).get("lang") in (language, "en")
    after = [town.rows(f"SELECT * FROM {name} ORDER BY 1") for name in tables], town.everything()
    assert after == before


def test_a_link_is_for_one_alert_of_one_city(town: MailTown) -> None:
    one, other = alerted(town, wish()), alerted(town, wish(about="closed"))
    assert town.post(f"/a/{one.token}", act="end").status_code == 200
    states = dict(town.rows("SELECT id, state FROM alerts"))
    assert states == {one.id: "ended", other.id: "on"}
    for path in (f"/a/{'x' * 22}", f"/u/{'x' * 22}", f"/f/{one.token}"):
        assert town.get(path).status_code == 404
    assert town.post(f"/a/{'x' * 22}", act="end").status_code == 404
    assert kinds(town, other) == []


def test_without_email_there_are_no_alerts(
    mail_database: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("silent") / "log"
    with running_server(mail_database, log, {"OPEN311_SECRET_KEY": SECRET}) as address:
        assert requests.get(f"{address}/follow", timeout=PATIENCE).status_code == 404
        assert requests.post(f"{address}/follow", data=form(), timeout=PATIENCE).status_code == 404
        for path in ("/reports", "/services/POTHOLE"):
            page = lxml.html.fromstring(requests.get(f"{address}{path}", timeout=PATIENCE).text)
            targets = [urlsplit(target).path for target in page.xpath("//a/@href")]
            assert not any(target.endswith("/follow") for target in targets)
