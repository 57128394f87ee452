"""Response templates: written, ordered, and tried by administrators; filled in on requests."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import lxml.html
import psycopg
import pytest
import requests
from georeport_client import Api
from staff_client import Person

Sign = Callable[[str], Person]

FILLED = {
    "name": "Hole filled",
    "detailed_status": "fixed",
    "note_en": "The hole ((place??at ((place)) ))is filled. Thank you, ((city)).",
    "note_es": "El bache del ((date)) está tapado.",
    "internal_note": "Crew of ((department)), request ((id)).",
}
PLANNED = {"name": "Planned", "detailed_status": "planned", "note_en": "We come by ((due_date))."}
CALLED = {"name": "Called back", "detailed_status": "", "internal_note": "Called the requester."}
NUMBERED = {
    "name": "Number replaced",
    "detailed_status": "fixed",
    "note_en": "The number is new.",
    "services": "0042",
}


@pytest.fixture(scope="module", autouse=True)
def written(chief: Person) -> None:
    for one in (FILLED, PLANNED, CALLED, NUMBERED):
        assert "added." in save(chief, "new", one).text


def save(
    chief: Person, name: str, fields: Mapping[str, str], step: str = "save"
) -> requests.Response:
    path = f"/city/responses/{name}"
    return chief.post(path, path, step=step, **fields)


def numbers(chief: Person) -> dict[str, str]:
    """Return the numbers of the templates by their names, in their order."""
    page = lxml.html.fromstring(chief.get("/city/responses").text)
    links = page.xpath("//tbody//th/a")
    return {one.text: one.get("href").rpartition("/")[2] for one in links}


def form_of(page: str, action: str) -> Any:
    document = lxml.html.fromstring(page)
    [form] = [one for one in document.forms if (one.action or "").endswith(f"/{action}")]
    return form


def offered(page: str, action: str) -> list[str]:
    options = form_of(page, action).xpath('.//select[@name="response"]/option[@value!=""]')
    return [one.text for one in options]


def test_a_request_offers_what_fits_its_service(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    hole = dispatch.get(f"/requests/{api.report(lat=0.5, long=0.5)}").text
    assert offered(hole, "close") == ["Hole filled (English)", "Hole filled (Español)"]
    assert offered(hole, "status") == ["Planned"]
    assert offered(hole, "note") == ["Called back"]
    numbered = dispatch.get(f"/requests/{api.report(lat=0.5, long=0.5, service_code='0042')}").text
    assert "Number replaced" in offered(numbered, "close")


def test_without_scripts_a_button_fills_in_status_and_notes(person: Sign, api: Api) -> None:
    """And stores nothing before someone submits it."""
    dispatch = person("dispatch")
    id_ = api.report(lat=0.5, long=0.5, address_string="1 Elm Street")
    page = f"/requests/{id_}"
    form = form_of(dispatch.get(page).text, "close")
    [value] = form.xpath('.//option[text()="Hole filled (English)"]/@value')
    sent = {**form.fields, "status": "duplicate", "response": value, "fill": "true"}
    answer = dispatch.post(page, f"{page}/close", **sent)
    assert answer.status_code == 200
    assert form_of(answer.text, "note").fields["text"] == ""
    fields = form_of(answer.text, "close").fields
    assert fields["status"] == "fixed"
    assert fields["status_notes"] == "The hole at 1 Elm Street is filled. Thank you, Gridtown."
    assert fields["internal_note"] == f"Crew of East Yard, request {id_}."
    assert api.one(id_)["status"] == "open"
    dispatch.post(page, f"{page}/close", **{**fields, "status_notes": "Filled, and swept."})
    assert (api.one(id_)["status"], api.one(id_)["status_notes"]) == (
        "closed",
        "Filled, and swept.",
    )


def test_what_was_typed_stays(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    page = f"/requests/{api.report(lat=0.5, long=0.5)}"
    form = form_of(dispatch.get(page).text, "note")
    [value] = form.xpath('.//option[text()="Called back"]/@value')
    answer = dispatch.post(page, f"{page}/note", response=value, fill="true", text="By phone.")
    assert form_of(answer.text, "note").fields["text"] == "By phone.\nCalled the requester."
    again = dispatch.post(
        page, f"{page}/note", response=value, fill="true", text="Called the requester."
    )
    assert form_of(again.text, "note").fields["text"] == "Called the requester."


def test_the_language_of_the_requester_comes_first(person: Sign, api: Api, city: str) -> None:
    id_ = api.report(lat=0.5, long=0.5)
    with psycopg.connect(city.replace("+psycopg", "")) as connection:
        connection.execute(
            "INSERT INTO site_reports (service_request_pk, language, photo_digests, made_at) "
            "SELECT pk, 'es', '{}', now() FROM service_requests WHERE service_request_id = %s",
            [id_],
        )
    page = person("dispatch").get(f"/requests/{id_}").text
    assert offered(page, "close") == ["Hole filled (Español)", "Hole filled (English)"]
    [first] = form_of(page, "close").xpath('.//option[text()="Hole filled (Español)"]')
    assert re.fullmatch(r"El bache del \d+ de \w+ está tapado\.", first.get("data-note"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"note_en": "((name))"}, "has unknown placeholders: ((name))"),
        ({"note_es": "((city"}, "has brackets that do not match"),
        ({"internal_note": "((requester))"}, "has unknown placeholders: ((requester))"),
        ({"note_en": "", "note_es": ""}, "Closing a request needs a public note."),
        ({"detailed_status": ""}, "needs a status. Choose one, or remove the public note."),
        (
            {"detailed_status": "", "note_en": "", "note_es": "", "internal_note": ""},
            "A response template without a status needs an internal note.",
        ),
        ({"name": "Planned"}, "There is already a response template named Planned."),
        ({"name": " "}, "Enter"),
        ({"services": "NOTHING"}, "does not exist"),
    ],
)
def test_what_is_wrong_is_told_and_kept(
    chief: Person, fields: dict[str, str], sentence: str
) -> None:
    before = numbers(chief)
    answer = save(chief, "new", {**FILLED, "name": "Typed with care", **fields})
    assert answer.status_code == 400
    assert sentence in answer.text
    form = form_of(answer.text, "new").fields
    assert form["internal_note"] == fields.get("internal_note", FILLED["internal_note"])
    assert numbers(chief) == before


def test_it_is_tried_before_it_is_saved(chief: Person, api: Api) -> None:
    id_ = api.report(lat=0.5, long=-0.5, address_string="9 Oak Street")
    before = numbers(chief)
    fields = {**FILLED, "name": "Tried", "service_request_id": id_}
    answer = save(chief, "new", fields, step="try")
    [tried] = lxml.html.fromstring(answer.text).xpath('//*[@id="tried"]')
    assert "The hole at 9 Oak Street is filled. Thank you, Gridtown." in tried.text_content()
    assert f"Crew of West Yard, request {id_}." in tried.text_content()
    assert form_of(answer.text, "new").fields["name"] == "Tried"
    unknown = save(chief, "new", {**fields, "service_request_id": "nothing"}, step="try")
    assert unknown.status_code == 400
    assert "There is no request with the number nothing." in unknown.text
    assert numbers(chief) == before


def test_templates_are_ordered_changed_and_removed(chief: Person) -> None:
    for name in ("First", "Second"):
        save(chief, "new", {**CALLED, "name": name})
    stored = numbers(chief)
    assert list(stored)[-2:] == ["First", "Second"]
    chief.post("/city/responses", f"/city/responses/{stored['Second']}/up")
    assert list(numbers(chief))[-2:] == ["Second", "First"]
    top = next(iter(stored.values()))
    refused = chief.post("/city/responses", f"/city/responses/{top}/up")
    assert "This response template is already first." in refused.text
    path = stored["First"]
    page = f"/city/responses/{path}"
    old = chief.hidden(page, page)
    assert "saved." in save(chief, path, {**CALLED, "name": "Renamed"}).text
    wrong = chief.session.post(
        f"{chief.address}/staff{page}", data={**old, **CALLED, "name": " ", "step": "save"}
    )
    assert form_of(wrong.text, path).fields["seen"] == old["seen"]  # nothing of theirs was shown
    late = chief.session.post(
        f"{chief.address}/staff{page}", data={**old, **CALLED, "name": "Late", "step": "save"}
    )
    assert late.status_code == 400
    assert "Someone else changed this response template" in late.text
    again = dict(form_of(late.text, path).fields)
    assert again["name"] == "Late"
    late = chief.session.post(f"{chief.address}/staff{page}", data={**again, "step": "save"})
    assert "Response template Late saved." in late.text
    for name in ("Second", "Late"):
        chief.post("/city/responses", f"/city/responses/{stored.get(name, path)}/remove")
    assert not {"Second", "Late", "First"} & set(numbers(chief))
    gone = chief.get(page)
    assert gone.status_code == 404


def test_only_administrators_write_templates(person: Sign) -> None:
    assert person("dispatch").get("/city/responses").status_code == 403


def test_a_question_to_the_requester_is_a_template_of_its_own_kind(
    chief: Person, person: Sign, api: Api
) -> None:
    asked = {
        "name": "Which side",
        "detailed_status": "question",
        "note_en": "Which side of ((place??))?",
    }
    assert (
        "remove the internal note"
        in save(chief, "new", {**asked, "internal_note": "Call them."}).text.lower()
    )
    assert "added." in save(chief, "new", {**asked, "note_en": "Which side of the street?"}).text
    assert "Question for the requester" in chief.get("/city/responses").text
    dispatch, id_ = person("dispatch"), api.report(lat=0.5, long=0.5)
    page = f"/requests/{id_}"
    form = form_of(dispatch.get(page).text, "wait")
    [value] = form.xpath('.//option[text()="Which side"]/@value')
    filled = dispatch.post(page, f"{page}/wait", response=value, fill="true", status_notes="")
    assert form_of(filled.text, "wait").fields["status_notes"] == "Which side of the street?"
    assert "Which side" not in offered(filled.text, "note")
