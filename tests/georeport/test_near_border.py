"""Reports near a border: named to those who ask for extensions, and queued for a look."""

from collections.abc import Callable
from typing import Any

import pytest
from georeport_client import Api

NEAR = 0.00005  # degrees of longitude east of the wards' edge, some 5.6 m


def near_border(api: Api, **report: Any) -> dict[str, Any]:
    row = api.one(api.report(**report), extensions="true")
    return dict(row["extended_attributes"].get("near_border") or {})


def test_a_neighbor_within_ten_meters_is_named(api: Api) -> None:
    near = near_border(api, lat=0.5, long=NEAR)
    assert list(near) == ["ward"]
    assert (near["ward"]["code"], near["ward"]["name"]) == ("2", "West")
    assert float(near["ward"]["meters"]) == pytest.approx(5.6, abs=0.1)


def test_on_the_edge_the_other_ward_is_no_meters_away(api: Api) -> None:
    near = near_border(api, lat=0.5, long=0)
    assert (near["ward"]["code"], float(near["ward"]["meters"])) == ("10", 0)


@pytest.mark.parametrize(("accuracy", "expected"), [("5", []), ("6", ["ward"]), ("", ["ward"])])
def test_the_accuracy_that_is_sent_counts(api: Api, accuracy: str, expected: list[str]) -> None:
    assert list(near_border(api, lat=0.5, long=NEAR, accuracy=accuracy)) == expected


def test_far_from_any_border_none_is_named(api: Api) -> None:
    assert near_border(api, lat=0.5, long=0.5) == {}


def test_the_plain_standard_names_none(api: Api) -> None:
    assert "near_border" not in str(api.one(api.report(lat=0.5, long=NEAR)))


@pytest.mark.parametrize("accuracy", ["0", "-1", "near", "1e309", "100001"])
def test_an_accuracy_that_is_none_is_refused(api: Api, accuracy: str) -> None:
    answer = api.post(service_code="POTHOLE", lat=0.5, long=0.5, accuracy=accuracy)
    assert answer.status == 400
    assert "accuracy must be a number" in answer.response.text


def test_a_report_near_a_border_waits_to_be_looked_at(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    id_ = api.report(lat=0.5, long=NEAR)
    [line] = [line for line in run_command(database, "triage", "list").splitlines() if id_ in line]
    assert line.startswith(f"{id_} near_border POTHOLE at East Yard: 6 m from ward 2")
    assert line.endswith("where it would go to West Yard")
    assert run_command(database, "triage", "resolve", id_) == f"{id_}: 1 resolved.\n"
    assert id_ not in run_command(database, "triage", "list")
    other = run_command(database, "triage", "list", "--reason", "no_place")
    assert "near_border" not in other


def test_nobody_reviews_what_goes_to_the_same_department_on_both_sides(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    id_ = api.report(service_code="0042", lat=0.5, long=NEAR)
    row = api.one(id_, extensions="true")
    assert list(row["extended_attributes"]["near_border"]) == ["ward"]
    assert id_ not in run_command(database, "triage", "list")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"lat": "1.5", "long": "0.5"}, "The location is 55 km outside the"),
        ({"lat": "0.5", "long": "1.0001"}, "The location is 11 m outside the"),
    ],
)
def test_outside_it_is_said_how_far(api: Api, place: dict[str, str], words: str) -> None:
    answer = api.post(service_code="POTHOLE", **place)
    assert answer.status == 400
    assert words in answer.response.text
    assert "service area" in answer.response.text
