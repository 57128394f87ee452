"""No form of administration loses what was typed when it has a problem."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from administrators import send
from servers import PATIENCE
from staff_client import Person

LONG = "x" * 20_001

WRONG: Mapping[str, Mapping[str, str]] = {
    "/users": {"name": "a/b"},
    "/users/reader/role": {"role": "department", "department": ""},
    "/users/reader/email": {"email": "no address"},
    "/users/reader/full-name": {"full_name": "y" * 101},
    "/keys": {"name": LONG[:300]},
    "/departments": {"department": "D" * 101},
    "/departments/WEST/rename": {"name": LONG[:300]},
    "/departments/WEST/mailbox": {"email": "no address"},
    "/services": {"service_code": "S" * 201},
    "/service/SURVEY/save": {"expected_days": "many"},
    "/service/SURVEY/question": {"description": LONG[:2001]},
    "/rules/new": {"rule": "r" * 101},
    "/rules/rule/lights": {"note": LONG[:1001]},
    "/rules/tests": {"lat": "north"},
    "/rules/tests/test/kept": {"lat": "north"},
    "/responses/new": {"note_en": "((unknown))"},
    "/responses/1": {"note_en": "((unknown))"},
    "/site": {"color": "green"},
    "/messages/status/en": {"body": "((unknown))"},
    "/webhooks": {"url": "https://127.0.0.1/x"},
    "/elsewhere": {"code": "C" * 51},
    "/elsewhere/STATE": {"poll_minutes": "often"},
}
"""What each form refuses, by its path."""

WITHOUT_TEXT = {
    "/departments/translations": "its texts have no limit that a form can break",
    "/service/SURVEY/translations": "as above",
    "/messages": "choices alone, all of which are right",
    "/maps": "needs a file, which no page can show again",
    "/site/logo": "a file",
    "/keys/rights": "ticks alone, of which any is right",
}

PAGES = (
    *("/users", "/users/reader", "/keys", "/departments", "/services", "/service/SURVEY"),
    *("/rules/new", "/rules/rule/lights", "/rules/tests", "/rules/tests/test/kept"),
    *("/responses/new", "/responses/1", "/site", "/messages", "/messages/status/en"),
    *("/webhooks", "/elsewhere", "/elsewhere/STATE", "/maps"),
)


@pytest.fixture(scope="module", autouse=True)
def something(chief: Person, passwords: dict[str, str]) -> None:
    """One of each of what a city does not have at first."""
    test = {"name": "kept", "service_code": "LAMP", "department": "LIGHTS", "lat": "0", "long": "0"}
    send(chief, "/city/rules/tests", "/city/rules/tests", test)
    response = {"name": "Kept", "detailed_status": "fixed", "note_en": "Done.", "step": "save"}
    send(chief, "/city/responses/new", "/city/responses/new", response)
    server = {"code": "STATE", "name": "State", "url": "https://state.example/v2"}
    send(chief, "/city/elsewhere", "/city/elsewhere", server)
    send(chief, "/city/keys", "/city/keys", {"name": "app", "rights": "report"})
    send(chief, "/city/site", "/city/site", {})


def controls(form: Any) -> Iterator[Any]:
    for one in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        if one.get("type") not in ("hidden", "password", "file", "submit"):
            yield one


def forms_of(chief: Person, page: str) -> dict[str, Any]:
    """The forms of a page into which something can be typed, by their path below /city."""
    document = lxml.html.fromstring(chief.get(f"/city{page}").text)
    found: dict[str, Any] = {}
    for form in document.forms:
        path = urlsplit(form.action or "").path.removeprefix("/staff/city")
        if form.get("method") == "post" and path.startswith("/") and list(controls(form)):
            found.setdefault(path, form)
    return {path: form for path, form in found.items() if not path.startswith("/staff")}


def typed_into(form: Any) -> dict[str, list[str]]:
    """Other values than the form has: the last choice, changed ticks, and words of its own."""
    sent: dict[str, list[str]] = {}
    for one in form.xpath('.//input[@type="hidden"]'):
        sent.setdefault(one.name, []).append(one.value or "")
    for one in controls(form):
        kind = one.get("type")
        if kind in ("checkbox", "radio"):
            if one.get("checked") is None and (kind == "checkbox" or one.name not in sent):
                sent.setdefault(one.name, []).append(one.get("value", "on"))
        elif one.tag == "select":
            sent.setdefault(one.name, []).append(one.xpath(".//option")[-1].get("value", ""))
        else:
            words = "Kept" if one.tag == "input" else "Kept <b> & “words”\nin lines"
            sent.setdefault(one.name, []).append(words)
    return sent


def values_in(form: Any) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = {}
    for one in controls(form):
        kind = one.get("type")
        if kind in ("checkbox", "radio"):
            if one.get("checked") is not None:
                shown.setdefault(one.name, []).append(one.get("value", "on"))
        elif one.tag == "select":
            options = one.xpath(".//option[@selected]")
            for option in options:
                shown.setdefault(one.name, []).append(option.get("value", ""))
        elif one.tag == "textarea":
            shown.setdefault(one.name, []).append((one.text or "").removeprefix("\n"))
        else:
            shown.setdefault(one.name, []).append(one.get("value", ""))
    return shown


@pytest.mark.parametrize("page", PAGES)
def test_everything_typed_is_shown_again_beside_the_problem(chief: Person, page: str) -> None:
    for path, form in forms_of(chief, page).items():
        if path in WITHOUT_TEXT or not _is_examined(path):
            continue
        sent = {**typed_into(form), **{name: [one] for name, one in WRONG[path].items()}}
        answer = chief.session.post(
            f"{chief.address}/staff/city{path}", data=sent, timeout=PATIENCE, allow_redirects=False
        )
        assert answer.status_code in (400, 409), (path, answer.status_code)
        again = [
            one
            for one in lxml.html.fromstring(answer.text).forms
            if urlsplit(one.action or "").path == f"/staff/city{path}"
        ]
        wanted = {
            one.name: sent.get(one.name, []) for one in controls(form) if one.name is not None
        }
        shown = [values_in(one) for one in again]
        assert wanted in [{name: one.get(name, []) for name in wanted} for one in shown], path


def _is_examined(path: str) -> bool:
    """One of many rows stands for all: every form has its case, or that of another user."""
    others = ("/users/", "/departments/", "/keys/")
    if path in WRONG:
        return True
    assert path.startswith(others), f"{path} has no case in WRONG"
    return False


def test_a_question_keeps_its_ticks_and_its_wording_and_no_other_form_takes_them(
    chief: Person,
) -> None:
    page = "/city/service/SURVEY"
    fields = {"new": "true", "code": "STORY", "description": "Is it wet?", "datatype": "string"}
    token = chief.hidden(page, f"{page}/save")["csrf_token"]
    answer = chief.session.post(
        f"{chief.address}/staff{page}/question",
        data={**fields, "required": "true", "csrf_token": token},
        timeout=PATIENCE,
    )
    assert "There is already a question STORY. Enter a different code." in answer.text
    forms = lxml.html.fromstring(answer.text).xpath("//form[contains(@action, '/question')]")
    with_it = [one for one in forms if "Is it wet?" in one.text_content()]
    assert len(with_it) == 1
    assert with_it[0].xpath(".//input[@name='required']/@checked")
    assert not with_it[0].xpath(".//input[@name='variable']/@checked")
