"""FixMyStreet's requests in their order, and what it shows of the answers."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from fixmystreet import FixMyStreet, Problem
from georeport_client import KEYS

from tests.georeport.test_repeats import age

GRIDTOWN = "gridtown.example"


@pytest.fixture(scope="module")
def questions(database: str) -> Iterator[None]:
    """A service whose questions FixMyStreet answers itself, or with its form."""
    add = (
        'INSERT INTO service_attributes (service_id, code, datatype, required, variable, "order",'
        " description, datatype_description, automated) SELECT id, %s, 'string', true, true, %s,"
        " 'From the app', '', %s FROM services WHERE service_code = '0042'"
    )
    rows = [
        *(("fixmystreet_id", 1, ""), ("easting", 2, "server_set")),
        *(("usrn", 3, "hidden_field"), ("STORY", 4, "")),
    ]
    with psycopg.connect(database) as connection:
        connection.cursor().executemany(add, rows)
    yield
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM service_attributes WHERE description = 'From the app'")


@pytest.fixture
def fms(server: str, questions: None) -> FixMyStreet:
    installation = FixMyStreet(server, KEYS[GRIDTOWN], GRIDTOWN)
    installation.populate_service_list()
    return installation


@pytest.fixture
def city(database: str, run_command: Callable[..., str]) -> Callable[..., str]:
    """Return a function that does what staff do."""

    def do(*arguments: str) -> str:
        return run_command(database, *arguments)

    return do


City = Callable[..., str]


def sent(fms: FixMyStreet, category: str = "Pothole", detail: str = "A hole.") -> Problem:
    """Report a problem and send it, with an ID at once."""
    problem = fms.report(category, detail)
    fms.send_report(problem)
    assert problem.external_id
    return problem


def stored(database: str, detail: str) -> int:
    with psycopg.connect(database) as connection:
        [[number]] = connection.execute(
            "SELECT count(*) FROM service_requests WHERE description LIKE %s", [f"{detail}%"]
        ).fetchall()
    return int(number)


def test_its_categories_are_private_where_the_service_is_confidential(fms: FixMyStreet) -> None:
    contacts = {one.service_code: one for one in fms.contacts.values()}
    assert [code for code, one in contacts.items() if one.non_public] == ["TIP"]
    assert contacts["0042"].asks == ("usrn", "STORY")
    assert contacts["0042"].sets == ("fixmystreet_id", "easting")
    assert len(contacts["SURVEY"].asks) == 7


def test_what_its_form_and_its_server_answer_is_stored(fms: FixMyStreet, database: str) -> None:
    problem = fms.report("Number with zeros", "A lost number.", usrn="20", STORY="Long ago.")
    fms.send_report(problem)
    with psycopg.connect(database) as connection:
        [[answers]] = connection.execute(
            "SELECT answers FROM service_requests WHERE service_request_id = %s",
            [problem.external_id],
        ).fetchall()
    number = str(problem.number)
    own = {"fixmystreet_id": number, "easting": number}
    assert answers == {**own, "usrn": "20", "STORY": "Long ago."}


def test_a_confidential_report_is_sent_once_and_never_public(
    fms: FixMyStreet, database: str
) -> None:
    """A blackbox service has no ID, so that it tries again and again"""
    tip = fms.report("Tip", "A secret of 7001.")
    for _attempt in range(5):
        fms.send_report(tip)
        age(database, hours=0.6)
    assert stored(database, tip.detail) == 1
    other = FixMyStreet(fms.endpoint.removesuffix("/open311/v2/"), fms.api_key, GRIDTOWN)
    other.fetch_reports()
    assert not any("secret" in problem.detail for problem in (*fms.public, *other.problems))


def test_a_report_whose_answer_was_lost_is_stored_once(fms: FixMyStreet, database: str) -> None:
    """It retries half an hour later, after a timeout of five minutes; 62 seconds made two"""
    problem = fms.report("Pothole", "The hole of a lost answer.")
    fms.send_report(problem, answer_is_lost=True)
    age(database, hours=0.9)
    fms.send_report(problem)
    assert problem.external_id
    assert stored(database, problem.detail) == 1
    fms.fetch_reports()
    assert [one.external_id for one in fms.problems].count(problem.external_id) == 1


def test_a_report_that_waits_for_approval_gets_its_id_however_late(
    fms: FixMyStreet, database: str, city: City
) -> None:
    problem = fms.report("Lamp", "A lamp that waits.")
    for hours in (0, 1, 24, 24 * 30):
        age(database, hours=hours)
        city("maintenance")
        fms.send_report(problem)
        assert problem.external_id is None
    assert stored(database, problem.detail) == 1
    id_ = city("requests", "approve", waiting(database, problem.detail)).split()[1]
    city("maintenance")
    fms.send_report(problem)
    assert problem.external_id == id_
    assert stored(database, problem.detail) == 1
    fms.fetch_reports()
    assert fms.fetch_known().keys() == {one.external_id for one in fms.problems}


def waiting(database: str, detail: str) -> str:
    with psycopg.connect(database) as connection:
        [[token]] = connection.execute(
            "SELECT token FROM service_requests WHERE description LIKE %s", [f"{detail}%"]
        ).fetchall()
    return str(token)


def test_a_comment_changes_neither_the_status_nor_the_note_of_the_city(
    fms: FixMyStreet, city: City
) -> None:
    """Its status is what it believes, and it believes what it fetched last"""
    hole, other = sent(fms), sent(fms)
    for problem in (hole, other):
        city("requests", "status", str(problem.external_id), "in_progress", "On our way.")
    fms.fetch_updates()
    fms.comment(hole, "It is getting bigger")
    fms.comment(other, "Looks fixed to me", "fixed - user")
    fms.send_comments()
    fms.fetch_updates()
    assert (hole.state, other.state) == ("in progress", "fixed - user")
    assert hole.page == ["On our way.", "It is getting bigger"]
    fms.comment(hole, "Any news?")  # sent before it has fetched the closing
    city("requests", "status", str(hole.external_id), "fixed", "Filled.")
    fms.send_comments()
    fms.fetch_updates()
    assert hole.state == "fixed - council"
    assert hole.page == ["On our way.", "It is getting bigger", "Any news?", "Filled."]
    known = fms.fetch_known()
    assert known[str(hole.external_id)] == "closed"
    assert known[str(other.external_id)] == "open"


def test_a_comment_whose_answer_was_lost_is_neither_repeated_nor_holds_back_others(
    fms: FixMyStreet, city: City
) -> None:
    hole = sent(fms)
    fms.comment(hole, "First.")
    fms.send_comments(answer_is_lost=True)
    city("requests", "status", str(hole.external_id), "planned", "In May.")
    fms.comment(hole, "Second.")
    fms.comment(hole, "Third.", "fixed - user")  # the first is now sent as FIXED
    fms.send_comments()
    fms.fetch_updates()
    assert all(comment.external_id for comment in hole.comments)
    assert sorted(hole.page) == ["First.", "In May.", "Second.", "Third."]
    assert [one.text for one in hole.comments if one.by_city] == ["In May."]


def test_a_comment_on_a_batch_request_is_its_own_after_approval(
    fms: FixMyStreet, database: str, city: City
) -> None:
    """It asks tokens/ for the ID of the update, as for that of a report"""
    lamp = fms.report("Lamp", "A lamp with a comment.")
    fms.send_report(lamp)
    city("requests", "approve", waiting(database, lamp.detail))
    fms.send_report(lamp)
    comment = fms.comment(lamp, "It flickers, too.")
    fms.comment(lamp, "And it hums.")
    for _attempt in range(2):
        fms.send_comments()
    assert (comment.external_id, comment.failures) == (None, 2)
    approve_updates(city, lamp)
    fms.send_comments()
    approve_updates(city, lamp)
    fms.send_comments()
    fms.fetch_updates()
    assert all(one.external_id for one in lamp.comments)
    texts = ["It flickers, too.", "And it hums.", "The city approved this request."]
    assert sorted(lamp.page) == sorted(texts)
    assert lamp.state == "confirmed"


def approve_updates(city: City, problem: Problem) -> None:
    lines = city("updates", "approve").splitlines()
    for line in lines:
        if f" {problem.external_id} " in line:
            city("updates", "approve", line.split()[0])


def test_a_report_of_another_app_that_is_approved_late_arrives_once(
    fms: FixMyStreet, database: str, city: City
) -> None:
    """It asks for the last hour, and drops what was updated outside of it"""
    other = FixMyStreet(fms.endpoint.removesuffix("/open311/v2/"), fms.api_key, GRIDTOWN)
    other.populate_service_list()
    lamp = other.report("Lamp", "A lamp of three weeks ago.")
    other.send_report(lamp)
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE service_requests SET requested_datetime = requested_datetime"
            " - interval '21 days' WHERE description LIKE 'A lamp of three weeks ago.%'"
        )
    fms.fetch_reports()
    assert not any(lamp.detail in problem.detail for problem in fms.problems)
    id_ = city("requests", "approve", waiting(database, lamp.detail)).split()[1]
    for _hour in range(2):
        fms.fetch_reports()
    [found] = [problem for problem in fms.problems if lamp.detail in problem.detail]
    assert (found.external_id, found.state, found.category) == (id_, "confirmed", "Lamp")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *(("in_progress", "in progress"), ("action_scheduled", "action scheduled")),
        *(("duplicate", "duplicate"), ("not_councils_responsibility", "not responsible")),
        *(("no_further_action", "unable to fix"), ("internal_referral", "internal referral")),
        *(("fixed", "fixed - council"), ("cancelled", "cancelled")),
    ],
)
def test_a_detailed_status_without_a_note_is_shown_in_words(
    fms: FixMyStreet, city: City, status: str, state: str
) -> None:
    hole = sent(fms)
    city("requests", "status", str(hole.external_id), status, "")
    fms.fetch_updates()
    assert hole.state == state
    [text] = hole.page
    assert text.endswith(".")


def test_what_staff_do_is_told_without_changing_what_the_resident_said(
    fms: FixMyStreet, city: City
) -> None:
    hole = sent(fms)
    id_ = str(hole.external_id)
    fms.comment(hole, "Looks fixed to me", "fixed - user")
    fms.send_comments()
    city("requests", "acknowledge", id_)
    city("requests", "transfer", id_, "LIGHTS", "A secret reason.")
    city("requests", "change-service", id_, "SURVEY")
    fms.fetch_updates()
    assert (hole.state, hole.category, hole.group) == ("fixed - user", "Survey", "Streets")
    assert hole.page == [
        "Looks fixed to me",
        "East Yard received this request.",
        "This request was transferred to Light Works.",
        "The service of this request was changed to Survey.",
    ]
    city("requests", "withdraw", id_)
    fms.fetch_updates()
    assert (hole.state, hole.page[-1]) == ("cancelled", "This request was withdrawn.")


def test_another_app_cannot_comment_on_its_reports(
    fms: FixMyStreet, database: str, city: City
) -> None:
    hole = sent(fms)
    key = city("keys", "create", "an app that reads FixMyStreet").split()[-1]
    other = FixMyStreet(fms.endpoint.removesuffix("/open311/v2/"), key, GRIDTOWN)
    other.populate_service_list()
    other.problems.append(Problem("Pothole", "", False, external_id=hole.external_id))
    comment = other.comment(other.problems[0], "Nothing to see.", "fixed - user")
    other.send_comments()
    assert (comment.external_id, comment.failures) == (None, 1)
    fms.fetch_updates()
    assert (hole.state, hole.page) == ("confirmed", [])
