"""Problems on pages: in the reader's language, at the top, and beside the field with its label."""

from collections.abc import Callable

import lxml.html
import pytest
import requests
from administrators import send, told
from georeport_client import Api
from staff_client import Person

Sign = Callable[[str], Person]


def beside(answer: requests.Response, form: str, field: str) -> str:
    """The first text that a field of a form refers to; the field must be marked as wrong."""
    page = lxml.html.fromstring(answer.text)
    [control] = page.xpath(f"//form[@action='/staff{form}']//*[@name='{field}']")
    assert control.get("aria-invalid") == "true"
    first, *_others = control.get("aria-describedby").split()
    [note] = page.xpath(f"//*[@id='{first}']")
    return str(note.text_content())


def act(person: Person, id_: str, action: str, **fields: str) -> requests.Response:
    return person.post(f"/requests/{id_}", f"/requests/{id_}/{action}", **fields)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Enter a public note that tells the requester why you are closing this request."),
        (
            "es",
            "Escriba una nota pública que explique al solicitante por qué cierra esta solicitud.",
        ),
    ],
)
def test_a_problem_is_beside_its_field_and_at_the_top(
    person: Sign, api: Api, language: str, sentence: str
) -> None:
    id_ = api.report(lat=0.5, long=0.5)
    dispatch = person("dispatch")
    dispatch.session.headers["Accept-Language"] = language
    answer = act(dispatch, id_, "close", status="fixed", status_notes=" ")
    assert answer.status_code == 409
    assert beside(answer, f"/requests/{id_}/close", "status_notes") == sentence
    assert told(answer) == sentence
    others = lxml.html.fromstring(answer.text).xpath("//form[not(contains(@action, '/close'))]")
    assert not any(form.xpath(".//*[@aria-invalid]") for form in others)


def test_codes_have_names_on_a_page(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.5)
    dispatch = person("dispatch")
    changed = {"status": "in_progress", "status_notes": "We are on it."}
    act(dispatch, id_, "status", **changed)
    again = act(dispatch, id_, "status", **changed)
    assert told(again) == f"Request {id_} already has the status “in progress” and this note."
    dispatch.session.headers["Accept-Language"] = "es"
    spanish = act(dispatch, id_, "status", **changed)
    assert told(spanish) == f"La solicitud {id_} ya tiene el estado “en curso” y esta nota."


def test_all_problems_of_a_form_are_listed(chief: Person) -> None:
    fields = {"department": "D" * 101, "name": ""}
    answer = send(chief, "/city/departments", "/city/departments", fields)
    assert answer.status_code == 400
    assert "Department code is too long. Use 100 characters or fewer." in told(answer)
    assert "Name is required." in told(answer)
    assert beside(answer, "/city/departments", "name") == "Name is required."
    spanish = send(
        chief,
        "/city/departments",
        "/city/departments",
        fields,
        headers={"Accept-Language": "es"},
    )
    assert "Código del departamento es demasiado largo. Use 100 caracteres" in told(spanish)


@pytest.mark.parametrize(
    ("path", "status", "english", "spanish"),
    [
        (
            "/requests/26-9999999",
            404,
            "There is no request with the number 26-9999999.",
            "No hay ninguna solicitud con el número 26-9999999.",
        ),
        ("/nowhere", 404, "This page does not exist.", "Esta página no existe."),
        (
            "/city/users",
            403,
            "You need the Administrator role to open this page. Contact an administrator.",
            "Necesita el rol Administrador para abrir esta página. Avise a un administrador.",
        ),
    ],
)
def test_pages_that_cannot_be_shown_say_so(
    person: Sign, path: str, status: int, english: str, spanish: str
) -> None:
    reader = person("reader")
    for language, sentence in (("en", english), ("es", spanish)):
        answer = reader.session.get(
            f"{reader.address}/staff{path}", headers={"Accept-Language": language}, timeout=60
        )
        assert answer.status_code == status
        assert told(answer) == sentence


def test_a_form_that_expired_is_no_riddle(town: str) -> None:
    answer = requests.post(f"{town}/staff/sign-in", data={"name": "x"}, timeout=60)
    assert told(answer) == "This page expired. Reload it and submit the form again."


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/city/nowhere", 404),
        ("POST", "/city", 405),
        ("POST", "/city/departments", 413),
    ],
)
def test_the_page_of_an_error_keeps_the_menu_and_says_where_to_go(
    chief: Person, method: str, path: str, status: int
) -> None:
    length = {"Content-Length": "999999999"} if status == 413 else {}
    answer = chief.session.request(
        method, f"{chief.address}/staff{path}", headers=length, timeout=60
    )
    assert answer.status_code == status
    page = lxml.html.fromstring(answer.text)
    menu = page.xpath("//header//nav//a/@href")
    assert "/staff/city" in menu
    ways = page.xpath("//main//li/a/@href")
    assert ("/staff/city" in ways) == path.startswith("/city")
    assert set(ways) >= {"/staff/", "/staff/requests?status=open"}


def test_the_page_of_an_error_has_no_menu_for_someone_who_is_not_signed_in(town: str) -> None:
    answer = requests.get(f"{town}/staff/nowhere", timeout=60)
    page = lxml.html.fromstring(answer.text)
    assert page.xpath("//header") == []
    assert page.xpath("//main//li/a/@href") == ["/staff/requests"]
