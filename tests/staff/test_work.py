"""Work on service requests: each action, what the public sees of it, and what it does not."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from georeport_client import Api
from images import from_a_phone
from servers import PATIENCE
from staff_client import Person

Sign = Callable[[str], Person]


@pytest.fixture
def id_(api: Api) -> str:
    return api.report(lat=0.5, long=0.5, description="A hole")


def do(person: Person, id_: str, action: str, **fields: str) -> requests.Response:
    page = f"/requests/{id_}"
    return person.post(page, f"{page}/{action}", **fields)


def test_notes_of_staff_stay_among_staff(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    do(dispatch, id_, "note", text="The owner is unpleasant.")
    do(
        dispatch,
        id_,
        "status",
        status="planned",
        status_notes="On Monday.",
        internal_note="Crew 7.",
    )
    page = dispatch.get(f"/requests/{id_}").text
    assert "The owner is unpleasant." in page
    assert "Crew 7." in page
    assert "by dispatch" in page
    seen = api.get(f"v2/requests/{id_}", extensions="true").response.text
    updates = api.get("v2/servicerequestupdates", service_request_id=id_).response.text
    feature = requests.get(
        f"{dispatch.address}/ogc/collections/requests/items/{id_}", timeout=PATIENCE
    )
    for public in (seen, updates, feature.text):
        assert "On Monday." in public
        assert "unpleasant" not in public
        assert "Crew 7" not in public
        assert "dispatch" not in public
    assert "Enter a note." in do(dispatch, id_, "note", text=" ").text


def test_a_photo_of_the_work_is_public_and_not_one_of_the_report(
    person: Sign, api: Api, id_: str
) -> None:
    dispatch = person("dispatch")
    page = f"/requests/{id_}"
    answer = dispatch.session.post(
        f"{dispatch.address}/staff{page}/close",
        data={
            **dispatch.hidden(page, f"{page}/close"),
            "status": "fixed",
            "status_notes": "Filled.",
        },
        files={"media": ("work.jpg", from_a_phone(), "image/jpeg")},
        timeout=PATIENCE,
    )
    assert answer.status_code == 200, answer.text
    assert 'alt="Photo of completed work"' in answer.text
    [update] = [
        one
        for one in api.get("v2/servicerequestupdates", service_request_id=id_).document
        if one["media_url"]
    ]
    assert update["description"] == "Filled."
    photo = requests.get(update["media_url"], timeout=PATIENCE)
    assert photo.headers["Content-Type"] == "image/jpeg"
    assert api.one(id_, extensions="true")["extended_attributes"]["photos"] == []


def test_a_file_that_is_no_photo_is_told_and_nothing_is_done(
    person: Sign, api: Api, id_: str
) -> None:
    dispatch = person("dispatch")
    page = f"/requests/{id_}"
    answer = dispatch.session.post(
        f"{dispatch.address}/staff{page}/close",
        data={
            **dispatch.hidden(page, f"{page}/close"),
            "status": "fixed",
            "status_notes": "Typed with care.",
        },
        files={"media": ("work.jpg", b"no photo", "image/jpeg")},
        timeout=PATIENCE,
    )
    assert answer.status_code == 409
    assert "is not a photo that can be read" in answer.text
    assert "Typed with care." in answer.text
    assert api.one(id_)["status"] == "open"


def test_closing_asks_why_and_reopening_too(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    answer = do(dispatch, id_, "close", status="fixed", status_notes="")
    assert answer.status_code == 409
    assert "why you are closing this request" in answer.text
    do(dispatch, id_, "close", status="no_further_action", status_notes="It is a shadow.")
    assert api.one(id_)["status"] == "closed"
    assert "why you are reopening this request" in do(dispatch, id_, "reopen", status_notes="").text
    do(dispatch, id_, "reopen", status_notes="It is a hole.")
    assert (api.one(id_)["status"], api.one(id_)["status_notes"]) == ("open", "It is a hole.")


def test_who_has_it_in_hand(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    assert "Assigned to dispatch." in do(dispatch, id_, "assign", name="dispatch").text
    assert "is already assigned to dispatch" in do(dispatch, id_, "assign", name="dispatch").text
    for nobody, why in (
        ("reader", "cannot work on requests for East Yard"),
        ("west", "cannot work on requests for East Yard"),
        ("stranger", "There is no user named"),
    ):
        answer = do(dispatch, id_, "assign", name=nobody)
        assert answer.status_code == 409
        assert why in answer.text
    do(dispatch, id_, "hand-over", department="WEST", reason="It is theirs.")
    page = person("west").get(f"/requests/{id_}").text
    assert "Unassigned" in page
    assert "Assigned to west." in do(person("west"), id_, "assign", name="west").text
    assert "Assignment removed." in do(person("west"), id_, "assign", name="").text


def test_moving_and_another_service_route_again(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    answer = do(dispatch, id_, "move", lat="0.5", long="-0.5")
    assert "Location changed. The request is now with West Yard." in answer.text
    row = api.one(id_)
    assert (float(row["long"]), row["agency_responsible"]) == (-0.5, "West Yard")
    answer = do(dispatch, id_, "move", lat="north", long="-0.5")
    assert answer.status_code == 409
    assert "Enter the latitude in decimal degrees" in answer.text
    answer = do(dispatch, id_, "service", service_code="0042")
    assert "Service changed. The request is now with Town Hall." in answer.text
    assert api.one(id_)["service_code"] == "0042"
    assert "does not exist" in do(dispatch, id_, "service", service_code="NONE").text


def test_what_repeats_is_closed_with_it_and_told(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    second, third = (api.report(lat=0.5, long=0.5, description=text) for text in ("2nd", "3rd"))
    assert f"Linked to {id_}" in do(dispatch, second, "link", main=id_).text
    assert f"Linked to {id_}" in do(dispatch, third, "link", main=second).text  # to what it repeats
    assert f"Duplicate of {id_}" in (api.one(second)["status_notes"] or "")
    page = dispatch.get(f"/requests/{id_}").text
    assert page.count("duplicate of this request") >= 2
    assert "Duplicates close at the same time" in page
    do(dispatch, id_, "close", status="fixed", status_notes="Filled.")
    for one in (second, third):
        row = api.one(one)
        assert row["status"] == "closed"
        assert row["status_notes"] == f"Filled. Closed together with {id_}."
    answer = do(dispatch, second, "unlink")
    assert "Duplicate link removed." in answer.text
    assert answer.status_code == 200


def test_a_link_that_makes_no_sense_is_told(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    other = api.report(lat=0.5, long=0.5)
    do(dispatch, other, "link", main=id_)
    for one, main, why in (
        (id_, id_, "itself or one of its duplicates"),
        (id_, other, "itself or one of its duplicates"),
        (other, id_, "is already linked to"),
        (other, "26-9999999", "There is no request with the number"),
        (other, "", "Enter the number of the original request."),
    ):
        seen = dispatch.hidden(f"/requests/{one}", f"/requests/{one}/note")["seen"]
        answer = do(dispatch, one, "link", main=main, seen=seen)
        assert answer.status_code == 409
        assert why in answer.text, (one, main)
    closed = api.report(lat=0.5, long=0.5)
    do(dispatch, closed, "close", status="fixed", status_notes="Done.")
    answer = do(dispatch, id_, "link", main=closed)
    assert f"{closed} is closed. Reopen it first, or close {id_} with the status" in answer.text


def test_the_update_of_another_system_closes_what_repeats_it(
    person: Sign, api: Api, id_: str, city: str, run_command: Callable[..., str]
) -> None:
    second = api.report(lat=0.5, long=0.5)
    do(person("dispatch"), second, "link", main=id_)
    key = run_command(city, "keys", "create", "contractor", "--may", "status").split()[-1]
    update = {
        "api_key": key,
        "service_request_id": id_,
        "update_id": "elsewhere-1",
        "status": "fixed",
        "updated_datetime": datetime.now(UTC).isoformat(),
        "description": "Done by a contractor.",
    }
    sent = api.send("POST", "v2/servicerequestupdates", data=update)
    assert sent.status == 200, sent.response.text
    assert api.one(second)["status"] == "closed"


def test_nothing_of_a_confidential_one_is_told_to_who_reported_the_same(
    person: Sign, api: Api, id_: str
) -> None:
    dispatch = person("dispatch")
    assert "Linked to 26-0000005" in do(dispatch, id_, "link", main="26-0000005").text  # a tip
    assert "26-0000005" not in str(api.one(id_, extensions="true"))
    do(dispatch, "26-0000005", "close", status="fixed", status_notes="The offender is known.")
    row = api.one(id_)
    assert (row["status"], row["status_notes"]) == (
        "closed",
        "Closed together with another request about the same problem.",
    )
    assert "offender" not in str(api.one(id_, extensions="true"))


def test_what_repeats_a_withdrawn_one_stands_for_itself(
    person: Sign, api: Api, id_: str, city: str, run_command: Callable[..., str]
) -> None:
    dispatch = person("dispatch")
    main = api.report(lat=0.5, long=0.5)
    do(dispatch, id_, "link", main=main)
    run_command(city, "requests", "withdraw", main)
    page = dispatch.get(f"/requests/{id_}").text
    assert "<li>Duplicate of" not in page
    assert "Duplicate link removed" in page
    assert api.one(id_)["status"] == "open"


def test_who_reported_is_shown_to_those_who_work_on_it_alone(person: Sign, api: Api) -> None:
    id_ = api.report(
        lat=0.5, long=0.5, first_name="Rita", last_name="Resident", email="rita@example.org"
    )
    for name, sees in (("dispatch", True), ("reader", False), ("west", False)):
        page = person(name).get(f"/requests/{id_}").text
        assert ("rita@example.org" in page) == sees, name
        assert "Rita" not in person(name).get("/requests").text
        assert "rita@" not in person(name).get("/requests/export", f="geojson").text
    assert "Rita" not in api.get(f"v2/requests/{id_}", extensions="true").response.text


def test_answers_are_shown_by_their_names(person: Sign) -> None:
    page = person("reader").get("/requests/26-0000004").text
    assert re.search(r"<dt>Who should come\?</dt><dd>A crew</dd>", page)
    assert re.search(r"<dt>What is there\?</dt><dd>Apples, Number one</dd>", page)


def test_what_waits_to_be_accepted_is_accepted_on_its_page(person: Sign, api: Api) -> None:
    [sent] = api.post(service_code="LAMP", lat=0.5, long=0.5).document
    dispatch = person("dispatch")
    page = dispatch.get(f"/requests/{sent['token']}").text
    assert "Lamp, needs approval" in page
    assert "not public" in page
    answer = do(dispatch, sent["token"], "accept")
    assert "Approved and published as" in answer.text
    [accepted] = api.get(f"v2/tokens/{sent['token']}").document
    assert api.one(accepted["service_request_id"])["service_code"] == "LAMP"


def test_what_was_closed_before_it_is_accepted_stays_closed(person: Sign, api: Api) -> None:
    [sent] = api.post(service_code="LAMP", lat=0.5, long=0.5).document
    dispatch = person("dispatch")
    told = {"status": "no_further_action", "status_notes": "There is no lamp."}
    do(dispatch, sent["token"], "close", **told)
    do(dispatch, sent["token"], "accept")
    [accepted] = api.get(f"v2/tokens/{sent['token']}").document
    row = api.one(accepted["service_request_id"])
    assert (row["status"], row["status_notes"]) == ("closed", "There is no lamp.")


@pytest.mark.parametrize("action", ["unpin", "settle", "take-on", "assign", "move", "link"])
def test_every_form_knows_what_it_was_made_from(
    person: Sign, api: Api, id_: str, action: str
) -> None:
    dispatch = person("dispatch")
    do(dispatch, id_, "hand-over", department="HALL", reason="Not ours.")
    seen = dispatch.hidden(f"/requests/{id_}", f"/requests/{id_}/note")["seen"]
    do(dispatch, id_, "hand-over", department="WEST", reason="Theirs, I am sure.")
    fields = {"name": "dispatch", "lat": "0.1", "long": "0.1", "main": "26-0000003"}
    answer = do(dispatch, id_, action, seen=seen, **fields)
    assert answer.status_code == 409
    assert f"Someone else changed {id_}" in answer.text
    assert api.one(id_)["agency_responsible"] == "West Yard"
    assert "Theirs, I am sure." in answer.text


def test_what_is_refused_leaves_nothing_behind(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.00001)  # on the border of the wards
    answer = do(person("dispatch"), id_, "move", lat="20", long="20")
    assert answer.status_code == 409
    assert "Mark as reviewed: near a boundary" in answer.text


def test_looking_at_what_waits_for_a_look(person: Sign, api: Api) -> None:
    id_ = api.report(lat=0.5, long=0.00001)  # on the border of the wards
    dispatch = person("dispatch")
    page = dispatch.get(f"/requests/{id_}").text
    assert "Mark as reviewed: near a boundary" in page
    answer = do(dispatch, id_, "settle")
    assert "Marked as reviewed." in answer.text
    assert "Mark as reviewed" not in answer.text


def test_a_form_without_what_it_was_made_from_is_refused(person: Sign, api: Api, id_: str) -> None:
    for seen in ("", "x"):
        answer = do(person("dispatch"), id_, "take-on", seen=seen)
        assert answer.status_code == 409
        assert "Reload it and submit the form again." in answer.text


def test_an_action_that_is_none_is_told(person: Sign, id_: str) -> None:
    answer = do(person("dispatch"), id_, "explode")
    assert answer.status_code == 404
    assert "This action does not exist." in answer.text


@pytest.mark.parametrize(
    "action",
    ["take-on", "hand-over", "status", "close", "reopen", "assign", "move", "service", "link"],
)
def test_nobody_does_what_their_role_may_not(person: Sign, api: Api, id_: str, action: str) -> None:
    before = api.one(id_)
    fields = {
        "status": "fixed",
        "status_notes": "x",
        "department": "WEST",
        "reason": "x",
        "name": "west",
        "lat": "0.1",
        "long": "0.1",
        "service_code": "0042",
        "main": "26-0000003",
        "seen": re.findall(
            r'name="seen" value="(\d+)"', person("dispatch").get(f"/requests/{id_}").text
        )[0],
    }
    for name in ("reader", "west"):
        answer = do(person(name), id_, action, **fields)
        assert answer.status_code == 403, name
    assert api.one(id_) == before


def test_a_withdrawn_one_is_gone_for_staff_as_well(
    person: Sign, api: Api, city: str, run_command: Callable[..., str], tmp_path: Path
) -> None:
    id_ = api.report(description="My number is on the photo")
    do(person("dispatch"), id_, "note", text="Erase it.")
    run_command(city, "requests", "withdraw", id_)
    answer = person("dispatch").get(f"/requests/{id_}")
    assert answer.status_code in (404, 410)
    assert "My number" not in answer.text
    assert "Erase it." not in answer.text
