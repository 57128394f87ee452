"""What GET /requests takes: filters, ids that override them, and the window of 90 days."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.errors import list_problems
from schemas.fields import w3c
from schemas.search.cursors import Cursor, encode
from schemas.search.request_filters import ServiceRequestFiltersSchema
from schemas.search.windows import check_length, check_order, list_window

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
DAYS_90 = timedelta(days=90)

moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from([NEW_YORK, UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")])
spans = st.timedeltas(timedelta(days=-5), timedelta(days=100)) | st.timedeltas(
    DAYS_90 - timedelta(hours=2), DAYS_90 + timedelta(hours=2)
)


NOTHING_ELSE = {
    **dict.fromkeys(("updated_after", "updated_before", "bbox", "polygon")),
    **dict.fromkeys(("lat", "long", "radius", "q", "work")),
    **dict.fromkeys(("closed_after", "closed_before", "due_after", "due_before")),
    "promise": [],
    "agency_responsible": [],
    "group": [],
    "boundary": [],
    "page": None,
    "page_size": 1000,
    "after": None,
    "sort": "-requested_datetime",
    "extensions": False,
}


def load(**sent: str | list[str]) -> dict[str, Any]:
    values = {name: [value] if isinstance(value, str) else value for name, value in sent.items()}
    return ServiceRequestFiltersSchema(clock=lambda: NOW, zone=NEW_YORK).load(values)


def refusal(**sent: str) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        load(**sent)
    return {one.field: one.key for one in list_problems(caught.value)}


def moment(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_without_filters_all_of_the_last_90_days_is_asked_for() -> None:
    assert load() == {
        "service_request_id": [],
        "service_code": [],
        "status": [],
        "start_date": NOW - DAYS_90,
        "end_date": NOW,
        "window_moves": True,
        "tombstones": False,
        **NOTHING_ELSE,
    }


@pytest.mark.parametrize(
    "name", ["service_request_id", "service_code", "status", "start_date", "end_date", "extensions"]
)
@pytest.mark.parametrize("empty", ["", " ", "\t", "\x00"])
def test_an_empty_filter_is_an_absent_one_and_leaves_the_others(name: str, empty: str) -> None:
    others = {"service_code": "LAMP", "status": "closed", "start_date": "2026-03-01"}
    others.pop(name, None)
    assert load(**{name: empty}, **others) == load(**others)


@pytest.mark.parametrize("empty", [",", " , ", ",\t,", "\x00,"])
def test_a_list_of_no_ids_is_an_absent_one_and_leaves_the_others(empty: str) -> None:
    others = {"service_code": "LAMP", "status": "closed", "start_date": "2026-03-01"}
    assert load(service_request_id=empty, **others) == load(**others)


def test_filters_are_lists_in_one_parameter_or_in_several() -> None:
    loaded = load(service_code=["LAMP, 0042", "TIP"], status="open , closed")
    assert loaded["service_code"] == ["LAMP", "0042", "TIP"]
    assert loaded["status"] == ["open", "closed"]


@pytest.mark.parametrize("status", ["pending", "open,done", "open closed"])
def test_an_unknown_status_is_refused(status: str) -> None:
    assert refusal(status=status) == {"status": "status.filter"}


@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_a_date_that_is_none_is_refused_by_its_name(name: str) -> None:
    assert refusal(**{name: "yesterday"}) == {name: "field.date"}


def test_dates_without_a_zone_are_days_of_the_city_both_included() -> None:
    loaded = load(start_date="2026-02-01", end_date="2026-02-28")
    assert w3c(loaded["start_date"]) == "2026-02-01T05:00:00Z"
    assert w3c(loaded["end_date"]) == "2026-03-01T04:59:59Z"


def test_ids_override_everything_else_even_what_is_wrong() -> None:
    loaded = load(
        service_request_id="a, b",
        service_code="LAMP",
        status="pending",
        start_date="never",
        end_date="1999-01-01",
    )
    assert loaded == {
        "service_request_id": ["a", "b"],
        "service_code": [],
        "status": [],
        "start_date": None,
        "end_date": None,
        "window_moves": False,
        "tombstones": False,
        **NOTHING_ELSE,
    }


def test_tombstones_are_no_filter_and_stay_beside_ids() -> None:
    assert load(service_request_id="a", tombstones="true")["tombstones"] is True
    assert "tombstones" in refusal(tombstones="perhaps")


def test_statuses_are_taken_in_any_spelling() -> None:
    assert load(status="OPEN,In Progress")["status"] == ["open", "in_progress"]


def test_extensions_are_no_filter_and_stay_beside_ids() -> None:
    assert load(service_request_id="a", extensions="true")["extensions"] is True
    assert load(extensions="TRUE")["extensions"] is True
    assert "extensions" in refusal(extensions="perhaps")


def test_one_request_of_a_zone_does_not_set_the_zone_of_the_next() -> None:
    berlin = ServiceRequestFiltersSchema(clock=lambda: NOW, zone=ZoneInfo("Europe/Berlin"))
    loaded = load(start_date="2026-02-01")
    assert w3c(loaded["start_date"]) == "2026-02-01T05:00:00Z"
    assert w3c(berlin.load({"start_date": ["2026-02-01"]})["start_date"]) == "2026-01-31T23:00:00Z"


def window(
    start: datetime | None, end: datetime | None, *, now: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    check_order(start, end)
    check_length(start, end, zone=zone)
    return list_window(start, end, now=now)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, (NOW - DAYS_90, NOW)),
        (NOW - timedelta(days=5), None, (NOW - timedelta(days=5), NOW)),
        (NOW - DAYS_90, None, (NOW - DAYS_90, NOW)),
        (
            NOW - timedelta(days=200),
            None,
            (NOW - timedelta(days=200), NOW - timedelta(days=110)),
        ),
        (NOW + timedelta(days=1), None, (NOW + timedelta(days=1), NOW + timedelta(days=1))),
        (None, NOW - timedelta(days=200), (NOW - timedelta(days=290), NOW - timedelta(days=200))),
        (None, NOW + timedelta(days=30), (NOW - timedelta(days=60), NOW + timedelta(days=30))),
        (NOW - DAYS_90, NOW, (NOW - DAYS_90, NOW)),
        (NOW, NOW, (NOW, NOW)),
    ],
)
def test_the_window_is_what_the_standard_says(
    start: datetime | None, end: datetime | None, expected: tuple[datetime, datetime]
) -> None:
    """LST-05, LST-09"""
    assert window(start, end, now=NOW, zone=NEW_YORK) == expected


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (moment("2026-01-15"), moment("2026-04-15")),  # an hour short of 90 days
        (moment("2026-08-15"), moment("2026-11-13")),  # an hour more than 90 days
        (moment("2026-01-15"), moment("2026-01-15") + DAYS_90),
        (moment("2026-05-01"), moment("2026-07-29T23:59:59")),
    ],
)
def test_90_days_by_the_clock_of_the_city_or_of_utc_are_90_days(
    start: datetime, end: datetime
) -> None:
    assert window(start, end, now=NOW, zone=NEW_YORK) == (start, end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (moment("2026-08-15"), moment("2026-11-13T00:00:01")),
        (moment("2026-01-15"), moment("2026-01-15") + DAYS_90 + timedelta(seconds=1)),
        (moment("2026-05-01"), moment("2026-07-30T00:00:01")),
        (moment("2025-01-01"), moment("2026-01-01")),
    ],
)
def test_a_second_more_than_90_days_is_refused(start: datetime, end: datetime) -> None:
    """LST-08"""
    with pytest.raises(ValidationError, match=r"dates\.too_far_apart"):
        window(start, end, now=NOW, zone=NEW_YORK)
    assert "start_date" in refusal(start_date=w3c(start), end_date=w3c(end))


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"dates\.reversed"):
        window(NOW, NOW - timedelta(microseconds=1), now=NOW, zone=NEW_YORK)
    assert "end_date" in refusal(start_date="2026-03-02", end_date="2026-03-01")


@given(st.none() | moments, st.none() | moments, moments, zones)
def test_a_window_with_an_open_side_is_always_there_and_never_longer_than_90_days(
    start: datetime | None, end: datetime | None, now: datetime, zone: ZoneInfo
) -> None:
    if start is None or end is None:
        first, last = window(start, end, now=now, zone=zone)
        assert timedelta(0) <= last - first <= DAYS_90
        assert first == (start or first)
        assert last == (end or last)


@given(moments, spans, moments, zones)
def test_a_window_asked_for_is_given_as_asked_or_refused_for_its_length_or_order(
    start: datetime, span: timedelta, now: datetime, zone: ZoneInfo
) -> None:
    end = start + span
    change = end.astimezone(zone).utcoffset() - start.astimezone(zone).utcoffset()
    allowed = span >= timedelta(0) and (span <= DAYS_90 or span + change <= DAYS_90)
    if allowed:
        assert window(start, end, now=now, zone=zone) == (start, end)
    else:
        with pytest.raises(ValidationError):
            window(start, end, now=now, zone=zone)


@pytest.mark.parametrize(
    "sent",
    [
        {"sort": "added"},
        {"sort": "changed"},
        {"after": encode(Cursor("changed", 7, 7))},
        {"updated_after": "2020-01-01"},
        {"updated_before": "2026-01-01"},
    ],
)
def test_who_asks_for_changes_asks_without_a_window(sent: dict[str, str]) -> None:
    """EXT-03"""
    assert [load(**sent)[date] for date in ("start_date", "end_date")] == [None, None]
    assert load(**sent)["window_moves"] is False
    dated = load(**sent, start_date="2001-01-01", end_date="2026-01-31")
    assert w3c(dated["start_date"]) == "2001-01-01T05:00:00Z"
    assert w3c(dated["end_date"]) == "2026-02-01T04:59:59Z"
    assert load(**sent, start_date="2001-01-01")["end_date"] is None
    assert "end_date" in refusal(**sent, start_date="2026-03-02", end_date="2026-03-01")


@pytest.mark.parametrize("sort", ["-requested_datetime", "updated_datetime"])
def test_other_orders_keep_the_window(sort: str) -> None:
    assert load(sort=sort)["start_date"] == NOW - DAYS_90


def test_a_window_moves_with_the_clock_only_where_no_date_holds_it() -> None:
    assert load(status="open")["window_moves"] is True
    for date in ("start_date", "end_date"):
        assert load(**{date: "2026-01-01"})["window_moves"] is False


def test_departments_are_separated_by_bars_or_sent_repeatedly() -> None:
    loaded = load(agency_responsible=["Street Division, North Yard | Parks", "LIGHTS"])
    assert loaded["agency_responsible"] == ["Street Division, North Yard", "Parks", "LIGHTS"]


def test_beside_ids_only_what_is_no_filter_counts() -> None:
    loaded = load(service_request_id="a", page="2", page_size="5", sort="added", lat="x", q="!")
    assert (loaded["page"], loaded["page_size"], loaded["sort"]) == (2, 5, "added")
    assert (loaded["lat"], loaded["q"]) == (None, None)
