"""EXT-03 and EXT-06: lists narrowed by change, place, words and department."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from georeport_client import Api

ALL = ["26-0000006", "26-0000004", "26-0000003", "26-0000002"]  # of the last 90 days
OLD = "20-0000001"


def test_updates_are_filtered_with_both_ends_included_and_without_a_window(still_api: Api) -> None:
    """EXT-03"""
    moment = still_api.one(OLD)["updated_datetime"]
    later = (datetime.fromisoformat(moment) + timedelta(seconds=1)).isoformat()
    assert still_api.get("v2/requests", updated_after=moment).ids() == [*ALL, OLD]
    assert still_api.get("v2/requests", updated_after=later).ids() == ALL
    assert still_api.get("v2/requests", updated_before=moment).ids() == [OLD]
    assert still_api.get("v2/requests", updated_after=moment, updated_before=moment).ids() == [OLD]


def test_dates_that_are_given_still_filter_updates(still_api: Api) -> None:
    """EXT-03"""
    old = {"updated_after": "2000-01-01"}
    start = still_api.one("26-0000003")["requested_datetime"]
    assert still_api.get("v2/requests", **old, start_date=start).ids() == ALL[:3]
    assert still_api.get("v2/requests", **old, end_date=start).ids() == [*ALL[2:], OLD]
    assert still_api.get("v2/requests", **old, start_date="2001-01-01", end_date=start).ids() == [
        *ALL[2:],
        OLD,
    ]
    answer = still_api.get("v2/requests", **old, start_date=start, end_date="2001-01-01")
    assert answer.status == 400


@pytest.mark.parametrize("name", ["updated_after", "updated_before"])
def test_what_is_no_date_is_refused(still_api: Api, name: str) -> None:
    answer = still_api.get("v2/requests", **{name: "lately"})
    assert answer.status == 400
    assert name in answer.sentences[0]


@pytest.mark.parametrize(
    ("bbox", "expected"),
    [
        ("0,0,1,1", ["26-0000006", "26-0000002"]),
        ("0; 0; 1; 1", ["26-0000006", "26-0000002"]),
        ("0.5,-0.5,0.5,0.5", ["26-0000006", "26-0000003", "26-0000002"]),
        ("0.5,0.5,0.5,0.5", ["26-0000006", "26-0000002"]),
        ("0.50000001,0,1,1", []),
        ("0,0,0.49999999,1", []),
        ("-180,-90,180,90", ["26-0000006", "26-0000003", "26-0000002"]),
        ("0.4,0,-170,1", ["26-0000006", "26-0000002"]),
        ("170,0,0.4,1", []),
        ("170,0,0.5,1", ["26-0000006", "26-0000002"]),
    ],
)
def test_a_bbox_holds_what_lies_in_it_edges_included(
    still_api: Api, bbox: str, expected: list[str]
) -> None:
    """EXT-06"""
    assert still_api.get("v2/requests", bbox=bbox).ids() == expected


@pytest.mark.parametrize(
    "bbox",
    ["0,0,1", "0,0,1,1,1", "a,b,c,d", "0,1,1,0", "0,-91,1,1", "-181,0,1,1", "nan,0,1,1", ","],
)
def test_what_is_no_bbox_is_refused(still_api: Api, bbox: str) -> None:
    answer = still_api.get("v2/requests", bbox=bbox)
    assert answer.status == 400
    assert answer.sentences[0].startswith("bbox")


@pytest.mark.parametrize(
    ("lat", "long", "radius", "expected"),
    [
        (0.5, 0.5, 1, ["26-0000006", "26-0000002"]),
        (0.5, 0.501, 112, ["26-0000006", "26-0000002"]),  # 111.3 m
        (0.5, 0.501, 111, []),
        (0.501, 0.5, 111, ["26-0000006", "26-0000002"]),  # 110.6 m
        (0.501, 0.5, 110, []),
        (0, 0, 80_000, ["26-0000006", "26-0000003", "26-0000002"]),
    ],
)
def test_a_radius_is_meters_on_the_ground(
    still_api: Api, lat: float, long: float, radius: float, expected: list[str]
) -> None:
    """EXT-06"""
    answer = still_api.get("v2/requests", lat=lat, long=long, radius=radius)
    assert answer.ids() == expected
    assert still_api.get("v2/requests", lat=lat, lon=long, radius=radius).ids() == expected


def test_lat_and_long_without_a_radius_mean_one_kilometer(still_api: Api) -> None:
    for radius in ({}, {"radius": ""}):
        around = {"lat": 0.508, "long": 0.5, **radius}  # 885 m away
        assert still_api.get("v2/requests", **around).ids() == ["26-0000006", "26-0000002"]
        farther = {"lat": 0.51, "long": 0.5, **radius}  # 1,106 m away
        assert still_api.get("v2/requests", **farther).ids() == []


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [
        ({"lat": 0}, ["long", "radius"]),
        ({"lat": 0, "radius": 5}, ["long"]),
        ({"long": 0, "radius": 5}, ["lat"]),
        ({"radius": 5, "lat": ""}, ["lat", "long"]),
    ],
)
def test_what_is_missing_of_a_place_is_named(
    still_api: Api, parameters: dict[str, Any], missing: list[str]
) -> None:
    """EXT-06"""
    answer = still_api.get("v2/requests", **parameters)
    assert answer.status == 400
    assert [sentence.split()[0] for sentence in answer.sentences] == missing


@pytest.mark.parametrize("radius", ["0", "-1", "100001", "nan", "1e309", "far"])
def test_what_is_no_radius_is_refused(still_api: Api, radius: str) -> None:
    answer = still_api.get("v2/requests", lat=0, long=0, radius=radius)
    assert answer.status == 400
    assert answer.sentences[0].startswith("radius must be")


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("days", ["26-0000004", "26-0000003", "26-0000002"]),
        ("DAYS ago ten", ["26-0000004"]),
        ("sixty pothole", ["26-0000002"]),  # the one in the description, the other in the service
        ("lamp dark", ["26-0000006"]),
        ('"long street"', ["26-0000002"]),
        ('"street long"', []),
        ("street -long -short", ["26-0000006", "26-0000004"]),
        ("street -lamp -survey", ["26-0000003", "26-0000002"]),
        ("sixty or ten", ["26-0000004", "26-0000002"]),
        ("26-0000003", ["26-0000003"]),
        ("hole", []),
        ("&|!:*() days <->", ["26-0000004", "26-0000003", "26-0000002"]),
        ("'; drop", []),
    ],
)
def test_words_are_found_in_texts_service_names_and_ids(
    still_api: Api, q: str, expected: list[str]
) -> None:
    assert still_api.get("v2/requests", q=q).ids() == expected


def test_words_are_not_found_in_what_is_not_public(still_api: Api) -> None:
    assert still_api.get("v2/requests", q="confidence").ids() == []
    assert still_api.get("v2/requests", q="waiting").ids() == []


@pytest.mark.parametrize("q", ["!", "- &", "x" * 201])
def test_what_holds_no_words_or_far_too_many_is_refused(still_api: Api, q: str) -> None:
    answer = still_api.get("v2/requests", q=q)
    assert answer.status == 400
    assert answer.sentences[0].startswith("q ")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Light Works", ["26-0000006"]),
        ("light works", ["26-0000006"]),
        ("LIGHTS", ["26-0000006"]),
        ("lights|East Yard", ["26-0000006", "26-0000002"]),
        (["lights", "east | nothing"], ["26-0000006", "26-0000002"]),
        ("Light", []),
        ("|", ALL),
    ],
)
def test_departments_are_found_by_name_or_code(
    still_api: Api, names: str, expected: list[str]
) -> None:
    assert still_api.get("v2/requests", agency_responsible=names).ids() == expected


NAMES = (
    *("updated_after", "updated_before", "bbox", "lat", "long", "radius", "q"),
    "agency_responsible",
)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_filter_is_an_absent_one(still_api: Api, name: str) -> None:
    """GEN-10"""
    assert still_api.get("v2/requests", **{name: " "}).ids() == ALL


def test_services_are_those_of_the_place(two_towns_api: Api) -> None:
    """EXT-06: Gridtown takes nothing from outside of its area, Hilltown has none"""
    town, hill = ({"jurisdiction_id": f"{name}.example"} for name in ("gridtown", "hilltown"))
    everything = two_towns_api.get("v2/services", **town).document
    inside = two_towns_api.get("v2/services", lat=0.5, long=0.5, **town)
    assert inside.document == everything
    assert two_towns_api.get("v2/services", lat=50, long=8, **town).document == []
    assert len(two_towns_api.get("v2/services", lat=50, long=8, **hill).document) == 2


@pytest.mark.parametrize(("name", "missing"), [("lat", "long"), ("long", "lat")])
def test_half_a_place_is_refused(still_api: Api, name: str, missing: str) -> None:
    """EXT-06"""
    answer = still_api.get("v2/services", **{name: 0})
    assert answer.status == 400
    assert answer.sentences[0].startswith(f"{missing} is required")
