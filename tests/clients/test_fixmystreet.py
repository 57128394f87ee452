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
