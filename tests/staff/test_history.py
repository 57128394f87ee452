"""The history of a request says what each step changed, from what to what."""

from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from georeport_client import Api
from staff_client import Person

Sign = Callable[[str], Person]

REGISTER = Path(__file__).parents[1] / "addresses/gridtown.csv"
TO_WEST = "East Yard → West Yard"


def history(person: Person, id_: str) -> list[str]:
    """Return the entries of the history, newest first, without their times."""
    page = lxml.html.fromstring(person.get(f"/requests/{id_}").text)
    entries = page.xpath('//ol[@class="history"][1]/li')
    for entry in entries:
        for part in entry.xpath('.//time | .//p | .//span[@class="flag"]'):
            part.drop_tree()
    return [" ".join(entry.text_content().split()) for entry in entries]


def do(person: Person, id_: str, action: str, **fields: str) -> None:
    page = f"/requests/{id_}"
    assert person.post(page, f"{page}/{action}", **fields).status_code == 200


def test_old_and_new_services_and_places_are_named(person: Sign, api: Api) -> None:
    """Also of steps that a later one of their kind followed."""
    dispatch = person("dispatch")
    id_ = api.report(lat=0.5, long=0.001)
    do(dispatch, id_, "move", lat="0.5", long="-0.001")
    do(dispatch, id_, "service", service_code="0042")
    do(dispatch, id_, "move", lat="0.501", long="-0.001")
    do(dispatch, id_, "service", service_code="POTHOLE")
    entries = history(dispatch, id_)
    assert entries[:4] == [
        "Service changed: Number with zeros → Pothole; Town Hall → West Yard, by dispatch",
        "Location changed: 0.50000, -0.00100 → 0.50100, -0.00100 (111 m), by dispatch",
        "Service changed: Pothole → Number with zeros; West Yard → Town Hall, by dispatch",
        f"Location changed: 0.50000, 0.00100 → 0.50000, -0.00100 (223 m); {TO_WEST}, by dispatch",
    ]


def test_other_steps_are_as_before(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    id_ = api.report(lat=0.5, long=0.5)
    do(dispatch, id_, "hand-over", department="WEST", reason="Over a main.")
    do(dispatch, id_, "status", status="planned", status_notes="Soon.")
    assert {
        "Status: open → planned, by dispatch",
        f"Transferred: {TO_WEST}, by dispatch",
    } <= set(history(dispatch, id_))


def test_assignments_statuses_and_approvals_name_what_was_before(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    id_ = api.report(lat=0.5, long=-0.5)
    do(dispatch, id_, "assign", name="west")
    do(dispatch, id_, "assign", name="dispatch")
    do(dispatch, id_, "assign", name="")
    do(dispatch, id_, "assign", name="west")
    do(dispatch, id_, "status", status="planned", status_notes="Soon.")
    do(dispatch, id_, "close", status="fixed", status_notes="Done.")
    entries = history(dispatch, id_)
    statuses = [one for one in entries if one.startswith("Status: ")]
    # Times are in whole seconds: the order of statuses among other steps is not that of the test.
    assert statuses[:2] == [
        "Status: planned → resolved, by dispatch",
        "Status: open → planned, by dispatch",
    ]
    assert [one for one in entries if one not in statuses][:4] == [
        "Assigned to: west, by dispatch",
        "Unassigned: dispatch, by dispatch",
        "Assigned to: west → dispatch, by dispatch",
        "Assigned to: west, by dispatch",
    ]


def test_an_approval_is_in_the_history_with_its_author(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    token = api.post(service_code="LAMP", lat=0.5, long=0.5).document[0]["token"]
    answer = dispatch.post(f"/requests/{token}", f"/requests/{token}/accept")
    assert answer.status_code == 200
    assert "Approved and published, by dispatch" in history(dispatch, token)


ANSWERS = {"attribute[WHO]": "CREW", "attribute[WHAT]": "A", "attribute[LINE]": "By the old oak"}


def test_a_new_service_asks_its_questions_and_the_history_keeps_former_answers(
    person: Sign, api: Api
) -> None:
    """In the words of the questions. Answers stay out of the history of the API."""
    dispatch = person("dispatch")
    id_ = api.report(lat=0.5, long=0.5)
    page = f"/requests/{id_}"
    asked = dispatch.post(page, f"{page}/service", service_code="SURVEY", fill="true")
    assert asked.status_code == 200
    assert [one in asked.text for one in ("Who should come?", "The whole story?")] == [True, True]
    unasked = dispatch.post(page, f"{page}/service", service_code="SURVEY", **ANSWERS)
    assert unasked.status_code == 409
    assert "Answer the questions of the new service, and select Change service" in unasked.text
    assert "By the old oak" in unasked.text
    sent = {"service_code": "SURVEY", "asked": "SURVEY"}
    missing = dispatch.post(page, f"{page}/service", **sent)
    assert missing.status_code == 409
    assert "Who should come?" in missing.text
    assert api.one(id_)["service_code"] == "POTHOLE"
    do(dispatch, id_, "service", **sent, **ANSWERS)
    shown = lxml.html.fromstring(dispatch.get(page).text).xpath("(//dl)[1]/dd/text()")
    assert shown == ["A crew", "Apples", "By the old oak"]
    do(dispatch, id_, "service", service_code="0042")
    entry = history(dispatch, id_)[0]
    assert entry.startswith("Service changed: Survey → Number with zeros")
    for words in (
        "Who should come? A crew (dropped)",
        "What is there? Apples (dropped)",
        "In one line? By the old oak (dropped)",
    ):
        assert words in entry
    assert "oak" not in api.get(f"v2/requests/{id_}", extensions="true").response.text


def test_questions_are_a_part_of_the_page_for_scripts(person: Sign) -> None:
    dispatch = person("dispatch")
    part = dispatch.get("/requests/questions", service_code="SURVEY").text
    assert "Who should come?" in part
    assert "<html" not in part
    assert "Crews work on weekdays." in part
    assert dispatch.get("/requests/questions", service_code="nothing").text.strip() == ""


@pytest.fixture
def register(city: str, run_command: Callable[..., str]) -> None:
    """The city gets a register of addresses."""
    run_command(
        *(city, "addresses", "import", str(REGISTER), "--source", "gridtown.csv"),
        *("--license", "CC0", "--vintage", "2026", "--by", "clerk", "--commit"),
    )


@pytest.mark.usefixtures("register")
def test_a_new_place_offers_its_address_and_takes_none_by_itself(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    id_ = api.report(lat=0.5, long=0.4, address_string="9 Old Road", zipcode="00100")
    page = f"/requests/{id_}"
    place = {"lat": "0.5", "long": "0.49999"}
    offered = dispatch.post(page, f"{page}/move", **place, fill="true")
    assert offered.status_code == 200
    [keep, take] = lxml.html.fromstring(offered.text).xpath("//input[@name='address_string']")
    assert keep.get("value") == ""
    assert "checked" in keep.attrib
    address = take.get("value")
    assert address.startswith("111 ")
    assert api.one(id_)["address"] == "9 Old Road"
    far = dispatch.post(page, f"{page}/move", lat="0.5", long="0.1", fill="true")
    assert "hidden" in lxml.html.fromstring(far.text).xpath("//*[@id='offer']")[0].attrib
    do(dispatch, id_, "move", lat="0.5", long="0.42")
    assert api.one(id_)["address"] == "9 Old Road"
    do(dispatch, id_, "move", **place, address_string=address)
    row = api.one(id_)
    assert (row["address"], row["zipcode"]) == (address, None)
    newest = history(dispatch, id_)[0]
    assert "0.50000, 0.42000 → 0.50000, 0.49999 (8.9 km)" in newest
    assert f"; 9 Old Road → {address}, by dispatch" in newest
