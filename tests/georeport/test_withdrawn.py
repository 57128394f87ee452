"""Service requests that were withdrawn: 410, left out of lists, a tombstone when asked for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from georeport_client import Api

TOMBSTONE = {
    "service_request_id",
    "status",
    "service_code",
    "requested_datetime",
    "updated_datetime",
    "deleted",
}


@pytest.fixture
def withdrawn(api: Api, database: str, run_command: Callable[..., str]) -> str:
    """The id of a report with an update, both full of what must go, which was withdrawn."""
    id_ = api.report(
        description="Unwanted words",
        address_string="Unwanted Street",
        address_id="unwanted-7",
        zipcode="unwanted",
        media_url="https://photos.example/unwanted.jpg",
        email="unwanted@mail.example",
    )
    answer = api.send(
        "POST",
        "v2/servicerequestupdates",
        data={
            "api_key": api.key,
            "service_request_id": id_,
            "update_id": "u-1",
            "updated_datetime": "2026-03-10T07:30:00Z",
            "status": "UNCHANGED",
            "description": "Unwanted remark",
            "media_url": "https://photos.example/unwanted-too.jpg",
            "email": "unwanted.too@mail.example",
        },
    )
    assert answer.status == 200
    told = run_command(database, "requests", "withdraw", id_)
    assert told == f"{id_} is withdrawn.\n"
    return id_


def test_what_was_withdrawn_is_gone_wherever_it_is_addressed(api: Api, withdrawn: str) -> None:
    for parameters in ({}, {"extensions": "true"}, {"tombstones": "true"}):
        answer = api.get(f"v2/requests/{withdrawn}", **parameters)
        assert answer.status == 410
        assert withdrawn in answer.sentences[0]
    sent = {"api_key": api.key, "service_request_id": withdrawn, "update_id": "u-2"}
    moment = {"updated_datetime": "2026-03-10T07:30:00Z", "status": "OPEN"}
    answer = api.send("POST", "v2/servicerequestupdates", data={**sent, **moment})
    assert answer.status == 410
    assert answer.sentences


def test_lists_leave_it_out(api: Api, withdrawn: str) -> None:
    assert withdrawn not in api.get("v2/requests").ids()
    assert api.get("v2/requests", service_request_id=withdrawn).ids() == []


def test_of_its_updates_only_its_withdrawal_is_listed(api: Api, withdrawn: str) -> None:
    """Clients such as FixMyStreet would otherwise show it as open forever"""
    [row] = api.get("v2/servicerequestupdates", service_request_id=withdrawn).document
    assert (row["status"], row["description"]) == ("cancelled", "This request was withdrawn.")


@pytest.mark.both_formats
@pytest.mark.parametrize("extensions", ["", "true"])
def test_who_asks_for_tombstones_sees_that_it_is_gone_and_nothing_else(
    api: Api, withdrawn: str, extensions: str
) -> None:
    asked = {"tombstones": "true", "extensions": extensions}
    [row] = api.get("v2/requests", service_request_id=withdrawn, **asked).document
    assert {name for name, value in row.items() if value is not None} == TOMBSTONE
    assert row["deleted"] == (True if api.format == "json" else "true")
    assert (row["service_request_id"], row["status"]) == (withdrawn, "closed")
    moment = datetime.fromisoformat(row["updated_datetime"])
    assert timedelta() <= datetime.now(UTC) - moment < timedelta(minutes=1)
    rows = api.get("v2/requests", **asked).document
    assert row in rows
    assert "unwanted" not in str(rows).lower()


def test_a_copy_that_follows_changes_is_told(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    id_ = api.report()
    walked = {"sort": "changed", "tombstones": "true", "service_code": "POTHOLE"}
    seen = api.get("v2/requests", updated_after="2020-01-01", **walked)
    while following := seen.response.links.get("next"):
        after = parse_qs(urlsplit(following["url"]).query)["after"][0]
        seen = api.get("v2/requests", after=after, **walked)
    cursor = seen.response.headers["X-Next-After"]
    run_command(database, "requests", "withdraw", id_)
    [row] = api.get("v2/requests", after=cursor, **walked).document
    assert (row["service_request_id"], row["status"]) == (id_, "closed")
    assert str(row["deleted"]).lower() == "true"
    without = {**walked, "tombstones": ""}
    assert api.get("v2/requests", after=cursor, **without).document == []


def test_only_tombstones_have_the_field_that_says_so(api: Api) -> None:
    for row in api.get("v2/requests", tombstones="true", status="open").document:
        assert "deleted" not in row
    ids = {"service_request_id": "26-0000002,26-0000003"}
    assert api.get("v2/requests", tombstones="true", **ids).document == (
        api.get("v2/requests", **ids).document
    )


def test_tombstones_are_asked_for_with_true_or_false(api: Api) -> None:
    answer = api.get("v2/requests", tombstones="perhaps")
    assert answer.status == 400
    assert "tombstones" in answer.sentences[0]


def stored(database: str, service_request_id: str) -> list[tuple[Any, ...]]:
    """Give all that is stored of a service request but its history."""
    belonging = "service_request_pk = (SELECT pk FROM service_requests WHERE service_request_id=%s)"
    of_updates = f"received_update_id IN (SELECT id FROM received_updates WHERE {belonging})"
    rows = []
    with psycopg.connect(database) as connection:
        for table, condition in {
            "service_requests": "service_request_id = %s",
            "media": belonging,
            "reporters": belonging,
            "received_updates": belonging,
            "update_reporters": of_updates,
        }.items():
            statement = f"SELECT '{table}', t::text FROM {table} t WHERE {condition}"
            rows += connection.execute(statement, [service_request_id]).fetchall()
    return rows


def test_nothing_of_what_was_told_stays_in_the_database(withdrawn: str, database: str) -> None:
    rows = stored(database, withdrawn)
    assert [table for table, _text in rows] == ["service_requests", "received_updates"]
    assert "unwanted" not in str(rows).lower()


def test_what_has_no_coordinates_can_be_withdrawn(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    id_ = api.report(address_string="Unwanted Street")
    run_command(database, "requests", "withdraw", id_)
    assert api.get(f"v2/requests/{id_}").status == 410
    assert "unwanted" not in str(stored(database, id_)).lower()


def test_the_tokens_that_led_to_it_say_that_it_is_gone(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    [receipt] = api.post(service_code="LAMP", lat=0.5, long=0.5).document
    token = receipt["token"]
    id_ = run_command(database, "requests", "approve", token).split()[1]
    sent = {"api_key": api.key, "service_request_id": id_, "update_id": "u-1", "status": "OPEN"}
    moment = {"updated_datetime": "2026-03-10T07:30:00Z"}
    answer = api.send("POST", "v2/servicerequestupdates", data={**sent, **moment})
    update_token = answer.document[0]["token"]
    run_command(database, "requests", "withdraw", id_)
    for path in (f"v2/tokens/{token}", f"v2/update_tokens/{update_token}"):
        answer = api.get(path)
        assert answer.status == 410
        assert answer.sentences
    assert update_token not in run_command(database, "updates", "approve")


def test_what_was_never_public_stays_unknown(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
) -> None:
    """26-0000005 is a blackbox request: to the public it never was"""
    database = fresh_database(gridtown)
    run_command(database, "requests", "withdraw", "26-0000005")
    with psycopg.connect(database) as connection:
        [row] = connection.execute(
            "SELECT public, description, address_string, status, detailed_status"
            " FROM service_requests WHERE service_request_id = '26-0000005'"
        ).fetchall()
    assert row == (False, "", "", "closed", "cancelled")
