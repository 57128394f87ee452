"""The workspace as pages without scripts: who gets in, what they see, and what they may do."""

import re
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
import requests
from administrators import told
from georeport_client import Api
from servers import PATIENCE, running_server
from staff_client import Person

Sign = Callable[[str], Person]


def ids(page: str) -> list[str]:
    return re.findall(r'<tr data-id="([^"]+)"', page)


def test_nobody_sees_a_page_without_signing_in(town: str) -> None:
    for path in ("/", "/requests", "/requests/list", "/requests/26-0000002"):
        answer = Person(town).get(path)
        assert answer.url.startswith(f"{town}/staff/sign-in?next="), path
    sent = requests.post(
        f"{town}/staff/requests/26-0000002/take-on", data={"seen": "1"}, timeout=PATIENCE
    )
    assert sent.status_code == 400  # there is no form of ours that it could be


def test_who_signs_in_goes_on_to_where_they_wanted_to(town: str, passwords: dict[str, str]) -> None:
    dispatch = Person(town)
    answer = dispatch.sign_in("dispatch", passwords["dispatch"], next="/staff/requests/26-0000002")
    assert answer.url == f"{town}/staff/requests/26-0000002"
    for elsewhere in ("https://bad.example/staff", "//bad.example/staff", "/\\bad.example/staff"):
        answer = Person(town).sign_in("dispatch", passwords["dispatch"], next=elsewhere)
        assert answer.url == f"{town}/staff/requests"


def test_a_wrong_password_is_told_and_no_more(town: str, passwords: dict[str, str]) -> None:
    assert passwords
    answers = [Person(town).sign_in(name, "wrong password") for name in ("dispatch", "nobody")]
    for answer in answers:
        assert answer.status_code == 401
        assert "The username or password is incorrect." in answer.text
        assert "wrong password" not in answer.text


def test_a_form_that_is_not_from_here_is_refused(town: str, passwords: dict[str, str]) -> None:
    form = {"name": "dispatch", "password": passwords["dispatch"]}
    answer = requests.post(f"{town}/staff/sign-in", data=form, timeout=PATIENCE)
    assert answer.status_code == 400
    assert "This page expired. Reload it and submit the form again." in answer.text
    assert "open311_staff" not in answer.cookies


def test_cookies_and_pages_are_as_strict_as_can_be(person: Sign) -> None:
    dispatch = person("dispatch")
    answer = dispatch.get("/requests")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not re.search(r"<script[^>]*>[^<]|<style|\son\w+=|style=", answer.text)
    cookies = list(dispatch.session.cookies)
    assert sorted(cookie.name for cookie in cookies) == ["open311_known", "open311_staff"]
    for cookie in cookies:
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    missing = dispatch.get("/nothing-here")
    assert missing.status_code == 404
    assert missing.headers["Content-Security-Policy"] == policy
    assert missing.headers["Cache-Control"] == "private, no-store"


def test_the_list_follows_the_filters_in_its_address(person: Sign) -> None:
    dispatch = person("dispatch")
    everything = ids(dispatch.get("/requests").text)
    assert everything[0] == "26-0000006"
    assert "26-0000005" in everything  # told in confidence
    for asked, expected in (
        ({"status": "closed"}, ["26-0000002", "20-0000001"]),
        ({"boundary": "ward:2"}, ["20-0000001"]),
        ({"boundary": "nowhere:2"}, []),
        ({"service_code": "SURVEY"}, ["26-0000004"]),
        ({"agency_responsible": "West Yard"}, ["20-0000001"]),
        ({"q": "old"}, ["20-0000001"]),
        ({"q": "100%"}, []),
        ({"q": "26-0000003"}, ["26-0000003"]),
        ({"bbox": "-1,0,0,1"}, ["20-0000001"]),
        ({"until": "2000-01-01"}, []),
        ({"status": "closed", "boundary": "ward:10"}, ["26-0000002"]),
    ):
        for path in ("/requests", "/requests/list"):
            answer = dispatch.get(path, **asked)
            assert answer.status_code == 200
            assert ids(answer.text) == expected, asked


def test_a_file_is_of_just_what_is_shown(person: Sign) -> None:
    dispatch = person("dispatch")
    page = dispatch.get("/requests", status="closed", bbox="-1,0,0,1").text
    [link] = re.findall(r'href="(/staff/requests/export[^"]+f=csv)"', page)
    answer = dispatch.session.get(
        f"{dispatch.address}{link.replace('&amp;', '&')}", timeout=PATIENCE
    )
    assert answer.status_code == 200
    rows = [line.split(",")[0] for line in answer.content.decode("utf-8-sig").splitlines()]
    assert rows == ["Request number", "20-0000001"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"status": "x"}, "Choose a status from the list."),
        ({"bbox": "1,2"}, "The map area is not valid. Move the map and try again."),
        ({"bbox": "0,99,1,100"}, "The map area is not valid. Move the map and try again."),
        ({"since": "soon"}, "Enter a valid date for Start date."),
        ({"after": "x"}, "This page link is out of date. Start again from the first page."),
    ],
)
def test_a_filter_that_is_none_is_told_on_a_page(
    person: Sign, asked: dict[str, str], sentence: str
) -> None:
    answer = person("dispatch").get("/requests", **asked)
    assert answer.status_code == 400
    assert told(answer) == sentence
    assert 'id="filters"' in answer.text


def test_wrong_filters_are_shown_in_the_form_with_what_was_entered(person: Sign) -> None:
    dispatch = person("dispatch")
    asked = {
        "q": "lamp",
        "status": "lost",
        "circle": "39.7,-82.6",
        "since": "2026-03-09",
        "until": "2026-03-01",
        "updated_since": "soon",
        "overdue": "true",
    }
    answer = dispatch.get("/requests", **asked)
    assert answer.status_code == 400
    form = lxml.html.fromstring(answer.text).get_element_by_id("filters")
    assert [one.text for one in form.xpath(".//*[@role='alert']//li")] == [
        "Choose a status from the list.",
        "Enter a valid date for Updated since.",
        "Enter Circle as lat,long,radius, such as 39.71,-82.60,250.",
        "The end date must not be before the start date.",
    ]
    kept = {name: value for name, value in form.form_values() if value}
    assert kept == {
        **{name: asked[name] for name in asked if name != "updated_since"},
        "units": "metric",
        "within": "50",
        "sort": "-requested_datetime",
    }
    for name in ("status", "circle", "until"):
        [field] = form.xpath(f".//*[@name='{name}']")
        assert field.get("aria-invalid") == "true"
        assert field.getnext().text in told(answer)
    assert not ids(answer.text)
    file = dispatch.get("/requests/export", f="csv", **asked)
    assert (file.status_code, told(file)) == (400, told(answer))
    saved = dispatch.post("/saved/?query=q=x", "/saved/views", name="", query="q=x")
    assert (saved.status_code, told(saved)) == (400, "Enter a name.")


def test_a_request_shows_why_it_is_here(person: Sign) -> None:
    page = person("reader").get("/requests/20-0000001").text
    assert "Pothole requests in Ward West go to this department." in page
    assert "no change." in page
    assert 'data-decided="ward:2"' in page
    assert 'data-decided=""' in person("reader").get("/requests/26-0000003").text  # no rule
    assert "An old one" in page
    assert "Filled." in page
    assert "Transfer" not in page  # a viewer looks
    assert person("reader").get("/requests/26-9999999").status_code == 404


def test_what_someone_says_is_no_markup(person: Sign, api: Api) -> None:
    id_ = api.report(description="<script>alert(1)</script>")
    page = person("reader").get(f"/requests/{id_}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_same_nearby_is_shown(person: Sign, api: Api) -> None:
    one, other = api.report(lat=-0.3, long=-0.3), api.report(lat=-0.3005, long=-0.3)
    far = api.report(lat=-0.302, long=-0.3)
    page = person("reader").get(f"/requests/{one}").text
    assert f">{other}</a>" in page
    assert "55 m away" in page
    assert far not in page


def test_what_is_done_shows_at_once_in_the_public_api(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.5)
    dispatch = person("dispatch")
    here = f"/requests/{id_}"
    assert "Acknowledged for East Yard." in dispatch.post(here, f"{here}/take-on").text
    answer = dispatch.post(
        here, f"{here}/status", status="in_progress", status_notes="A crew is on its way."
    )
    assert "Status updated: in progress." in answer.text
    row = api.one(id_, extensions="true")
    assert row["status_notes"] == "A crew is on its way."
    assert row["extended_attributes"]["detailed_status"] == "in_progress"
    answer = dispatch.post(here, f"{here}/hand-over", department="WEST", reason="It is over there.")
    assert "Transferred to West Yard." in answer.text
    assert "dispatch: It is over there." in answer.text
    assert api.one(id_)["agency_responsible"] == "West Yard"
    assert "Status updated: resolved." in (
        dispatch.post(here, f"{here}/close", status="fixed", status_notes="Filled.").text
    )
    assert api.one(id_)["status"] == "closed"


def test_every_role_does_what_it_may_and_no_more(person: Sign, api: Api) -> None:
    east, west = api.report(lat=0.5, long=0.5), api.report(lat=0.5, long=-0.5)
    fields = {"status": "in_progress", "status_notes": "On it."}
    for name, id_, allowed in (
        ("reader", west, False),
        ("west", east, False),
        ("west", west, True),
        ("dispatch", east, True),
    ):
        someone = person(name)
        page = someone.get(f"/requests/{id_}").text
        assert ("Update status" in page) == allowed
        borrowed = f"/requests/{west}" if name == "west" else "/requests"
        seen = re.findall(
            r'name="seen" value="(\d+)"', person("dispatch").get(f"/requests/{id_}").text
        )
        answer = someone.post(borrowed, f"/requests/{id_}/status", **fields, seen=seen[0])
        assert answer.status_code == (200 if allowed else 403), (name, answer.text)
        done = api.one(id_)["status_notes"]
        assert done == ("On it." if allowed else None)


def test_who_comes_second_overwrites_nothing(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.5)
    here = f"/requests/{id_}"
    dispatch, other = person("dispatch"), person("dispatch")
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', other.get(here).text)
    )
    dispatch.post(here, f"{here}/status", status="planned", status_notes="On Monday.")
    late = {**hidden, "status": "closed", "status_notes": "Nothing there."}
    answer = other.session.post(f"{other.address}/staff{here}/status", data=late, timeout=PATIENCE)
    assert answer.status_code == 409
    assert f"Someone else changed {id_}" in answer.text
    assert "On Monday." in answer.text
    assert api.one(id_)["status_notes"] == "On Monday."
    again = other.post(here, f"{here}/hand-over", department="", reason="x")
    assert again.status_code == 409
    assert "Choose a department." in again.text


def test_without_a_secret_the_workspace_is_closed(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    with running_server(fresh_database(gridtown), tmp_path / "log") as address:
        answer = requests.get(f"{address}/staff/sign-in", timeout=PATIENCE)
        assert answer.status_code == 404
        assert "Staff sign-in is not set up. Contact your system administrator." in answer.text
        assert requests.get(f"{address}/open311/v2/services.json", timeout=PATIENCE).ok


def test_what_is_in_the_way_is_told_in_the_language_of_who_reads(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.5)
    page = f"/requests/{id_}"
    reader = person("dispatch")
    reader.session.headers["Accept-Language"] = "es-MX"
    answer = reader.post(page, f"{page}/close", status="fixed", status_notes="")
    assert (
        "Escriba una nota pública que explique al solicitante por qué cierra esta solicitud."
        in answer.text
    )
    assert "Solicitudes de Pothole en Ward East: las atiende este departamento." in answer.text
    assert told(reader.get("/requests", status="x")) == "Elija un estado de la lista."
    refused = person("reader")
    refused.session.headers["Accept-Language"] = "es"
    answer = refused.post(page, f"{page}/close", status="fixed", status_notes="x")
    assert "Su rol puede ver esta solicitud, pero no cambiarla." in answer.text


def test_only_what_changes_a_session_sets_its_cookie(
    town: str, person: Callable[[str], Person]
) -> None:
    """A late photo of the page before must not restore a cookie without the notice of an action."""
    session = person("dispatch").session
    session.get(f"{town}/staff/requests", timeout=PATIENCE)
    shown = session.get(f"{town}/staff/requests", timeout=PATIENCE)
    assert shown.status_code == 200
    assert "Set-Cookie" not in shown.headers
