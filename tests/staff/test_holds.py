"""Held reports on staff pages: why they are held, what staff decide, and where they are found."""

import itertools
import re
from collections.abc import Callable

import lxml.html
import psycopg
import pytest
import requests
from administrators import says
from georeport_client import Api
from images import from_a_phone
from servers import PATIENCE
from staff_client import Person

from tests.staff.test_photos import post
from tests.staff.test_work import do

Sign = Callable[[str], Person]
HOLDS = [("link", "example.org"), ("phone", "…00")]

_numbers = itertools.count()


def hold(city: str, api: Api, *, photo: bool = False) -> str:
    """Report a hole, and hold it as the website does."""
    description = f"Held {next(_numbers)}"
    if photo:
        assert post(api, from_a_phone(), description=description).status == 200
    else:
        api.report(lat=0.5, long=0.5, description=description)
    with psycopg.connect(city) as connection:
        [pk, id_] = connection.execute(
            "UPDATE service_requests SET public = false WHERE description = %s"
            " RETURNING pk, service_request_id",
            [description],
        ).fetchone() or (0, "")
        for rule, seen in HOLDS:
            connection.execute(
                "INSERT INTO holds (service_request_pk, rule, seen, held_at)"
                " VALUES (%s, %s, %s, now())",
                [pk, rule, seen],
            )
    return str(id_)


def row(city: str, id_: str, columns: str) -> tuple[object, ...]:
    with psycopg.connect(city) as connection:
        found = connection.execute(
            f"SELECT {columns} FROM service_requests WHERE service_request_id = %s",  # type: ignore[arg-type]
            [id_],
        ).fetchone()
    assert found is not None
    return found


def decisions(person: Person, id_: str) -> list[str]:
    """List the outcomes that the page of a request offers."""
    page = lxml.html.fromstring(person.get(f"/requests/{id_}").text)
    return [str(one) for one in page.xpath("//form[contains(@action, '/hold')]//button/@value")]


def is_public(api: Api, id_: str) -> bool:
    status = api.get(f"v2/requests/{id_}").status
    assert status in (200, 404)
    return status == 200


@pytest.fixture
def held(city: str, api: Api) -> str:
    return hold(city, api)


def test_the_page_says_why_a_report_is_held_and_offers_what_may_become_of_it(
    person: Sign, city: str, api: Api, held: str
) -> None:
    page = says(person("dispatch").get(f"/requests/{held}"))
    assert "Held: link in the text (example.org)" in page
    assert "Held: phone number in the text (…00)" in page
    assert decisions(person("dispatch"), held) == ["published", "hidden", "withdrawn"]
    with_photo = hold(city, api, photo=True)
    assert decisions(person("dispatch"), with_photo) == [
        *("published", "published_without_photo", "hidden", "withdrawn"),
    ]
    assert not is_public(api, held)


def test_a_published_report_is_public_and_no_longer_held(person: Sign, api: Api, held: str) -> None:
    dispatch = person("dispatch")
    done = do(dispatch, held, "hold", outcome="published")
    assert "Request published." in says(done)
    assert is_public(api, held)
    assert decisions(dispatch, held) == []
    assert "Held:" not in says(dispatch.get(f"/requests/{held}"))
    assert "Held report: published, by dispatch" in says(dispatch.get(f"/requests/{held}"))
    again = do(dispatch, held, "hold", outcome="published")
    assert again.status_code == 409


def test_a_report_is_published_without_its_photo(person: Sign, city: str, api: Api) -> None:
    id_ = hold(city, api, photo=True)
    dispatch = person("dispatch")
    page = dispatch.get(f"/requests/{id_}").text
    [name] = set(re.findall(r"/staff/photos/([0-9a-f]{32}\.jpg)", page))
    public = f"{dispatch.address}/open311/media/{name}"
    assert requests.get(public, timeout=PATIENCE).status_code == 404
    do(dispatch, id_, "hold", outcome="published_without_photo")
    assert is_public(api, id_)
    assert "media_url" not in api.one(id_) or not api.one(id_)["media_url"]
    assert requests.get(public, timeout=PATIENCE).status_code == 404
    assert (
        dispatch.session.get(
            f"{dispatch.address}/staff/photos/{name}", timeout=PATIENCE
        ).status_code
        == 404
    )


def test_a_hidden_report_stays_in_work_and_can_be_published_later(
    person: Sign, api: Api, held: str
) -> None:
    dispatch = person("dispatch")
    do(dispatch, held, "hold", outcome="hidden")
    page = says(dispatch.get(f"/requests/{held}"))
    assert "Hidden: link in the text (example.org)" in page
    assert "Held report: hidden, by dispatch" in page
    assert decisions(dispatch, held) == ["published", "withdrawn"]
    assert not is_public(api, held)
    do(dispatch, held, "take-on")
    do(dispatch, held, "hold", outcome="published")
    assert is_public(api, held)


def test_spam_is_withdrawn_once_that_is_confirmed(
    person: Sign, city: str, api: Api, held: str
) -> None:
    dispatch = person("dispatch")
    refused = do(dispatch, held, "hold", outcome="withdrawn")
    assert refused.status_code == 409
    assert row(city, held, "withdrawn_at IS NULL, description <> ''") == (True, True)
    do(dispatch, held, "hold", outcome="withdrawn", confirm="true")
    assert row(city, held, "withdrawn_at IS NULL, description") == (False, "")
    assert dispatch.get(f"/requests/{held}").status_code == 410
    assert api.get(f"v2/requests/{held}").status in (404, 410)


def test_only_those_who_work_on_a_request_decide_with_what_they_saw(
    person: Sign, api: Api, held: str
) -> None:
    for name in ("reader", "west"):  # the place is in the east
        assert decisions(person(name), held) == []
        assert do(person(name), held, "hold", outcome="published", seen="1").status_code == 403
    dispatch = person("dispatch")
    path = f"/requests/{held}"
    form = dispatch.hidden(path, f"{path}/hold")
    do(dispatch, held, "note", text="Looked at it.")
    do(dispatch, held, "take-on")
    stale = dispatch.post(path, f"{path}/hold", **{**form, "outcome": "published"})
    assert stale.status_code == 409
    without_token = dispatch.session.post(
        f"{dispatch.address}/staff{path}/hold",
        data={"outcome": "published", "seen": form["seen"]},
        timeout=PATIENCE,
    )
    assert without_token.status_code in (400, 403)
    for outcome in ("", "anything", "approved"):
        assert do(dispatch, held, "hold", outcome=outcome).status_code == 409
    assert not is_public(api, held)


def test_the_work_queue_counts_exactly_what_waits(person: Sign, city: str, api: Api) -> None:
    dispatch = person("dispatch")
    before = waiting(dispatch)
    one, two, three, four = (hold(city, api) for _ in range(4))
    do(dispatch, two, "hold", outcome="hidden")
    do(dispatch, three, "hold", outcome="published")
    do(dispatch, four, "hold", outcome="withdrawn", confirm="true")
    assert waiting(dispatch) == before + 1
    found = dispatch.get("/requests", held="true").text
    assert [id_ in found for id_ in (one, two, three, four)] == [True, False, False, False]
    assert found.count("<tr data-id=") == before + 1


def waiting(person: Person) -> int:
    page = lxml.html.fromstring(person.get("/").text)
    [entry] = page.xpath("//ul[@class='numbers']//a[contains(., 'Held reports')]")
    assert "held=true" in entry.get("href")
    return int(entry.xpath("string(strong)"))


def test_nobody_else_learns_that_a_report_is_held(held: str, town: str) -> None:
    for path in (
        "/ogc/collections/requests/items?held=true",
        "/ogc/collections/requests/items?filter=held",
    ):
        assert requests.get(f"{town}{path}", timeout=PATIENCE).status_code == 400
    features = requests.get(f"{town}/ogc/collections/requests/items?limit=1000", timeout=PATIENCE)
    assert held not in features.text


def grow_older(city: str, id_: str, days: int) -> None:
    """Let a report have been held some days earlier."""
    with psycopg.connect(city) as connection:
        connection.execute(
            "UPDATE holds SET held_at = held_at - make_interval(days => %s)"
            " WHERE service_request_pk = (SELECT pk FROM service_requests"
            " WHERE service_request_id = %s)",
            [days, id_],
        )


def test_after_a_working_day_without_a_decision_a_report_is_overdue(
    person: Sign, city: str, api: Api
) -> None:
    dispatch, marked = person("dispatch"), "held for more than one working day"
    young, old, older, decided = (hold(city, api) for _ in range(4))
    for id_, days in ((old, 10), (older, 20), (decided, 30)):
        grow_older(city, id_, days)
    with psycopg.connect(city) as connection:
        connection.execute(
            "UPDATE service_requests SET requested_datetime = requested_datetime - interval '1 d'"
            " WHERE service_request_id = %s",
            [older],
        )
    do(dispatch, decided, "hold", outcome="hidden")
    queue = lxml.html.fromstring(dispatch.get("/").text)
    [section] = queue.xpath("//ul[@class='numbers']//a[contains(., 'Held for more than one')]")
    assert section.xpath("string(strong)") == "2"
    found = dispatch.session.get(f"{dispatch.address}{section.get('href')}", timeout=PATIENCE).text
    assert re.findall(r'<tr data-id="([^"]+)"', found) == [older, old]
    for id_, is_marked in ((young, False), (old, True), (decided, False)):
        page = lxml.html.fromstring(dispatch.get(f"/requests/{id_}").text)
        assert (marked in page.xpath("string(//hgroup)")) == is_marked
    listed = lxml.html.fromstring(dispatch.get("/requests", held="true").text)
    rows = {one.get("data-id"): str(one.text_content()) for one in listed.xpath("//tr[@data-id]")}
    assert [marked in rows[id_] for id_ in (young, old, older)] == [False, True, True]
    do(dispatch, old, "hold", outcome="published")
    assert section.get("href").endswith("sort=requested_datetime")
    again = dispatch.session.get(f"{dispatch.address}{section.get('href')}", timeout=PATIENCE).text
    assert re.findall(r'<tr data-id="([^"]+)"', again) == [older]
