"""GET /routing/explain for staff, and services at a place for everyone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import requests
from georeport_client import CONTENT_TYPES, KEYS, Api
from servers import PATIENCE

STAFF_KEY = "key-of-the-staff-of-gridtown"


@pytest.fixture(scope="module")
def staff_key(database: str, run_command: Callable[..., str]) -> str:
    """A staff key of Gridtown's."""
    printed = run_command(database, "keys", "create", "Dispatch", "--may", "report,comment,staff")
    assert printed.startswith("API key: ")
    assert ", may report, comment, staff, active" in run_command(database, "keys", "list")
    return printed.split()[-1]


@pytest.fixture
def explain(server: str, staff_key: str) -> Callable[..., requests.Response]:
    def get(**asked: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {staff_key}"}
        url = f"{server}/routing/explain"
        return requests.get(url, params=asked, headers=headers, timeout=PATIENCE)

    return get


def sentence(answer: requests.Response) -> str:
    """Give what an error says, after a check that it is one in JSON that no cache keeps."""
    assert answer.headers["Content-Type"] == CONTENT_TYPES["json"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    [error] = answer.json()
    assert error["code"] == answer.status_code
    return error["description"]


def test_all_that_was_considered_is_told(explain: Callable[..., requests.Response]) -> None:
    answer = explain(service_code="POTHOLE", lat="0.5", long="0.00005")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    [told] = answer.json()["explanations"]
    assert told["agency_responsible"] == "East Yard"
    assert told["reason"] == "Rule pothole-east applies: service POTHOLE in ward 10."
    core, ward = told["layers"]
    assert (core["layer"], core["boundary"], core["covering"]) == ("core", None, [])
    assert core["nearest_other"]["meters"] == pytest.approx(44_230, abs=10)
    assert (ward["boundary"], ward["nearest_other"]["code"]) == ("10", "2")
    assert ward["nearest_other"]["meters"] == pytest.approx(5.6, abs=0.1)
    assert ward["boundary_set"]["source"] == "boundaries/wards.geojson of the seed folder"
    assert ward["boundary_set"]["in_force_from"] == "1900-01-01"
    reasons = {rule["rule"]: rule["reason"] for rule in told["rules"]}
    assert reasons["pothole-west"] == "the location is in ward 10"
    assert reasons["lights"] == "it is for group Lights"
    assert [rule["rule"] for rule in told["rules"] if rule["decides"]] == ["pothole-east"]


def test_a_rule_that_loses_says_to_which_and_why(
    explain: Callable[..., requests.Response],
) -> None:
    [told] = explain(service_code="POTHOLE", lat="0", long="0").json()["explanations"]
    [ward] = [layer for layer in told["layers"] if layer["layer"] == "ward"]
    assert (ward["covering"], ward["boundary"]) == (["2", "10"], "2")
    assert (ward["nearest_other"]["code"], ward["nearest_other"]["meters"]) == ("10", 0)
    assert ward["tie_break"] == "2, 10 overlap here; 2 comes first in natural order"
    [loser] = [rule for rule in told["rules"] if rule["rule"] == "streets-core"]
    assert (loser["applies"], loser["decides"]) == (True, False)
    assert loser["reason"] == (
        "pothole-west has a higher priority: a rule for the service comes before a rule for its "
        "group"
    )


def test_a_stored_service_request_is_explained_as_on_its_day_and_today(
    explain: Callable[..., requests.Response], api: Api
) -> None:
    id_ = api.report(lat=0.5, long=-0.5, email="who@example.org", first_name="Ada")
    answer = explain(service_request_id=id_)
    stored = answer.json()["service_request"]
    assert (stored["agency_responsible"], stored["rule"]) == ("West Yard", "pothole-west")
    assert (stored["pinned"], stored["steps"]) == (False, [])
    assert [one["agency_responsible"] for one in answer.json()["explanations"]] == [
        "West Yard",
        "West Yard",
    ]
    assert stored["layers"][-1] == {
        "layer": "ward",
        "boundary": "2",
        "boundary_name": "West",
        "nearest_other": {"code": "10", "name": "East", "meters": pytest.approx(55_657.6)},
        "others": [],
    }
    assert [(one["as_stored"], one["differences"]) for one in answer.json()["explanations"]] == [
        (True, []),
        (True, []),
    ]
    otherwise = explain(service_request_id=id_, on="1899-12-31").json()["explanations"][1]
    assert otherwise["as_stored"] is False
    assert otherwise["differences"][-1] == "Department: Town Hall instead of West Yard."
    assert "who@example.org" not in answer.text
    assert "Ada" not in answer.text


def test_a_moment_without_a_zone_is_the_citys(explain: Callable[..., requests.Response]) -> None:
    place = {"service_code": "POTHOLE", "lat": "0", "long": "0"}
    [told] = explain(**place, at="2026-03-09T22:00").json()["explanations"]
    assert (told["at"], told["on"]) == ("2026-03-10T02:00:00Z", "2026-03-09")
    assert "as_stored" not in told


@pytest.mark.parametrize("day", ["1899-12-31", "12/31/1899", "31. December 1899"])
def test_the_maps_of_another_day_can_be_asked_for(
    explain: Callable[..., requests.Response], day: str
) -> None:
    place = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    [told] = explain(**place, on=day).json()["explanations"]
    assert {layer["boundary_set"] for layer in told["layers"]} == {None}
    assert told["agency_responsible"] == "Town Hall"


@pytest.mark.parametrize("day", ["31/31/1899", "yesterday", "12/31/1899 10:00", "12/1899"])
def test_a_day_that_is_none_is_refused_with_an_example(
    explain: Callable[..., requests.Response], day: str
) -> None:
    answer = explain(service_code="POTHOLE", lat="0.5", long="0.5", on=day)
    assert answer.status_code == 400
    assert "on must be a date, such as 2026-11-25 or 11/27/2026." in answer.text


def test_a_place_just_outside_is_explained_as_a_report_there_is_routed(
    explain: Callable[..., requests.Response], api: Api
) -> None:
    place = {"lat": 0.5, "long": 1.00004}  # 4.5 meters east of the city
    report = api.get(f"v2/requests/{api.report(**place)}").document[0]
    [told] = explain(service_code="POTHOLE", **place).json()["explanations"]
    assert told["agency_responsible"] == report["agency_responsible"] == "East Yard"


def test_a_place_outside_has_a_reason_and_no_department(
    explain: Callable[..., requests.Response],
) -> None:
    [told] = explain(service_code="POTHOLE", lat="45", long="7").json()["explanations"]
    assert told["agency_responsible"] is None
    assert "outside" in told["reason"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "service_code is required"),
        ({"service_code": "POTHOLE"}, "lat is required"),
        ({"service_code": "POTHOLE", "lat": "0"}, "long is required"),
        ({"service_code": "POTHOLE", "lat": "north", "long": "0"}, "lat must be"),
        ({"service_code": "POTHOLE", "lat": "0", "long": "0", "on": "May"}, "on must be a date"),
        ({"service_code": "POTHOLE", "lat": "0", "long": "0", "at": "now"}, "at must be"),
    ],
)
def test_what_cannot_be_used_is_named(
    explain: Callable[..., requests.Response], asked: dict[str, str], words: str
) -> None:
    answer = explain(**asked)
    assert answer.status_code == 400
    assert words in sentence(answer)


@pytest.mark.parametrize("id_", ["26-9999999", "x" * 300])
def test_an_unknown_service_request_is_not_explained(
    explain: Callable[..., requests.Response], id_: str
) -> None:
    assert explain(service_request_id=id_).status_code in (400, 404)


def test_a_withdrawn_service_request_is_gone(
    explain: Callable[..., requests.Response],
    api: Api,
    database: str,
    run_command: Callable[..., str],
) -> None:
    id_ = api.report()
    run_command(database, "requests", "withdraw", id_)
    answer = explain(service_request_id=id_)
    assert answer.status_code == 410
    assert "withdrawn" in sentence(answer)


def test_the_key_may_stand_in_the_query_and_can_do_all_that_others_can(
    server: str, staff_key: str, format: str
) -> None:
    asked = {"service_code": "POTHOLE", "lat": "0", "long": "0", "api_key": staff_key}
    assert (
        requests.get(f"{server}/routing/explain", params=asked, timeout=PATIENCE).status_code == 200
    )
    assert Api(server, format, staff_key).report()


@pytest.mark.parametrize("key", ["", KEYS["gridtown.example"], "wrong", "sandbox"])
def test_only_a_staff_key_opens_it(server: str, key: str) -> None:
    asked = {"service_code": "POTHOLE", "lat": "0", "long": "0", "api_key": key}
    answer = requests.get(f"{server}/routing/explain", params=asked, timeout=PATIENCE)
    assert answer.status_code == 403
    assert "api_key" in sentence(answer)
    if key == KEYS["gridtown.example"]:
        assert "the right 'staff' and cannot read" in sentence(answer)


def test_services_at_a_place_tell_who_would_come_and_when(api: Api) -> None:
    answer = api.get("v2/services", lat="0.5", long="-0.5", extensions="true")
    found = {row["service_code"]: row["extended_attributes"] for row in answer.document}
    assert found["POTHOLE"]["agency_responsible"] == "West Yard"
    assert found["LAMP"]["agency_responsible"] == "Light Works"
    assert found["POTHOLE"]["boundaries"] == {"ward": {"code": "2", "name": "West"}}
    west = {"ward": {"code": "2", "name": "West"}}
    assert found["POTHOLE"]["agency_reason"] == {"text": None, "boundaries": west}
    assert found["LAMP"]["agency_reason"] is None  # the place does not matter
    promised = datetime.fromisoformat(found["POTHOLE"]["expected_datetime"])
    assert timedelta(0) < promised - datetime.now(UTC) <= timedelta(days=30)


@pytest.mark.both_formats
def test_a_department_is_explained_in_the_words_of_its_rule(api: Api, database: str) -> None:
    """What the rule says for staff is never shown"""
    change = "UPDATE routing_rules SET public_reason = %s, note = 'Staff only' WHERE code = %s"
    with psycopg.connect(database) as connection:
        connection.execute(change, ["Because of the river.", "pothole-west"])
    answer = api.get("v2/services", lat="0.5", long="-0.5", extensions="true")
    with psycopg.connect(database) as connection:
        connection.execute(change, ["", "pothole-west"])
    found = {row["service_code"]: row["extended_attributes"] for row in answer.document}
    assert found["POTHOLE"]["agency_reason"]["text"] == "Because of the river."
    assert not found["POTHOLE"]["agency_reason"]["boundaries"]
    assert not found["LAMP"]["agency_reason"]
    assert "Staff only" not in str(answer.document)


def test_services_are_pure_without_being_asked(api: Api) -> None:
    for asked in ({"lat": "0.5", "long": "-0.5"}, {"extensions": "true"}, {}):
        assert all(
            "extended_attributes" not in row for row in api.get("v2/services", **asked).document
        )
