"""Comments of residents and of other systems on staff pages, and who reads their contact data."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime

import lxml.html
import psycopg
import pytest
from administrators import says
from georeport_client import Api
from servers import PATIENCE
from staff_client import Person

from tests.staff.test_work import do

Sign = Callable[[str], Person]
Run = Callable[..., str]
CONTACT = {"first_name": "Hushedname", "email": "hushed@mail.example", "phone": "555 0100"}
BATCH = "26-0000006"

_numbers = itertools.count()


@pytest.fixture
def id_(api: Api) -> str:
    return api.report(lat=0.5, long=0.5, description="A hole")


@pytest.fixture(scope="module")
def contractor(city: str, run_command: Run) -> str:
    return run_command(city, "keys", "create", "Crew system", "--may", "status").split()[-1]


def comment(api: Api, id_: str, status: str, text: str, **fields: str) -> None:
    sent = {
        "api_key": api.key,
        "service_request_id": id_,
        "update_id": str(next(_numbers)),
        "updated_datetime": datetime.now(UTC).isoformat(),
        "status": status,
        "description": text,
        **fields,
    }
    answer = api.send("POST", "v2/servicerequestupdates", data=sent)
    assert answer.status == 200, answer.response.text


def test_the_history_says_who_spoke(person: Sign, api: Api, id_: str, contractor: str) -> None:
    comment(api, id_, "OPEN", "It is getting bigger.")
    comment(api, id_, "IN_PROGRESS", "A crew is on its way.", api_key=contractor)
    comment(api, id_, "IN_PROGRESS", "More asphalt is needed.", api_key=contractor)
    page = says(person("reader").get(f"/requests/{id_}"))
    assert "Comment from a resident, through tests It is getting bigger." in page
    assert "Status: open → in progress, by Crew system A crew is on its way." in page
    assert "Comment from a city system, through Crew system More asphalt is needed." in page


def test_contact_data_of_a_commenter_is_for_those_who_work_on_the_request(
    person: Sign, api: Api, id_: str
) -> None:
    comment(api, id_, "OPEN", "Call me.", **CONTACT)
    shown = person("dispatch").get(f"/requests/{id_}").text
    for text in CONTACT.values():
        assert text in shown
    for name in ("reader", "west"):  # the request is the east's
        page = person(name).get(f"/requests/{id_}").text
        assert "Call me." in page
        assert "hushed" not in page.lower()
    for path in ("v2/servicerequestupdates", f"v2/requests/{id_}"):
        public = api.get(path, extensions="true").response.text
        assert "Call me." in public
        assert "hushed" not in public.lower()


def test_a_claim_is_a_reason_to_look_until_staff_have_looked(
    person: Sign, api: Api, id_: str
) -> None:
    dispatch = person("dispatch")
    comment(api, id_, "FIXED", "Looks fixed to me.")
    page = says(dispatch.get(f"/requests/{id_}"))
    assert "through tests says: resolved Looks fixed to me." in page
    assert "A comment says that the problem is fixed." in page
    assert f"comment says it is fixed {id_}" in says(dispatch.get("/"))
    assert "Marked as reviewed." in do(dispatch, id_, "settle").text
    assert "comment says it is fixed" not in dispatch.get("/").text


def test_a_closed_request_needs_review_if_a_comment_says_that_it_is_still_there(
    person: Sign, api: Api, id_: str
) -> None:
    dispatch = person("dispatch")
    do(dispatch, id_, "close", status="fixed", status_notes="Filled.")
    comment(api, id_, "OPEN", "The hole is still there.")
    assert f"resolved comment says it is still there {id_}" in says(dispatch.get("/"))
    assert id_ in dispatch.get("/requests", waiting="true").text
    assert "Request reopened." in do(dispatch, id_, "reopen", status_notes="You are right.").text
    assert "still there" not in says(dispatch.get("/"))


def test_an_answer_of_the_requester_ends_the_wait(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    do(dispatch, id_, "wait", status_notes="Which lane?")
    assert f"Waiting for requester Pothole open {id_}" in says(dispatch.get("/"))
    comment(api, id_, "OPEN", "The left one.")
    assert f"requester answered {id_}" in says(dispatch.get("/"))
    page = says(dispatch.get(f"/requests/{id_}"))
    assert "The requester answered your question." in page
    assert "Requester answered, by tests" in page
    assert "Resume work" not in page


def test_a_comment_that_needs_approval_is_there_for_staff_alone(
    person: Sign, api: Api, contractor: str
) -> None:
    comment(api, BATCH, "UNCHANGED", "To be approved.", api_key=contractor)
    page = says(person("reader").get(f"/requests/{BATCH}"))
    assert "through Crew system needs approval To be approved." in page
    assert "To be approved." not in api.get("v2/servicerequestupdates").response.text


def test_a_comment_is_approved_once_on_the_page_of_its_request_by_who_may_work_on_it(
    person: Sign, api: Api, contractor: str, id_: str
) -> None:
    comment(api, BATCH, "UNCHANGED", "Approve this one.", api_key=contractor)
    dispatch = person("dispatch")
    update = held(dispatch, BATCH)[0]  # the newest
    for name in ("reader", "west"):
        assert not held(person(name), BATCH)
        assert do(person(name), BATCH, "accept-comment", update=update).status_code == 403, name
    answer = do(dispatch, id_, "accept-comment", update=update)
    assert answer.status_code == 409
    assert "This comment does not need approval." in answer.text
    assert do(dispatch, BATCH, "accept-comment", update="none").status_code == 409
    answer = dispatch.session.post(
        f"{dispatch.address}/staff/requests/{BATCH}/accept-comment",
        data={"update": update},
        timeout=PATIENCE,
    )
    assert answer.status_code == 400  # without the key of a form
    assert "Approve this one." not in api.get("v2/servicerequestupdates").response.text
    answer = do(dispatch, BATCH, "accept-comment", update=update)
    assert "Comment approved and published." in answer.text
    assert update not in held(dispatch, BATCH)
    assert "Approve this one." in api.get("v2/servicerequestupdates").response.text
    assert do(dispatch, BATCH, "accept-comment", update=update).status_code == 409


def held(someone: Person, id_: str) -> list[str]:
    """List the comments that the page of a request has a form for, newest first."""
    return [
        str(form.fields["update"])
        for form in lxml.html.fromstring(someone.get(f"/requests/{id_}").text).forms
        if form.action.endswith("/accept-comment")
    ]


def test_links_of_comments_are_links_and_their_photos_are_shown(
    person: Sign, api: Api, id_: str
) -> None:
    """The policy of the pages blocks images of other servers"""
    link = "https://photos.example/1.jpg"
    comment(api, id_, "OPEN", "See the picture.", media_url=link)
    page = lxml.html.fromstring(person("reader").get(f"/requests/{id_}").text)
    assert page.xpath("//ol[@class='history']//img") == []
    [shown] = page.xpath("//ol[@class='history']//a[@rel='noreferrer']")
    assert shown.get("href") == link
    assert shown.text_content() == "Linked image (opens another site)"


def test_reopening_offers_to_reopen_the_duplicates(person: Sign, api: Api, id_: str) -> None:
    dispatch = person("dispatch")
    other = api.report(lat=0.5, long=0.5)
    do(dispatch, other, "link", main=id_)
    do(dispatch, id_, "close", status="fixed", status_notes="Filled.")
    page = says(dispatch.get(f"/requests/{id_}"))
    assert "Also reopen the duplicates that closed with it" in page
    do(dispatch, id_, "reopen", status_notes="Again.", with_duplicates="true")
    assert [api.one(one)["status"] for one in (id_, other)] == ["open", "open"]


def test_reopening_a_request_of_long_ago_leads_to_the_one_that_continues_it(
    person: Sign, api: Api, id_: str, city: str
) -> None:
    dispatch = person("dispatch")
    do(dispatch, id_, "close", status="fixed", status_notes="Filled.")
    set_period(city, days=0)
    try:
        page = says(dispatch.get(f"/requests/{id_}"))
        assert "This request was closed more than 0 days ago. A new request will" in page
        done = says(do(dispatch, id_, "reopen", status_notes="Again."))
    finally:
        set_period(city, days=60)
    new_id = done.partition("Continued as ")[2].split()[0]
    assert f"Request {new_id} continues this request" in done
    assert f"This request continues {id_}" in says(dispatch.get(f"/requests/{new_id}"))
    assert f"/requests/{id_}/reopen" not in dispatch.get(f"/requests/{id_}").text
    assert api.one(new_id)["status"] == "open"


def set_period(city: str, days: int) -> None:
    """Set how long a closed request can be reopened; with 0, until the next second."""
    with psycopg.connect(city) as connection:
        connection.execute("UPDATE jurisdictions SET reopen_days = %s", [days])
