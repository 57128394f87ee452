"""Running the city on pages: users, keys, departments and services, and what the public sees."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import requests
from administrators import says, send, told
from georeport_client import Api
from servers import PATIENCE
from staff_client import Person

Sign = Callable[[str], Person]


def secret(answer: requests.Response) -> str:
    """What is shown once."""
    [found] = re.findall(r'<code class="secret">([^<]+)</code>', answer.text)
    return html.unescape(found)


def services(api: Api) -> dict[str, dict[str, Any]]:
    return {row["service_code"]: row for row in api.get("v2/services").document}


PAGES = [
    *("", "/users", "/keys", "/departments", "/services", "/service/SURVEY", "/site"),
    "/webhooks",
]
ACTIONS = [
    "/users",
    "/users/west/role",
    "/users/west/password",
    "/users/west/disable",
    "/users/west/enable",
    "/keys",
    "/keys/rights",
    "/keys/revoke",
    "/departments",
    "/departments/WEST/rename",
    "/services",
    "/service/SURVEY/save",
    "/service/SURVEY/question",
    "/service/SURVEY/question/up",
    "/service/SURVEY/question/drop",
    "/service/SURVEY/translations",
    "/departments/translations",
    "/site",
    "/site/logo",
    "/webhooks",
    *(f"/webhooks/1/{action}" for action in ("ping", "rotate", "pause", "resume")),
    *(f"/webhooks/1/{action}" for action in ("replay", "retry", "delete")),
]


@pytest.mark.parametrize("path", PAGES)
def test_administrators_alone_see_it(person: Sign, chief: Person, town: str, path: str) -> None:
    assert chief.get(f"/city{path}").status_code == 200
    for name in ("reader", "west", "dispatch"):
        answer = person(name).get(f"/city{path}")
        assert answer.status_code == 403, name
        assert "You need the Administrator role" in answer.text
        assert 'href="/staff/city"' not in person(name).get("/").text
    assert "/sign-in" in Person(town).get(f"/city{path}").url


@pytest.mark.parametrize("path", ACTIONS)
def test_administrators_alone_change_it(person: Sign, town: str, path: str) -> None:
    for name in ("reader", "west", "dispatch"):
        answer = send(person(name), "/requests", f"/city{path}", {"name": "x", "role": "viewer"})
        assert answer.status_code == 403, name
    nobody = requests.post(f"{town}/staff/city{path}", data={}, timeout=PATIENCE)
    assert nobody.status_code == 400  # there is no form of ours that it could be


def test_a_user_is_made_and_the_password_shown_once(chief: Person, town: str) -> None:
    fields = {"name": "Streets", "role": "department", "department": "WEST"}
    answer = send(chief, "/city/users", "/city/users", fields)
    assert answer.status_code == 200
    password = secret(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert password not in chief.get("/city/users").text
    streets = Person(town)
    assert streets.sign_in("streets", password).url.endswith("/staff/requests")
    assert "West Yard" in streets.get("/").text


def test_a_role_changes_a_password_ends_sessions_and_nobody_gets_in_disabled(
    chief: Person, town: str
) -> None:
    answer = send(chief, "/city/users", "/city/users", {"name": "guide", "role": "viewer"})
    old = secret(answer)
    guide = Person(town)
    guide.sign_in("guide", old)
    send(chief, "/city/users", "/city/users/guide/role", {"role": "dispatcher"})
    assert "guide, Dispatcher" in guide.get("/").text
    new = secret(send(chief, "/city/users", "/city/users/guide/password"))
    assert "/sign-in" in guide.get("/").url
    assert guide.sign_in("guide", old).status_code == 401
    assert guide.sign_in("guide", new).status_code == 200
    send(chief, "/city/users", "/city/users/guide/disable")
    assert "/sign-in" in guide.get("/").url
    send(chief, "/city/users", "/city/users/guide/enable")
    assert guide.sign_in("guide", new).status_code == 200


@pytest.mark.parametrize(
    ("path", "fields", "why"),
    [
        ("/users", {"name": "a/b", "role": "viewer"}, "at least one letter or digit"),
        ("/users", {"name": "reader", "role": "viewer"}, "There is already a user named"),
        ("/users", {"name": "", "role": "viewer"}, "Enter a name."),
        ("/users", {"name": "x", "role": "mayor"}, "Choose one of the listed answers for Role."),
        ("/users", {"name": "x", "role": "department"}, "Choose a department only for"),
        (
            "/users",
            {"name": "x", "role": "viewer", "department": "WEST"},
            "Choose a department only for",
        ),
        ("/users/chief/role", {"role": "viewer"}, "You cannot change your own account"),
        ("/users/chief/disable", {}, "You cannot change your own account"),
        ("/users/reader/enable", {}, "is already active"),
        ("/keys", {"name": "tests", "rights": "report"}, "There is already an API key named"),
        ("/keys", {"name": "x"}, "Choose at least one right for this key."),
        ("/keys", {"name": "x", "rights": "vote"}, "Choose one of the listed answers for Rights."),
        ("/keys/rights", {"name": "tests"}, "Choose at least one right for this key."),
        ("/keys/rights", {"name": "x", "rights": "report"}, "There is no active API key named"),
        ("/keys/revoke", {"name": "nobody's"}, "There is no active API key named"),
        ("/departments", {"department": "WEST", "name": "x"}, "is already in use"),
        ("/departments", {"department": "NEW", "name": ""}, "Name is required."),
        ("/departments", {"department": "NEW", "name": "west yard"}, "is already named"),
        ("/departments/WEST/rename", {"name": "East Yard"}, "is already named"),
        ("/departments/WEST/rename", {"name": " "}, "Enter a name."),
        ("/services", {"service_code": "POTHOLE", "service_name": "x"}, "is already in use"),
        ("/services", {"service_code": "", "service_name": "x"}, "Service code is required."),
        (
            "/service/TIP/save",
            {"service_name": "Tip", "type": "realtime"},
            "whether service TIP is public",
        ),
        ("/service/LAMP/save", {"service_name": "x", "expected_days": "-1"}, "a number of days"),
        ("/service/LAMP/save", {"service_name": "x", "expected_days": "soon"}, "a number of days"),
        ("/service/LAMP/question", {"code": "a b", "datatype": "text"}, "Code must be one word"),
        (
            "/service/LAMP/question",
            {"code": "A", "datatype": "singlevaluelist", "description": "Which?"},
            "needs options",
        ),
        (
            "/service/LAMP/question",
            {"code": "A", "datatype": "text", "description": "What?", "options": "A=B"},
            "Only list questions can have options.",
        ),
        (
            "/service/LAMP/question",
            {"code": "A", "datatype": "singlevaluelist", "description": "?", "options": "A"},
            "Enter each option as KEY=Label",
        ),
        (
            "/service/LAMP/question",
            {"code": "A", "datatype": "singlevaluelist", "description": "?", "options": "A=1\nA=2"},
            "Each option needs a different key.",
        ),
        ("/service/SURVEY/question/up", {"code": "WHO"}, "is already first"),
        ("/service/SURVEY/question/up", {"code": "NONE"}, "has no question"),
        ("/service/SURVEY/question/drop", {"code": "NONE"}, "has no question"),
    ],
)
def test_what_cannot_be_is_told_on_the_page(
    chief: Person, path: str, fields: dict[str, str], why: str
) -> None:
    page = "/city/users" if path.startswith("/users") else "/city/keys"
    answer = send(chief, page, f"/city{path}", fields)
    assert answer.status_code == 400, answer.text
    assert why in told(answer)
    if fields.get("name") == "a/b":
        assert 'value="a/b"' in answer.text  # what was typed is not lost


def test_a_form_that_fails_fills_no_other_form(chief: Person) -> None:
    """The form for a new key or user stays as it is, unless it was the one sent"""
    for action, sent in (
        ("/city/keys/rights", {"name": "tests"}),
        ("/city/keys/rights", {"name": "Old app", "rights": ["status", "staff"]}),
        ("/city/keys/revoke", {"name": "Old app"}),
    ):
        answer = send(chief, "/city/keys", action, sent)
        assert answer.status_code == 400
        fields = new(answer, "/city/keys")
        assert (fields["name"], set(fields["rights"])) == ("", {"report", "comment"})
    answer = send(chief, "/city/keys", "/city/keys", {"name": "tests", "rights": ["staff"]})
    fields = new(answer, "/city/keys")
    assert (fields["name"], set(fields["rights"])) == ("tests", {"staff"})
    role = {"role": "dispatcher", "department": "WEST"}
    answer = send(chief, "/city/users", "/city/users/reader/role", role)
    assert answer.status_code == 400
    shown = new(answer, "/city/users")
    assert (shown["role"], shown["department"]) == ("viewer", "")


def new(answer: requests.Response, action: str) -> Any:
    """Return the fields of the form that adds something."""
    [form] = [one for one in lxml.html.fromstring(answer.text).forms if one.action.endswith(action)]
    return form.fields


def test_somebody_always_runs_the_city(
    chief: Person, password: str, town: str, city: str, run_command: Callable[..., str]
) -> None:
    answer = send(chief, "/city/users", "/city/users", {"name": "second", "role": "administrator"})
    second = Person(town)
    second.sign_in("second", secret(answer))
    assert send(second, "/city/users", "/city/users/chief/disable").status_code == 303
    assert "/sign-in" in chief.get("/").url
    with pytest.raises(AssertionError, match="is the only administrator"):
        run_command(city, "users", "disable", "second")
    with pytest.raises(AssertionError, match="is the only administrator"):
        run_command(city, "users", "role", "second", "viewer")
    run_command(city, "users", "enable", "chief")
    assert "/sign-in" in chief.get("/").url  # sessions do not come back
    assert chief.sign_in("chief", password).status_code == 200
    run_command(city, "users", "role", "second", "viewer")


USUAL = ["report", "comment"]
LISTED = "City app Submit requests Comment on requests that this key submitted"


def test_the_rights_of_a_key_are_shown_and_changed(chief: Person, town: str) -> None:
    key = secret(send(chief, "/city/keys", "/city/keys", {"name": "Crew", "rights": ["status"]}))
    report = {"service_code": "POTHOLE", "lat": 0.5, "long": 0.5}
    assert Api(town, "json", key).post(**report).status == 403
    page = lxml.html.fromstring(chief.get("/city/keys").text)
    [form] = [
        one
        for one in page.forms
        if one.action.endswith("/keys/rights") and one.fields["name"] == "Crew"
    ]
    boxes = {box.get("value"): box.checked for box in form.xpath(".//input[@type='checkbox']")}
    assert [code for code, checked in boxes.items() if checked] == ["status"]
    assert list(boxes) == ["report", "comment", "comment-any", "status", "staff", "webhooks"]
    change = {"name": "Crew", "rights": ["status", "report"]}
    assert send(chief, "/city/keys", "/city/keys/rights", change).status_code == 303
    assert Api(town, "json", key).post(**report).status == 200
    assert "Rights updated for Crew." in chief.get("/city/keys").text


def test_a_key_is_made_used_and_revoked(chief: Person, town: str) -> None:
    answer = send(chief, "/city/keys", "/city/keys", {"name": "City app", "rights": USUAL})
    key = secret(answer)
    assert key not in chief.get("/city/keys").text
    app = Api(town, "json", key)
    assert app.post(service_code="POTHOLE", lat=0.5, long=0.5).status == 200
    assert re.search(rf"{LISTED} Change .* Active since \w+ \d", says(chief.get("/city/keys")))
    send(chief, "/city/keys", "/city/keys/revoke", {"name": "City app"})
    assert re.search(rf"{LISTED} \w+ \d[\w :,]+ Revoked \w+ \d", says(chief.get("/city/keys")))
    assert app.post(service_code="POTHOLE", lat=0.5, long=0.5).status == 403
    staff = secret(send(chief, "/city/keys", "/city/keys", {"name": "Desk", "rights": ["staff"]}))
    explained = requests.get(
        f"{town}/routing/explain",
        params={"lat": 0.5, "long": 0.5, "service_code": "POTHOLE"},
        headers={"Authorization": f"Bearer {staff}"},
        timeout=PATIENCE,
    )
    assert explained.status_code == 200


def test_a_department_is_called_otherwise_everywhere(chief: Person, api: Api) -> None:
    id_ = api.report(lat=0.5, long=-0.5)
    before = api.get(f"v2/requests/{id_}").response.headers["ETag"]
    send(chief, "/city/departments", "/city/departments/WEST/rename", {"name": "Western Works"})
    answer = api.get(f"v2/requests/{id_}")
    assert answer.document[0]["agency_responsible"] == "Western Works"
    assert answer.response.headers["ETag"] != before
    send(chief, "/city/departments", "/city/departments/WEST/rename", {"name": "West Yard"})
    added = send(
        chief, "/city/departments", "/city/departments", {"department": "PARKS", "name": "Parks"}
    )
    assert added.status_code == 303
    assert '<tr data-code="PARKS">' in chief.get("/city/departments").text


def test_a_service_is_added_changed_and_taken_out_of_use(chief: Person, api: Api) -> None:
    new = {"service_code": "BENCH", "service_name": "Broken bench", "group": "Parks"}
    changeset = api.get("discovery").document["changeset"]
    assert send(chief, "/city/services", "/city/services", new).status_code == 303
    assert services(api)["BENCH"]["service_name"] == "Broken bench"
    assert api.get("discovery").document["changeset"] > changeset
    page, action = "/city/service/BENCH", "/city/service/BENCH/save"
    changed = {"service_name": "Bench", "expected_days": "2.5", "active": "true"}
    assert send(chief, page, action, changed).status_code == 303
    assert services(api)["BENCH"]["service_name"] == "Bench"
    id_ = api.report(service_code="BENCH", lat=0.5, long=0.5)
    assert api.one(id_)["expected_datetime"]
    send(chief, page, action, {"service_name": "Bench"})
    assert "BENCH" not in services(api)
    assert api.one(id_)["service_name"] == "Bench"
    assert api.post(service_code="BENCH", lat=0.5, long=0.5).status in (400, 404)


def test_questions_are_asked_in_the_order_that_is_set(chief: Person, api: Api) -> None:
    page = "/city/service/LAMP"
    for code, datatype, options in (
        ("COLOR", "singlevaluelist", "R=Red\nB=Blue"),
        ("POLE", "number", ""),
    ):
        fields = {
            "code": code,
            "datatype": datatype,
            "description": f"Which {code.lower()}?",
            "options": options,
            "variable": "true",
        }
        assert send(chief, page, f"{page}/question", fields).status_code == 303

    def asked() -> list[dict[str, Any]]:
        return list(api.get("v2/services/LAMP").document["attributes"])

    assert [one["code"] for one in asked()] == ["COLOR", "POLE"]
    assert asked()[0]["values"] == [{"key": "R", "name": "Red"}, {"key": "B", "name": "Blue"}]
    assert services(api)["LAMP"]["metadata"] is True
    send(chief, page, f"{page}/question/up", {"code": "POLE"})
    assert [one["code"] for one in asked()] == ["POLE", "COLOR"]
    changed = {
        "code": "POLE",
        "datatype": "string",
        "description": "Number on the pole?",
        "required": "true",
        "variable": "true",
    }
    send(chief, page, f"{page}/question", changed)
    assert (asked()[0]["required"], asked()[0]["datatype"]) == (True, "string")
    assert "automated" not in asked()[0]
    send(chief, page, f"{page}/question", {**changed, "automated": "hidden_field"})
    assert (asked()[0]["automated"], asked()[0]["required"]) == ("hidden_field", True)
    assert 'value="hidden_field" selected' in chief.get(page).text
    for code in ("POLE", "COLOR"):
        send(chief, page, f"{page}/question/drop", {"code": code})
    assert services(api)["LAMP"]["metadata"] is False


def test_what_is_made_is_logged_without_its_secret(
    chief: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answer = send(chief, "/city/keys", "/city/keys", {"name": "Logged app", "rights": USUAL})

    def logs() -> list[Path]:
        return list(tmp_path_factory.getbasetemp().glob("gunicorn*/staff.log"))

    text = max(logs(), key=lambda log: log.stat().st_mtime).read_text()
    assert "API key 'Logged app' made, by 'chief'" in text
    assert secret(answer) not in text
    send(chief, "/city/keys", "/city/keys", {"name": "one\ntwo", "rights": USUAL})
    lines = max(logs(), key=lambda log: log.stat().st_mtime).read_text().splitlines()
    assert not any(line.startswith("two") for line in lines)


def test_what_someone_had_in_hand_is_nobodys_when_they_leave(
    chief: Person, person: Sign, api: Api
) -> None:
    send(chief, "/city/users", "/city/users", {"name": "leaver", "role": "dispatcher"})
    id_ = api.report(lat=0.5, long=0.5)
    page = f"/requests/{id_}"
    dispatch = person("dispatch")
    assert "Assigned to leaver." in dispatch.post(page, f"{page}/assign", name="leaver").text
    send(chief, "/city/users", "/city/users/leaver/disable")
    shown = dispatch.get(page).text
    assert "Unassigned" in shown
    assert "Unassigned: leaver, by chief" in " ".join(shown.split())


def test_several_at_once_change_the_catalog_one_after_the_other(chief: Person, api: Api) -> None:
    page = "/city/service/0042"

    def ask(number: int) -> int:
        fields = {"code": f"Q{number}", "datatype": "text", "description": "?", "variable": "true"}
        return send(chief, page, f"{page}/question", fields).status_code

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == [303] * 6
    asked = api.get("v2/services/0042").document["attributes"]
    assert {one["code"] for one in asked} == {f"Q{number}" for number in range(6)}
    assert len({one["order"] for one in asked}) == 6


def test_a_name_that_none_can_have_is_nobody(chief: Person) -> None:
    for action in ("role", "password", "disable", "enable"):
        answer = send(chief, "/city/users", f"/city/users/%00/{action}", {"role": "viewer"})
        assert answer.status_code in (400, 404)
        assert "Something went wrong. Try again later" not in answer.text


def test_the_page_of_the_city_counts_what_there_is(chief: Person) -> None:
    page = chief.get("/city").text
    for what in (
        "Services",
        "Departments",
        "Routing rules",
        "Current boundary layers",
        "Users",
        "API keys",
    ):
        assert re.search(rf"<strong>[1-9]\d*</strong> {what}", page), what
