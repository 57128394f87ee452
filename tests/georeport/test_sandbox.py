"""The sandbox: reports to the test endpoint are like all others, and never seen among them."""

from collections.abc import Callable

import psycopg
import pytest
from georeport_client import KEYS, Api, Sandbox

RunCommand = Callable[..., str]


@pytest.fixture
def sandbox(server: str, format: str) -> Sandbox:
    return Sandbox(server, format, "sandbox")


def test_a_report_is_seen_there_and_nowhere_else(api: Api, sandbox: Sandbox) -> None:
    id_ = sandbox.report(description="Just a test")
    assert id_.startswith("TEST-")
    assert sandbox.one(id_)["description"] == "Just a test"
    assert id_ in sandbox.get("v2/requests").ids()
    assert sandbox.get("v2/requests", service_request_id=id_).ids() == [id_]
    assert api.get(f"v2/requests/{id_}").status == 404
    assert id_ not in api.get("v2/requests").ids()
    assert api.get("v2/requests", service_request_id=id_).ids() == []


def test_a_report_to_the_city_is_not_seen_there(api: Api, sandbox: Sandbox) -> None:
    id_ = api.report()
    assert not id_.startswith("TEST-")
    assert sandbox.get(f"v2/requests/{id_}").status == 404
    assert sandbox.get("v2/requests", service_request_id=id_).ids() == []
    assert all(listed.startswith("TEST-") for listed in sandbox.get("v2/requests").ids())


def test_a_token_is_known_there_and_nowhere_else(api: Api, sandbox: Sandbox) -> None:
    token = sandbox.post(service_code="LAMP", lat=0.5, long=0.5).document[0]["token"]
    assert sandbox.get(f"v2/tokens/{token}").document == [{"token": token}]
    assert api.get(f"v2/tokens/{token}").status == 404
    token = api.post(service_code="LAMP", lat=0.5, long=0.5).document[0]["token"]
    assert sandbox.get(f"v2/tokens/{token}").status == 404


@pytest.mark.parametrize(("long", "yard"), [("0.5", "East Yard"), ("-0.5", "West Yard")])
def test_a_report_is_routed_as_any_other(api: Api, sandbox: Sandbox, long: str, yard: str) -> None:
    rows = [
        endpoint.one(endpoint.report(lat="0.5", long=long), extensions="true")
        for endpoint in (api, sandbox)
    ]
    for row in rows:
        assert row["agency_responsible"] == yard
        for note in row["extended_attributes"]["notes"]:
            del note["datetime"]  # one may have come a second later
    assert rows[0]["extended_attributes"] == rows[1]["extended_attributes"]


def test_what_is_wrong_is_told_as_for_any_other(api: Api, sandbox: Sandbox) -> None:
    for fields in ({"lat": "45", "long": "7"}, {"lat": "north"}, {"description": "x" * 4001}):
        answers = [endpoint.post(service_code="POTHOLE", **fields) for endpoint in (api, sandbox)]
        assert answers[0].status == answers[1].status == 400
        assert answers[0].sentences == answers[1].sentences


def test_services_and_their_questions_are_the_same(api: Api, sandbox: Sandbox) -> None:
    for path in ("v2/services", "v2/services/SURVEY", "v2/services/A/B c.d"):
        assert sandbox.get(path).response.content == api.get(path).response.content


def test_the_key_of_the_sandbox_opens_nothing_else(api: Api, server: str) -> None:
    for key in ("sandbox", " sandbox "):
        answer = Api(server, api.format, key).post(service_code="POTHOLE", lat=0.5, long=0.5)
        assert answer.status == 403
        assert "'sandbox' is valid for the test endpoint only" in answer.sentences[0]


def test_there_too_a_key_is_needed(server: str, format: str) -> None:
    for key in ("", "wrong"):
        answer = Sandbox(server, format, key).post(service_code="POTHOLE", lat=0.5, long=0.5)
        assert answer.status == 403
        assert "api_key" in answer.sentences[0]


def test_a_key_of_the_city_is_taken_there(server: str, format: str) -> None:
    assert Sandbox(server, format, KEYS["gridtown.example"]).report().startswith("TEST-")


def test_of_several_cities_each_has_a_sandbox(two_towns_server: str, format: str) -> None:
    sandbox = Sandbox(two_towns_server, format, "sandbox")
    city = {"jurisdiction_id": "hilltown.example"}
    id_ = sandbox.report(**city)
    assert sandbox.one(id_, **city)["agency_responsible"] == "Hill Hall"
    other = {"jurisdiction_id": "gridtown.example"}
    assert sandbox.get(f"v2/requests/{id_}", **other).status == 404
    key = KEYS["gridtown.example"]
    refused = Sandbox(two_towns_server, format, key).post(
        service_code="GOAT", lat=0.5, long=0.5, **city
    )
    assert refused.status == 403


def test_staff_never_see_it(sandbox: Sandbox, database: str, run_command: RunCommand) -> None:
    token = sandbox.post(service_code="LAMP", lat=0.5, long=0.5).document[0]["token"]
    id_ = sandbox.report()
    assert token not in run_command(database, "requests", "approve")
    run_command(database, "requests", "approve", "--all")
    assert sandbox.get(f"v2/tokens/{token}").document == [{"token": token}]
    for arguments in (("approve", token), ("close", id_, "Done."), ("reopen", id_, "Again.")):
        with pytest.raises(AssertionError, match="does not exist"):
            run_command(database, "requests", *arguments)
    assert sandbox.one(id_)["status"] == "open"


def test_a_seed_folder_loads_its_past_beside_what_lies_in_the_sandbox(
    fresh_database: Callable[[str], str], empty: str, run_command: RunCommand
) -> None:
    """Nothing of it lands in the sandbox, nor does the sandbox count as a past."""
    database = fresh_database(empty)
    folder = "tests/cities/gridtown"
    run_command(database, "seed", folder)
    with psycopg.connect(database) as connection:
        sandboxes = connection.execute("SELECT DISTINCT sandbox FROM service_requests").fetchall()
        assert sandboxes == [(False,)]
        connection.execute("DELETE FROM service_requests WHERE service_request_id IS NULL")
        connection.execute(
            "UPDATE service_requests "
            "SET sandbox = true, service_request_id = 'TEST-' || service_request_id"
        )
    assert "service requests: 7 added" in run_command(database, "seed", folder)
