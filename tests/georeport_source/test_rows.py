"""Rows as servers send them, good and bad, by table."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import Point
from open311.georeport_source.service_requests import check_rows
from schemas.vocabulary.statuses import CLOSED_STATUSES, OPEN_STATUSES, STATUS_WORDS

NOW = datetime(2026, 3, 10, tzinfo=UTC)
REQUESTED = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
ROW = {
    "service_request_id": "7",
    "service_code": "LAMP",
    "requested_datetime": "2026-03-09T14:05:00Z",
    "lat": 0.5,
    "long": -0.5,
}


def only(row: Any) -> Any:
    """Return what one row is read as, or why it is refused."""
    good, bad = check_rows([row], NOW, ZoneInfo("America/New_York"))
    [result] = [*good, *bad]
    return result


@pytest.mark.parametrize(
    ("sent", "name", "read"),
    [
        ({"service_request_id": 7}, "service_request_id", "7"),
        ({"service_request_id": 7.0}, "service_request_id", "7"),
        ({"service_request_id": " A-7 "}, "service_request_id", "A-7"),
        ({"service_code": 17}, "service_code", "17"),
        ({"lat": "0.5", "long": " -0.5 "}, "point", Point(lat=0.5, long=-0.5)),
        ({"lat": 0, "long": 0}, "point", Point(lat=0, long=0)),
        ({"lat": 1e-7, "long": "1e-7"}, "point", Point(lat=1e-7, long=1e-7)),
        ({"long": None, "lon": 0.25}, "point", Point(lat=0.5, long=0.25)),
        ({"long": "", "lng": "0.25"}, "point", Point(lat=0.5, long=0.25)),
        ({"lat": None, "long": None, "address": "1 Street"}, "point", None),
        ({"lat": 0.5, "long": None, "address": "1 Street"}, "point", None),
        ({"address_string": "1 Street"}, "address_string", "1 Street"),
        ({"address": "2 Street", "address_string": "1 Street"}, "address_string", "2 Street"),
        ({"zipcode": 43130}, "zipcode", "43130"),
        ({"description": None}, "description", ""),
        ({"description": "Line\r\n<b>one</b>\x00"}, "description", "Line\r\n<b>one</b>"),
        ({"description": "ß" * 4000}, "description", "ß" * 4000),
        ({"status": None}, "detailed_status", "open"),
        ({"status": "CLOSED"}, "detailed_status", "closed"),
        ({"status": "In Progress"}, "detailed_status", "in_progress"),
        ({"status": "NO_FURTHER_ACTION"}, "detailed_status", "no_further_action"),
        ({"status": "Closed - Duplicate"}, "detailed_status", "closed"),
        ({"status": "PROCESSED"}, "detailed_status", "closed"),
        ({"status": "REJECTED"}, "detailed_status", "no_further_action"),
        ({"status": "reopen"}, "detailed_status", "open"),
        ({"status": "gone fishing"}, "detailed_status", "open"),
        ({"status": "Work Order Created"}, "detailed_status", "action_scheduled"),
        ({"address": "x" * 1001}, "address_string", "x" * 994 + " [cut]"),
        ({"lat": 0, "long": "0.0", "address": "1 Main St"}, "point", None),
        ({"status_note": "Done."}, "status_notes", "Done."),
        ({"media_url": "https://a.example/1.jpg "}, "media", ["https://a.example/1.jpg"]),
        (
            {"media_url": ["", "http://a.example/1", "http://a.example/2"]},
            "media",
            ["http://a.example/1", "http://a.example/2"],
        ),
        (
            {"media_url": [{"id": 1, "url": "http://a.example/1"}]},
            "media",
            ["http://a.example/1"],
        ),
        ({"media_url": "https://a.example/\x001"}, "media", ["https://a.example/1"]),
        ({"media_url": "javascript:alert(1)"}, "media", []),
        ({"media_url": {"a": 1}}, "media", []),
        ({"requested_datetime": "2026-03-09T14:05:00.999Z"}, "requested", REQUESTED),
        ({"requested_datetime": "2026-03-09T09:05:00-05:00"}, "requested", REQUESTED),
        ({"requested_datetime": "2026-03-09T14:05:00+0000"}, "requested", REQUESTED),
        ({"requested_datetime": "2026-03-09 10:05"}, "requested", REQUESTED),
        ({"requested_datetime": "2026-03-09T10:05:00"}, "requested", REQUESTED),
        ({"requested_datetime": "2026-03-09"}, "requested", datetime(2026, 3, 9, 4, tzinfo=UTC)),
        ({"updated_datetime": None}, "updated", None),
        (
            {"updated_datetime": "2026-03-09T15:00:00Z"},
            "updated",
            REQUESTED.replace(hour=15, minute=0),
        ),
        ({"updated_datetime": "2026-03-01T00:00:00Z"}, "updated", REQUESTED),
        ({"updated_datetime": "2027-03-01T00:00:00Z"}, "updated", NOW),
        ({"Service_Code": "X", "service_code": None}, "service_code", "X"),
        ({"agency_responsible": {"recipient": ["A"]}, "requestor_name": "N. N."}, "address_id", ""),
    ],
)
def test_a_row_is_read_whatever_its_spelling(sent: dict[str, Any], name: str, read: Any) -> None:
    assert getattr(only({**ROW, **sent}), name) == read


@pytest.mark.parametrize(
    ("sent", "reason", "detail"),
    [
        ({"service_request_id": None}, "no service_request_id", "service_request_id"),
        ({"service_request_id": ""}, "no service_request_id", "service_request_id"),
        ({"service_request_id": "7" * 201}, "no service_request_id", "200 characters or fewer"),
        ({"service_request_id": {"a": 1}}, "no service_request_id", "service_request_id"),
        ({"service_code": None}, "no service_code", "service_code"),
        ({"lat": None, "long": None}, "no place", "nor an address"),
        ({"lat": None}, "no place", "nor an address"),
        ({"lat": None, "long": None, "address_id": "17"}, "no place", "nor an address"),
        ({"lat": "here"}, "unusable lat or long", "lat must be"),
        ({"lat": 91}, "unusable lat or long", "lat must be"),
        ({"long": "1,5"}, "unusable lat or long", "long must be"),
        ({"lat": [1]}, "unusable lat or long", "lat must be"),
        ({"requested_datetime": None}, "unusable requested_datetime", "requested_datetime"),
        (
            {"requested_datetime": "yesterday"},
            "unusable requested_datetime",
            "must be an ISO 8601 date",
        ),
        (
            {"requested_datetime": 1_400_000_000},
            "unusable requested_datetime",
            "must be an ISO 8601 date",
        ),
        ({"requested_datetime": "2026-03-10T00:00:01Z"}, "unusable requested_datetime", "future"),
        ({"updated_datetime": "soon"}, "unusable updated_datetime", "must be an ISO 8601 date"),
        ({"description": ["a"]}, "unusable description", "description"),
    ],
)
def test_a_bad_row_is_skipped_with_what_is_wrong(
    sent: dict[str, Any], reason: str, detail: str
) -> None:
    skipped = only({**ROW, **sent})
    assert skipped.reason == reason
    assert detail in skipped.detail


def test_of_rows_with_one_id_the_first_is_taken() -> None:
    rows = [{**ROW, "service_request_id": id_, "address": f"{id_!r}"} for id_ in (7, "7", 7.0)]
    good, bad = check_rows(rows, NOW, UTC)
    assert [row.address_string for row in good] == ["7"]
    assert bad == []


@pytest.mark.parametrize("row", [None, "text", 7, [], [[293944]], True])
def test_what_is_no_object_is_skipped(row: Any) -> None:
    assert only(row).reason == "no named values"


SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text("a1 .:-\0ü", max_size=20)
VALUES = (
    SIMPLE | st.lists(SIMPLE, max_size=2) | st.dictionaries(st.sampled_from(["url", "x"]), SIMPLE)
)


@given(
    st.dictionaries(
        st.sampled_from([*ROW, "status", "media_url", "updated_datetime", "address"]), VALUES
    )
)
def test_no_row_of_whatever_values_stops_the_import(values: dict[str, Any]) -> None:
    assert only({**ROW, **values})


def test_every_status_word_stands_for_a_status_that_is_known_here() -> None:
    assert set(STATUS_WORDS.values()) == {*OPEN_STATUSES, *CLOSED_STATUSES}
