"""LST and ONE: reading service requests."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from georeport_client import KEYS, Answer, Api
from servers import running_server

from schemas.vocabulary.statuses import DETAILED_STATUSES

SEEDED = ["26-0000006", "26-0000004", "26-0000003", "26-0000002"]  # the last 90 days, newest first
OLD = "20-0000001"  # 200 days


def ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def quiet_database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    """A database that no other test posts to."""
    return fresh_database(gridtown)


@pytest.fixture(scope="module")
def quiet_server(quiet_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(quiet_database, tmp_path_factory.mktemp("list") / "log") as address:
        yield address


@pytest.fixture
def api(quiet_server: str, format: str) -> Api:
    return Api(quiet_server, format, KEYS["gridtown.example"])


@pytest.mark.both_formats
def test_the_list_is_the_last_90_days_newest_first(api: Api) -> None:
    """LST-01, LST-05, LST-20"""
    answer = api.get("v2/requests")
    if api.format == "xml":
        assert answer.root.tag == "service_requests"
        assert {element.tag for element in answer.root} == {"request"}
    assert answer.ids() == SEEDED


def test_rows_hold_the_fields_of_the_standard(api: Api) -> None:
    """LST-02, LST-03, LST-04"""
    for row in api.get("v2/requests").document:
        assert all(
            row[name]
            for name in ("service_request_id", "status", "service_code", "requested_datetime")
        )
        assert {"address", "long", "status_notes", "agency_responsible"} <= set(row)
        assert row["status"] in {"open", "closed"}


def test_start_and_end_are_both_included(api: Api) -> None:
    """LST-07"""
    requested = api.one("26-0000003")["requested_datetime"]
    assert api.get("v2/requests", start_date=requested, end_date=requested).ids() == ["26-0000003"]
    second = timedelta(seconds=1)
    moment = datetime.fromisoformat(requested)
    after = (moment + second).isoformat()
    before = (moment - second).isoformat()
    assert "26-0000003" not in api.get("v2/requests", start_date=after).ids()
    assert "26-0000003" not in api.get("v2/requests", end_date=before).ids()


def test_a_range_of_more_than_90_days_is_refused(api: Api) -> None:
    """LST-08"""
    answer = api.get("v2/requests", start_date=ago(91), end_date=ago(0))
    assert answer.status == 400
    assert "90 days" in answer.sentences[0]
    assert api.get("v2/requests", start_date=ago(90), end_date=ago(0)).status == 200


def test_one_date_alone_opens_a_window_of_90_days(api: Api) -> None:
    """LST-09"""
    assert api.get("v2/requests", start_date=ago(31)).ids() == SEEDED[:3]
    assert api.get("v2/requests", start_date=ago(201)).ids() == [OLD]
    assert api.get("v2/requests", end_date=ago(190)).ids() == [OLD]


def window(answer: Answer) -> tuple[str | None, str | None]:
    headers = answer.response.headers
    return headers.get("X-Start-Date"), headers.get("X-End-Date")


@pytest.mark.both_formats
def test_headers_tell_the_window_of_a_list_even_of_an_empty_one(api: Api) -> None:
    empty = api.get("v2/requests", start_date="2020-01-01T00:00:00Z")
    assert empty.ids() == []
    assert window(empty) == ("2020-01-01T00:00:00Z", "2020-03-31T00:00:00Z")
    updates = api.get("v2/servicerequestupdates", start_date="2020-01-01T00:00:00Z")
    assert window(updates) == window(empty)
    alone = api.get("v2/requests", end_date="2020-03-31T00:00:00Z")
    assert window(alone) == ("2020-01-01T00:00:00Z", "2020-03-31T00:00:00Z")
    start, end = window(api.get("v2/requests", start_date=ago(31)))
    assert start is not None
    assert end is not None
    assert ago(31) >= start
    assert ago(1) < end <= ago(0)
    assert window(api.get("v2/requests", service_request_id=OLD)) == (None, None)
    assert window(api.get("v2/requests", updated_after=ago(1))) == (None, None)
    shown = api.send("GET", "v2/requests", headers={"Origin": "https://map.example"})
    exposed = shown.response.headers["Access-Control-Expose-Headers"]
    assert {"X-Start-Date", "X-End-Date"} <= set(exposed.split(", "))


@pytest.mark.parametrize(
    ("text", "in_new_york", "in_berlin"),
    [
        ("11/27/2026", "2026-11-27T05:00:00Z", "2026-11-26T23:00:00Z"),
        ("27.11.2026", "2026-11-27T05:00:00Z", "2026-11-26T23:00:00Z"),
        ("2026/11/27", "2026-11-27T05:00:00Z", "2026-11-26T23:00:00Z"),
        ("Nov 27, 2026", "2026-11-27T05:00:00Z", "2026-11-26T23:00:00Z"),
        ("11/12/2026", "2026-11-12T05:00:00Z", "2026-12-10T23:00:00Z"),
        ("11.12.2026", None, "2026-12-10T23:00:00Z"),
        ("11/27/26", "2026-11-27T05:00:00Z", None),
        ("2026-11-27t00:00:00z", "2026-11-27T00:00:00Z", "2026-11-27T00:00:00Z"),
    ],
)
def test_dates_of_phones_are_read_as_in_the_country_of_the_city(
    two_towns_api: Api, text: str, in_new_york: str | None, in_berlin: str | None
) -> None:
    for city, expected in (("gridtown", in_new_york), ("hilltown", in_berlin)):
        asked = {"jurisdiction_id": f"{city}.example", "start_date": text, "end_date": text}
        answer = two_towns_api.get("v2/requests", **asked)
        if expected is None:
            example = "11/27/2026" if city == "gridtown" else "27.11.2026"
            for sentence in answer.sentences:
                assert sentence.endswith(f"or a date such as {example}.")
        else:
            assert window(answer)[0] == expected


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "12:00", "2026-W10-1", "0000-00-00"])
def test_what_is_no_date_is_refused(api: Api, value: str) -> None:
    """LST-10"""
    for name in ("start_date", "end_date"):
        answer = api.get("v2/requests", **{name: value})
        assert answer.status == 400
        assert name in answer.sentences[0]


def test_an_end_before_its_start_is_refused(api: Api) -> None:
    answer = api.get("v2/requests", start_date=ago(1), end_date=ago(2))
    assert answer.status == 400
    assert "end_date" in answer.sentences[0]


def test_dates_are_taken_as_clients_write_them(api: Api) -> None:
    """LST-10"""
    moment = datetime.fromisoformat(api.one("26-0000003")["requested_datetime"])
    for text in (
        moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        moment.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        moment.strftime("%Y-%m-%dT%H:%M:%S 00:00"),
        (moment + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00"),
    ):
        ids = api.get("v2/requests", start_date=text, end_date=text).ids()
        assert ids == ["26-0000003"], text
    day = moment.astimezone().strftime("%Y-%m-%d")
    assert api.get("v2/requests", start_date=day, end_date=day).status == 200


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("open", ["26-0000006", "26-0000004", "26-0000003"]),
        ("closed", ["26-0000002"]),
        ("open,closed", SEEDED),
        ("closed, open", SEEDED),
    ],
)
def test_status_filters(api: Api, status: str, expected: list[str]) -> None:
    """LST-11"""
    assert api.get("v2/requests", status=status).ids() == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("0042", ["26-0000003"]),
        ("0042,POTHOLE", ["26-0000003", "26-0000002"]),
        (" 0042 , POTHOLE ,", ["26-0000003", "26-0000002"]),
        (["0042", "POTHOLE"], ["26-0000003", "26-0000002"]),
        ("0042,NOTHING", ["26-0000003"]),
        ("NOTHING", []),
    ],
)
def test_service_code_filters(api: Api, codes: str, expected: list[str]) -> None:
    """LST-12, LST-16"""
    assert api.get("v2/requests", service_code=codes).ids() == expected


def test_ids_give_exactly_the_known_ones_whatever_else_is_asked(api: Api) -> None:
    """LST-13, LST-14"""
    ids = f"{OLD}, 26-0000003,unknown,26-0000005"
    assert api.get("v2/requests", service_request_id=ids).ids() == ["26-0000003", OLD]
    answer = api.get(
        "v2/requests",
        service_request_id=ids,
        status="nonsense",
        service_code="LAMP",
        start_date="nonsense",
        end_date="2001-01-01",
    )
    assert answer.ids() == ["26-0000003", OLD]


def test_an_unknown_status_is_refused(api: Api) -> None:
    """LST-15"""
    answer = api.get("v2/requests", status="open,done")
    assert answer.status == 400
    assert answer.sentences == [
        f"status must be one of {', '.join(DETAILED_STATUSES)}. 'done' is not a status."
    ]


def test_a_closed_request_was_updated_when_it_was_closed(api: Api) -> None:
    """LST-17"""
    closed = api.one("26-0000002")
    assert closed["status_notes"] == "Filled as well."
    moments = [
        datetime.fromisoformat(closed[name]) for name in ("requested_datetime", "updated_datetime")
    ]
    assert moments[1] - moments[0] == timedelta(days=10)


def test_closing_moves_status_notes_and_time(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path: Path,
    format: str,
) -> None:
    """LST-17"""
    database = fresh_database(gridtown)
    run_command(database, "requests", "close", "26-0000003", "Counted and done.")
    with running_server(database, tmp_path / "log") as address:
        row = Api(address, format, "").one("26-0000003")
    assert (row["status"], row["status_notes"]) == ("closed", "Counted and done.")
    updated = datetime.fromisoformat(row["updated_datetime"])
    assert timedelta() <= datetime.now(UTC) - updated < timedelta(minutes=1)


def test_coordinates_are_numbers(quiet_server: str) -> None:
    """LST-18, ONE-01"""
    rows = Api(quiet_server, "json", "").get("v2/requests").document
    located = [row for row in rows if row["lat"] is not None]
    assert len(located) == 3
    for row in located:
        assert isinstance(row["lat"], float)
        assert isinstance(row["long"], float)


@pytest.mark.both_formats
def test_one_is_the_row_of_the_list(api: Api) -> None:
    """ONE-01"""
    for row in api.get("v2/requests").document:
        answer = api.get(f"v2/requests/{row['service_request_id']}")
        if api.format == "xml":
            assert answer.root.tag == "service_requests"
        assert answer.document == [row]


@pytest.mark.parametrize("id_", ["nothing", "26-0000005", "26-9999999", "..%2f..", "%00"])
def test_what_is_unknown_or_not_public_is_not_found(api: Api, id_: str) -> None:
    """ONE-02; 26-0000005 is a blackbox request"""
    answer = api.get(f"v2/requests/{id_}")
    assert answer.status == 404
    assert answer.sentences


def test_an_old_one_is_found_by_its_id(api: Api) -> None:
    """ONE-03"""
    assert api.one(OLD)["status_notes"] == "Filled."


def test_boundaries_are_shown_when_asked_for(api: Api) -> None:
    """EXT-04"""
    row = api.one("26-0000002", extensions="true")
    assert row["extended_attributes"]["boundaries"] == {"ward": "10"}
    assert "extended_attributes" not in api.one("26-0000002")
    rows = api.get("v2/requests", extensions="true").document
    assert [row["extended_attributes"]["boundaries"] for row in rows] == [
        {"ward": "10"},
        {},
        {"ward": "10"},
        {"ward": "10"},
    ]


def test_a_list_has_more_than_1000_rows_only_for_more_ids(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path, format: str
) -> None:
    """LST-06; FixMyStreet lists the ids of all requests that it knows, and reads no second page"""
    database = fresh_database(gridtown)
    with psycopg.connect(database) as connection:
        columns = [
            row[0]
            for row in connection.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'service_requests' AND is_generated = 'NEVER'"
                " AND column_name NOT IN ('pk', 'service_request_id', 'token')"
            )
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        connection.execute(
            f"INSERT INTO service_requests (service_request_id, {names})"
            f" SELECT 'copy-' || n, {names} FROM service_requests, generate_series(1, 1200) AS n"
            " WHERE service_request_id = '26-0000003'"
        )
    with running_server(database, tmp_path / "log") as address:
        api = Api(address, format, "")
        ids = api.get("v2/requests").ids()
        again = api.get("v2/requests").ids()
        copies = [f"copy-{number}" for number in range(1, 1201)]
        wanted = {"service_request_id": ",".join([*copies, "unknown"])}
        assert sorted(api.get("v2/requests", **wanted).ids()) == sorted(copies)
        assert len(api.get("v2/requests", **wanted, page_size=1000).ids()) == 1000
    assert len(ids) == 1000
    assert ids == again
    assert ids[:2] == SEEDED[:2]
