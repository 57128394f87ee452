"""The audit page: who changed what, found by filters, as sentences and as a file."""

import csv
import io
from collections.abc import Callable

import lxml.html
import pytest
import requests
from administrators import says, send, told
from staff_client import Person

Sign = Callable[[str], Person]


@pytest.fixture(scope="module", autouse=True)
def changed(
    chief: Person, city: str, passwords: dict[str, str], run_command: Callable[..., str]
) -> None:
    department = {"department": "PARKS", "name": "Parks"}
    send(chief, "/city/departments", "/city/departments", department)
    rename = "/city/departments/PARKS/rename"
    send(chief, "/city/departments", rename, {"name": "=Parks and trees"})
    run_command(city, "users", "role", "guest", "dispatcher")


def sentences(answer: requests.Response) -> list[str]:
    page = lxml.html.fromstring(answer.text)
    return [" ".join(one.text_content().split()) for one in page.xpath("//ol[@class='audit']/li")]


def test_entries_say_who_changed_what_and_are_found_by_filters(chief: Person) -> None:
    first, second = sentences(chief.get("/city/audit", subject="departments", words="PARKS"))
    assert first.startswith("chief changed the department PARKS.")
    assert first.endswith("Name: Parks → =Parks and trees")
    assert second.startswith("chief added the department PARKS.")
    assert sentences(chief.get("/city/audit", who="chief", words="trees"))[0] == first
    for nothing in ({"who": "nobody"}, {"words": "no such words"}, {"until": "2020-01-01"}):
        assert sentences(chief.get("/city/audit", **nothing)) == ["No entries match these filters."]
    by_command = sentences(chief.get("/city/audit", subject="users", words="guest"))[0]
    assert "(command line) changed the user guest. " in by_command
    assert "Role: Viewer → Dispatcher" in by_command


def test_the_page_is_in_spanish(chief: Person) -> None:
    answer = chief.session.get(
        f"{chief.address}/staff/city/audit?words=PARKS", headers={"Accept-Language": "es"}
    )
    assert sentences(answer)[0].startswith("chief cambió el departamento PARKS.")


def test_a_wrong_date_is_told_and_the_filters_stay(chief: Person) -> None:
    answer = chief.get("/city/audit", since="yesterday", who="chief")
    assert answer.status_code == 400
    assert told(answer)
    assert lxml.html.fromstring(answer.text).xpath("//input[@name='who']/@value") == ["chief"]


def test_pages_go_on_after_the_oldest_entry(chief: Person) -> None:
    """What the seed folder left and twelve changes are more than a page has."""
    for number in range(12):
        name = {"name": f"Lights {number}"}
        send(chief, "/city/departments", "/city/departments/LIGHTS/rename", name)
    seen, path = [], "/city/audit"
    while path:
        page = lxml.html.fromstring(chief.get(path).text)
        seen += page.xpath("//ol[@class='audit']/li//strong/text()")
        links = page.xpath("//a[@rel='next']/@href")
        path = links[0].removeprefix("/staff") if links else ""
    text = chief.get("/city/audit/audit.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["sentence"] for row in rows] == seen
    assert len(seen) > 50
    [renamed] = [row for row in rows if row["action"] == "changed" and row["row"] == "PARKS"]
    assert (renamed["who"], renamed["kind_of_actor"]) == ("chief", "user")
    assert renamed["changes"] == "Name: Parks → =Parks and trees"


def test_only_administrators_read_it(person: Sign) -> None:
    for path in ("/city/audit", "/city/audit/audit.csv", "/city/users/west"):
        assert person("dispatch").get(path).status_code == 403


def test_an_app_leaves_the_name_of_its_key(
    town: str, city: str, chief: Person, run_command: Callable[..., str]
) -> None:
    made = run_command(city, "keys", "create", "Work orders", "--may", "webhooks")
    fields = {
        "api_key": made.split()[-1],
        "url": "https://hooks.example/audit",
        "events": "created",
    }
    answer = requests.post(f"{town}/open311/v2/webhooks", data=fields, timeout=60)
    assert answer.status_code == 200, answer.text
    first = sentences(chief.get("/city/audit", subject="webhook_endpoints"))[0]
    assert first.startswith("The app with the API key Work orders added")
    assert "added the webhook hooks.example/" in first
    assert "Secret: set" in first


def test_a_user_has_a_name_sessions_and_a_page(chief: Person, person: Sign) -> None:
    reader = person("reader")
    page = "/city/users/reader"
    answer = send(chief, page, f"{page}/full-name", {"full_name": "  Kim   Example "})
    assert answer.status_code == 303
    shown = says(chief.get(page))
    assert "Kim Example" in shown
    assert "chief changed the user reader. " in shown
    assert "→ Kim Example" in shown
    assert "Last sign-in never" not in shown
    assert "Kim Example" in says(chief.get("/city/users", q="kim ex"))
    assert "No user matches." in says(chief.get("/city/users", q="kim ex", state="disabled"))
    refused = send(chief, page, f"{page}/full-name", {"full_name": "x" * 101})
    assert told(refused) == "Enter a full name of 100 characters or fewer, in one line."
    assert f'value="{"x" * 101}"' in refused.text
    assert "/sign-in" not in reader.get("/account").url
    assert send(chief, page, f"{page}/sessions/end").status_code == 303
    assert "/sign-in" in reader.get("/account").url
    ended = sentences(chief.get("/city/audit", subject="users", words="reader"))[0]
    assert ended.startswith("chief ended sessions of the user reader.")


def test_a_user_ends_one_session_or_all_others(
    town: str, passwords: dict[str, str], person: Sign
) -> None:
    others = [Person(town) for _ in range(3)]
    for one, browser in zip(others, ("Firefox/130 Windows", "Chrome/130 Android", ""), strict=True):
        one.session.headers["User-Agent"] = browser
        one.sign_in("guest", passwords["guest"])
    mine = others[0]
    shown = says(mine.get("/account"))
    assert "Firefox, Windows, Signed in" in shown
    assert "Chrome, Android, Signed in" in shown
    assert "Unknown browser, Signed in" in shown
    session = lxml.html.fromstring(mine.get("/account").text).xpath(
        "//li[contains(., 'Chrome, Android')]//input[@name='session']/@value"
    )[0]
    send(mine, "/account", "/account/sessions/end", {"session": session})
    assert "/sign-in" in others[1].get("/account").url
    assert "/account" in others[2].get("/account").url
    data = {"csrf_token": mine.hidden("/account", "/account/full-name")["csrf_token"]}
    mine.session.post(f"{town}/staff/account/sessions/end", data=data, timeout=60)
    assert "/sign-in" in others[2].get("/account").url
    send(mine, "/account", "/account/full-name", {"full_name": "Guest Example"})
    assert "Guest Example" in mine.get("/account").text
