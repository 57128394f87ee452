"""Pages about other servers and about what is forwarded, without scripts and in a browser."""

from collections.abc import Callable, Iterator
from typing import Any

import lxml.html
import pytest
import requests
from administrators import NAME, administrator, password_of
from browsing import barriers_in_all_views, enter
from georeport_client import KEYS
from neighbors import GRIDTOWN, SERVER, Place
from playwright.sync_api import Browser
from servers import PATIENCE
from staff_client import Person

from open311.operations.residents.site import change_site

PAGE = "/city/elsewhere"
OURS = f"{PAGE}/{SERVER}"


@pytest.fixture(scope="module")
def place(serve: Callable[[str], Any]) -> Iterator[Place]:
    """A town with a website that knows no other server yet."""
    with serve("pages") as town:
        with town.at_work() as city:
            change_site(city.jurisdiction_id, {"languages": ["en", "es"]})
        yield town


@pytest.fixture(scope="module")
def password(place: Place, run_command: Callable[..., str]) -> str:
    return password_of(place.database, run_command)


@pytest.fixture(scope="module")
def chief(place: Place, password: str) -> Person:
    return administrator(place.address, password)


def words(content: str) -> str:
    return " ".join(lxml.html.fromstring(content).text_content().split())


def form(chief: Person, county: Place, **changes: Any) -> dict[str, Any]:
    """The form of the server as an administrator fills it in."""
    return {
        "name": "Grid County",
        "url": f"{county.address}/open311/v2",
        "api_key_there": KEYS[GRIDTOWN],
        "departments": ["EAST"],
        "service:POTHOLE": "POTHOLE",
        "answer_map": "SURVEY/WHO = asked",
        "status_map": "With Contractor = action_scheduled",
        "poll_minutes": "5",
        **chief.hidden(OURS, OURS),
        **changes,
    }


def save(chief: Person, county: Place, **changes: Any) -> requests.Response:
    url = f"{chief.address}/staff{OURS}"
    return chief.session.post(url, data=form(chief, county, **changes), timeout=PATIENCE)


@pytest.fixture(scope="module")
def server(place: Place, chief: Person, county: Place) -> Place:
    """The county as an administrator of the town has added it on the page, turned on."""
    added = chief.post(
        PAGE, PAGE, code=SERVER, name="Grid County", url=f"{county.address}/open311/v2/"
    )
    assert "Server Grid County added. It is off." in added.text
    refused = chief.post(OURS, f"{OURS}/turn", state="on")
    assert refused.status_code == 400
    assert "Enter the API key of your city at this server" in words(refused.text)
    assert "Saved." in save(chief, county).text
    assert "Forwarding is on." in chief.post(OURS, f"{OURS}/turn", state="on").text
    return place


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(
    server: Place, chief: Person, county: Place
) -> None:
    wrong = {
        "url": "http://311.example.org/v2",
        "answer_map": "SURVEY/WHO asked",
        "status_map": "with contractor = soon",
        "poll_minutes": "0",
    }
    for name, value in wrong.items():
        answer = save(chief, county, **{name: value})
        assert answer.status_code == 400, name
        page = lxml.html.fromstring(answer.text)
        [field] = page.xpath(f"//*[@name='{name}']")
        assert (field.get("value") or field.text_content().strip()) == value
        assert field.get("aria-invalid") == "true"
    codes = {"code": SERVER, "name": "Again", "url": "https://311.example.org"}
    assert "already in use" in words(chief.post(PAGE, PAGE, **codes).text)
    settings = "SELECT status_map, service_map, poll_minutes FROM foreign_endpoints"
    assert server.rows(settings) == [
        ({"with contractor": "action_scheduled"}, {"POTHOLE": "POTHOLE"}, 5)
    ]


def test_no_page_shows_the_key(server: Place, chief: Person, county: Place) -> None:
    save(chief, county, api_key_there="")
    page = chief.get(OURS).text
    assert "A key is stored." in page
    assert KEYS[GRIDTOWN] not in page
    assert server.value("SELECT encrypted_key FROM foreign_endpoints") is not None
    assert KEYS[GRIDTOWN].encode() not in server.value(
        "SELECT encrypted_key FROM foreign_endpoints"
    )


def test_a_test_of_the_connection_reads_what_the_server_offers(
    server: Place, chief: Person, county: Place
) -> None:
    found = chief.post(OURS, f"{OURS}/check").text
    assert "The server answers. It lists updates." in words(found)
    assert "0042" in found
    assert server.value("SELECT has_updates FROM foreign_endpoints") is True
    save(chief, county, **{"service:LAMP": "LANTERN"})
    assert "does not have these services: LANTERN" in words(chief.post(OURS, f"{OURS}/check").text)
    save(chief, county, url="http://127.0.0.1:1/v2")
    assert "cannot be reached" in words(chief.post(OURS, f"{OURS}/check").text)
    save(chief, county, url=f"{county.address}/open311/discovery.xml")
    chief.post(OURS, f"{OURS}/check")
    assert server.value("SELECT url FROM foreign_endpoints") == f"{county.address}/open311/v2"


def test_only_administrators_see_them(server: Place, run_command: Callable[..., str]) -> None:
    made = run_command(
        server.database, "users", "create", "dispatch", "--role", "dispatcher", "--generate"
    )
    someone = Person(server.address)
    someone.sign_in("dispatch", made.strip().rpartition("Password: ")[2])
    for path in (PAGE, OURS):
        assert someone.get(path).status_code == 403
    assert someone.post("/account", f"{OURS}/turn", state="off").status_code == 403


def test_what_is_stuck_is_decided_on_the_page(server: Place, chief: Person, county: Place) -> None:
    ids = [server.api.report(description=f"A stuck hole {number}") for number in range(3)]
    server.rows("UPDATE forwardings SET state = 'unknown', sentence = 'it did not answer'")
    page = words(chief.get(PAGE).text)
    assert all(f"{id_} → Grid County" in page for id_ in ids)
    assert "may have been sent" in page

    def decide(id_: str, **fields: str) -> requests.Response:
        return chief.post(PAGE, f"{OURS}/settle", service_request_id=id_, **fields)

    without = decide(ids[0], outcome="number")
    assert without.status_code == 400
    assert "Enter the number that the request has at the other server." in words(without.text)
    assert "Saved." in decide(ids[0], outcome="number", number="C-1").text
    taken = decide(ids[1], outcome="number", number="C-1")
    assert f"Number C-1 belongs to request {ids[0]} already." in words(taken.text)
    assert "will be sent again" in decide(ids[1], outcome="again").text
    assert "Saved." in decide(ids[2], outcome="not_sent").text
    assert decide(ids[2], outcome="not_sent").status_code == 400
    assert [server.forwarded(id_)["state"] for id_ in ids] == ["accepted", "waiting", "stopped"]
    server.send()
    assert server.forwarded(ids[1])["state"] == "accepted"
    assert "Nothing is waiting." in chief.get(PAGE).text


def test_the_pages_of_a_request_say_where_it_is(server: Place, chief: Person) -> None:
    id_ = server.api.report(description="A hole whose page is read")
    server.send()
    number = str(server.forwarded(id_)["foreign_id"])
    staff = words(chief.get(f"/requests/{id_}").text)
    assert f"Forwarded to Grid County sent, number there: {number}" in staff
    page = requests.get(f"{server.address}/r/{id_}", timeout=PATIENCE).text
    assert f"Sent to Grid County. Their number is {number}." in words(page)
    assert "Sent to East Yard, which works on it there." in words(page)


def test_a_refusal_is_in_the_work_queue(server: Place, chief: Person, county: Place) -> None:
    county.rows("UPDATE services SET active = false WHERE service_code = 'POTHOLE'")
    id_ = server.api.report(description="A hole that is refused")
    server.send()
    county.rows("UPDATE services SET active = true WHERE service_code = 'POTHOLE'")
    assert "could not be forwarded" in words(chief.get("/").text)
    staff = words(chief.get(f"/requests/{id_}").text)
    assert "refused by the other server" in staff
    assert "This request could not be forwarded." in staff


def test_the_routing_test_says_that_it_is_forwarded(server: Place, chief: Person) -> None:
    asked = {"lat": "0.5", "long": "0.5", "service_code": "POTHOLE"}
    page = words(chief.get("/city/rules/try", **asked).text)
    assert "Department: East Yard" in page
    assert "It is forwarded to Grid County." in page


def test_no_page_has_a_barrier(
    server: Place, browser: Browser, password: str, complaints: list[str]
) -> None:
    server.api.report(description="A hole without an answer")
    server.rows("UPDATE forwardings SET state = 'unknown' WHERE state = 'waiting'")
    page = enter(browser, server.address, NAME, password, complaints, PAGE)
    for path in (PAGE, OURS):
        page.goto(f"{server.address}/staff{path}")
        assert barriers_in_all_views(page) == [], path
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("The server answers.").wait_for()
    assert barriers_in_all_views(page) == []
    assert complaints == []
