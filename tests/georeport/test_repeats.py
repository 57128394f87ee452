"""The same report twice: answered once more, and stored once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from georeport_client import KEYS, Answer, Api, Sandbox
from images import from_a_phone
from servers import running_server

REPORT = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
REPLAYED = "Idempotency-Replayed"
KEY_TAKES = "1 to 255 printable ASCII"


def send(api: Api, key: str | None = None, files: Any = None, **fields: Any) -> Answer:
    """Post a report as an app does, which sends no number of its own with it."""
    data = {"api_key": api.key, **REPORT, **fields}
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.send("POST", "v2/requests", data=data, headers=headers, files=files)


def new() -> str:
    return str(uuid4())


def receipt(answer: Answer) -> dict[str, str]:
    assert answer.status == 200, answer.response.text
    [row] = answer.document
    return row


def is_repeated(answer: Answer, first: Answer) -> bool:
    """Return whether an answer repeats the first one; its header must say so."""
    same = answer.response.content == first.response.content
    assert (answer.response.headers.get(REPLAYED) == "true") == same
    return same


def age(database: str, hours: float) -> None:
    """Let all that was answered be this much older."""
    with psycopg.connect(database) as connection:
        statement = "UPDATE receipts SET received_at = received_at - make_interval(secs => %s)"
        connection.execute(statement, [hours * 3600])


def test_the_same_key_and_report_get_the_same_answer(api: Api) -> None:
    key = new()
    first = send(api, key)
    assert REPLAYED not in first.response.headers
    assert is_repeated(send(api, key), first)
    assert is_repeated(send(api, key), first)
    assert api.one(receipt(first)["service_request_id"])["status"] == "open"


@pytest.mark.parametrize("service_code", ["POTHOLE", "LAMP", "TIP"])
def test_that_holds_for_services_of_every_type(api: Api, database: str, service_code: str) -> None:
    key = new()
    before = stored(database)
    report = {"service_code": service_code, "description": new()}
    first = send(api, key, **report)
    assert receipt(first)
    assert is_repeated(send(api, key, **report), first)
    assert stored(database) == before + 1


def stored(database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM service_requests").fetchone()
    assert row is not None
    return int(row[0])


def test_an_answer_can_be_heard_again_in_the_other_format(server: str) -> None:
    xml, json = (Api(server, format, KEYS["gridtown.example"]) for format in ("xml", "json"))
    key = new()
    assert receipt(send(xml, key)) == receipt(send(json, key))


def test_the_same_key_with_another_report_is_a_conflict(api: Api) -> None:
    key = new()
    first = send(api, key, description="One")
    for fields in ({"description": "Another"}, {}, {"lat": "north"}):
        answer = send(api, key, **fields)
        assert answer.status == 409
        assert "Idempotency-Key" in answer.sentences[0]
        assert "new key" in answer.sentences[0]
    assert is_repeated(send(api, key, description="One"), first)


def test_other_keys_are_other_reports(api: Api) -> None:
    ids = {receipt(send(api, new()))["service_request_id"] for _number in range(3)}
    assert len(ids) == 3


def test_a_key_is_the_senders_own(server: str, format: str, two_towns_server: str) -> None:
    key = new()
    gridtown = receipt(send(Api(server, format, KEYS["gridtown.example"]), key))
    sandbox = receipt(send(Sandbox(server, format, KEYS["gridtown.example"]), key))
    anyone = receipt(send(Sandbox(server, format, "sandbox"), key))
    ids = {row["service_request_id"] for row in (gridtown, sandbox, anyone)}
    assert len(ids) == 3


def test_a_key_stands_for_a_day(api: Api, database: str) -> None:
    key = new()
    first = send(api, key)
    age(database, hours=23.9)
    assert is_repeated(send(api, key), first)
    age(database, hours=0.2)
    second = send(api, key)
    assert not is_repeated(second, first)
    assert is_repeated(send(api, key), second)


def test_an_expired_key_may_stand_for_another_report(api: Api, database: str) -> None:
    key = new()
    receipt(send(api, key, description="One"))
    age(database, hours=24.1)
    assert receipt(send(api, key, description="Another"))


@pytest.mark.parametrize("key", ["x" * 256, "caf\u00e9", "a\tb"])
def test_what_cannot_be_a_key_is_refused(api: Api, key: str) -> None:
    answer = send(api, key)
    assert answer.status == 400
    assert KEY_TAKES in answer.sentences[0]


@pytest.mark.parametrize("key", ["~", "a b", '"8e03978e-40d5"', "x" * 255])
def test_any_other_is_taken(api: Api, key: str) -> None:
    description = new()
    first = send(api, f"{key[:-1]}{api.format[0]}", description=description)
    assert is_repeated(send(api, f"{key[:-1]}{api.format[0]}", description=description), first)


def test_an_empty_key_is_none(api: Api) -> None:
    description = new()
    first = send(api, "", description=description)
    assert is_repeated(send(api, description=description), first)


def test_what_was_refused_may_be_corrected_under_the_same_key(api: Api) -> None:
    key = new()
    assert send(api, key, lat="north").status == 400
    assert send(api, key, service_code="NOTHING").status == 404
    assert send(api, key, lat="45").status == 400
    assert receipt(send(api, key))


def test_the_same_report_within_an_hour_is_stored_once(api: Api, database: str) -> None:
    text = new()
    first = send(api, description=text)
    assert is_repeated(send(api, description=text), first)
    age(database, hours=0.99)
    assert is_repeated(send(api, description=text), first)
    age(database, hours=0.02)
    assert not is_repeated(send(api, description=text), first)


def test_the_first_of_several_is_repeated_though_the_clock_was_set_back(
    api: Api, database: str
) -> None:
    text = new()
    first, second = (send(api, new(), description=text) for _attempt in range(2))
    assert not is_repeated(second, first)
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE receipts SET received_at = received_at + interval '1 minute' "
            "WHERE answer->>'service_request_id' = %s",
            [receipt(first)["service_request_id"]],
        )
    assert is_repeated(send(api, description=text), first)


@pytest.mark.parametrize("key", [None, "new", "expired"])
def test_a_report_equal_to_one_that_waits_gets_its_token_however_late(
    api: Api, database: str, run_command: Callable[..., str], key: str | None
) -> None:
    """As FixMyStreet sends it, which tries again until it has an id."""
    report = {"service_code": "LAMP", "description": new()}
    keys = {"new": (None, new()), "expired": (same := new(), same)}.get(str(key), (None, None))
    first = send(api, keys[0], **report)
    age(database, hours=24 * 40)
    run_command(database, "maintenance")
    assert is_repeated(send(api, keys[1], **report), first)
    assert receipt(send(api, **{**report, "email": "kim@mail.example"})) != receipt(first)
    run_command(database, "requests", "approve", receipt(first)["token"])
    run_command(database, "maintenance")
    assert is_repeated(send(api, keys[1], **report), first)
    with psycopg.connect(database) as connection:
        statement = (
            "UPDATE service_requests SET submitted_at = '2026-01-01',"
            " requested_datetime = now() - interval '8 days' WHERE token = %s"
        )
        connection.execute(statement, [receipt(first)["token"]])
    run_command(database, "maintenance")
    assert not is_repeated(send(api, keys[1], **report), first)


def test_a_report_that_gets_no_id_is_stored_once_however_often_it_is_sent(
    api: Api, database: str
) -> None:
    """FixMyStreet takes the response for a failure, and tries again every half hour"""
    report = {"service_code": "TIP", "description": new()}
    before = stored(database)
    first = send(api, **report)
    for _attempt in range(3):
        age(database, hours=20)
        assert is_repeated(send(api, **report), first)
    assert stored(database) == before + 1
    age(database, hours=25)
    assert REPLAYED not in send(api, **report).response.headers
    assert stored(database) == before + 2


def test_an_expired_key_of_a_waiting_report_leaves_it_its_token(api: Api, database: str) -> None:
    key, report = new(), {"service_code": "LAMP", "description": new()}
    first = send(api, key, **report)
    age(database, hours=25)
    assert receipt(send(api, key, description="Another"))
    assert is_repeated(send(api, **report), first)


def test_the_order_of_parameters_and_where_the_key_is_do_not_count(api: Api) -> None:
    text = new()
    first = send(api, description=text)
    fields = {"description": text, **dict(reversed(REPORT.items()))}
    again = api.send("POST", "v2/requests", data=fields, params={"api_key": api.key})
    assert is_repeated(again, first)
    bearer = {"Authorization": f"Bearer {api.key}"}
    assert is_repeated(api.send("POST", "v2/requests", data=fields, headers=bearer), first)


@pytest.mark.parametrize(
    "fields",
    [
        {"lat": "0.500001"},
        {"description": "Another"},
        {"email": "kim@mail.example"},
        {"attribute[WHAT]": ["B", "A"]},
        {"service_code": "LAMP"},
    ],
    ids=str,
)
def test_a_report_that_differs_in_anything_is_another(api: Api, fields: dict[str, Any]) -> None:
    text = new()
    first = send(api, **{"description": text, "attribute[WHAT]": ["A", "B"]})
    other = send(api, **{"description": text, "attribute[WHAT]": ["A", "B"], **fields})
    assert receipt(other) != receipt(first)


def test_files_count_by_their_content(api: Api) -> None:
    text = new()
    one, other = from_a_phone(1), from_a_phone(6)
    first = send(api, description=text, files=[("file", ("a.bin", one))])
    again = send(api, description=text, files=[("file", ("b.bin", one))])
    assert is_repeated(again, first)
    for files in ([("file", ("a.bin", other))], [("file2", ("a.bin", one))], None):
        assert not is_repeated(send(api, description=text, files=files), first)


def test_36_different_reports_at_one_place_are_all_taken(api: Api) -> None:
    text = new()
    ids = [receipt(send(api, description=f"{text} {number}")) for number in range(36)]
    assert len({row["service_request_id"] for row in ids}) == 36


@pytest.mark.parametrize("with_key", [True, False])
@pytest.mark.parametrize("at_once", [12])
def test_of_the_same_report_many_times_at_once_one_is_stored(
    api: Api, database: str, with_key: bool, at_once: int
) -> None:
    key = new() if with_key else None
    text = new()
    together = threading.Barrier(at_once)
    before = stored(database)

    def post(_number: int) -> Answer:
        together.wait()
        return send(api, key, description=text)

    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(post, range(at_once)))
    assert len({receipt(answer)["service_request_id"] for answer in answers}) == 1
    assert [REPLAYED in answer.response.headers for answer in answers].count(False) == 1
    assert stored(database) == before + 1


@pytest.mark.parametrize(("service_code", "kept"), [("POTHOLE", 20), ("LAMP", 1), ("TIP", 20)])
def test_the_same_report_under_many_keys_at_once_loses_none(
    api: Api, database: str, service_code: str, kept: int
) -> None:
    """One that waits under its token is one report under any key."""
    text, together, before = new(), threading.Barrier(20), stored(database)

    def post(_number: int) -> Answer:
        together.wait()
        return send(api, new(), service_code=service_code, description=text)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert all(receipt(answer) for answer in answers)
    assert [REPLAYED in answer.response.headers for answer in answers].count(False) == kept
    assert stored(database) == before + kept


@pytest.mark.parametrize(
    ("service_code", "with_key", "number"),
    [("POTHOLE", True, None), ("LAMP", True, 0), ("TIP", True, None), ("POTHOLE", False, 0)],
)
def test_what_can_be_no_retry_by_its_content_is_in_nobodys_way(
    api: Api, database: str, service_code: str, with_key: bool, number: int | None
) -> None:
    """Two receipts with the same number exclude one another, so these have none."""
    report = {"service_code": service_code, "description": new()}
    assert receipt(send(api, new() if with_key else None, **report))
    with psycopg.connect(database) as connection:
        latest = "SELECT occurrence FROM receipts ORDER BY service_request_pk DESC LIMIT 1"
        assert connection.execute(latest).fetchone() == (number,)


def test_without_a_window_an_attempt_dated_later_is_no_retry(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    """As by another process, whose clock was read a moment later, and which stored it first."""
    url = fresh_database(gridtown)
    with running_server(url, tmp_path / "log", {"OPEN311_REPEAT_SECONDS": "0"}) as address:
        town = Api(address, "json", KEYS["gridtown.example"])
        first = receipt(send(town))
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE receipts SET received_at = now() + interval '9 seconds'")
        assert receipt(send(town)) != first


def test_all_are_kept_at_once_where_no_content_is_a_retry(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    settings, together = {"OPEN311_REPEAT_SECONDS": "0"}, threading.Barrier(20)
    with running_server(fresh_database(gridtown), tmp_path / "log", settings) as address:
        town = Api(address, "json", KEYS["gridtown.example"])

        def post(_number: int) -> Answer:
            together.wait()
            return send(town)

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(post, range(20)))
    assert len({receipt(answer)["service_request_id"] for answer in answers}) == 20


def test_of_different_reports_under_one_key_at_once_one_is_stored(api: Api, database: str) -> None:
    key = new()
    together = threading.Barrier(6)
    before = stored(database)

    def post(number: int) -> int:
        together.wait()
        return send(api, key, description=f"Report {number}").status

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(post, range(6))) == [200, 409, 409, 409, 409, 409]
    assert stored(database) == before + 1


def test_nothing_of_a_report_is_kept_in_its_receipt(api: Api, database: str) -> None:
    answer = receipt(send(api, new(), description="Secret text", email="kim@mail.example"))
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT r::text, octet_length(fingerprint) FROM receipts r "
            "WHERE answer->>'service_request_id' = %s",
            [answer["service_request_id"]],
        ).fetchone()
    assert row is not None
    assert row[1] == 32
    assert "kim@" not in row[0]
    assert "Secret" not in row[0]
