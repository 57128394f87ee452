"""The history of a request says what each step changed, from what to what."""

from collections.abc import Callable

import lxml.html
from georeport_client import Api
from staff_client import Person

Sign = Callable[[str], Person]

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
        "Status: planned, by dispatch",
        f"Transferred: {TO_WEST}, by dispatch",
    } <= set(history(dispatch, id_))
