"""EXT-07 and EXT-08: updates of service requests, both ways."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from georeport_client import KEYS, Answer, Api
from servers import PATIENCE, running_server

from schemas.vocabulary.statuses import DETAILED_STATUSES

UPDATES = "v2/servicerequestupdates"
REPLAYED = "Idempotency-Replayed"
FIELDS = [
    "update_id",
    "service_request_id",
    "status",
    "updated_datetime",
    "description",
    "media_url",
]
BATCH = "26-0000006"  # a lamp, accepted
PERSONAL = {
    "title": "Dr hushed",
    "first_name": "Hushedfirst",
    "last_name": "Hushedlast",
    "email": "hushed-mail@example.org",
    "phone": "+1 555 0100-hushed",
    "account_id": "hushed-account",
}


@pytest.fixture
def api(server: str, format: str, contractor_key: str) -> Api:
    """The endpoint of one city, with a key that can change statuses."""
    return Api(server, format, contractor_key)


def update(
    api: Api,
    service_request_id: str,
    path: str = UPDATES,
    headers: Mapping[str, str] | None = None,
    **fields: Any,
) -> Answer:
    """Send an update as another system does; a field that is None is left out."""
    sent = {
        "api_key": api.key,
        "service_request_id": service_request_id,
        "update_id": "u-1",
        "updated_datetime": datetime.now(UTC).isoformat(),
        "status": "IN_PROGRESS",
        **fields,
    }
    data = {name: value for name, value in sent.items() if value is not None}
    return api.send("POST", path, data=data, headers=headers)


def taken(answer: Answer, word: str = "update_id") -> str:
    """Give the one thing that the answer to an update holds."""
    assert answer.status == 200, answer.response.text
    if answer.format == "xml":
        assert answer.root.tag == "service_request_updates"
        assert [element.tag for element in answer.root] == ["request_update"]
    [receipt] = answer.document
    assert set(receipt) == {word}
    assert isinstance(receipt[word], str)
    return str(receipt[word])


def listed(api: Api, service_request_id: str, **parameters: str) -> list[dict[str, Any]]:
    answer = api.get(UPDATES, service_request_id=service_request_id, **parameters)
    assert answer.status == 200, answer.response.text
    return answer.document


def test_an_update_is_stored_changes_the_status_and_is_listed(api: Api) -> None:
    """EXT-07, EXT-08"""
    id_ = api.report()
    links = ["https://photos.example/1,a.jpg", "https://photos.example/2.jpg"]
    before = datetime.now(UTC).replace(microsecond=0)
    answer = update(api, id_, status="Fixed", description="Filled.", media_url=links)
    row = api.one(id_)
    assert (row["status"], row["status_notes"]) == ("closed", "Filled.")
    moment = datetime.fromisoformat(row["updated_datetime"])
    assert before <= moment <= datetime.now(UTC)
    assert listed(api, id_) == [
        {
            "update_id": taken(answer),
            "service_request_id": id_,
            "status": "fixed",
            "updated_datetime": row["updated_datetime"],
            "description": "Filled.",
            "media_url": links[0],
        }
    ]


@pytest.mark.both_formats
def test_the_list_has_the_fields_of_fixmystreet_and_no_nulls(server: str, api: Api) -> None:
    """EXT-07"""
    id_ = api.report()
    taken(update(api, id_))
    answer = api.get(UPDATES, service_request_id=id_)
    if api.format == "xml":
        assert answer.root.tag == "service_request_updates"
        assert [element.tag for element in answer.root] == ["request_update"]
    [row] = Api(server, "json", "").get(UPDATES, service_request_id=id_).document
    assert list(row) == FIELDS
    assert row["description"] == "Work on this request is in progress."
    assert (row["status"], row["media_url"]) == ("in_progress", "")


def test_without_dates_the_updates_of_90_days_are_listed_oldest_first(api: Api) -> None:
    """EXT-07: a seeded step of 9 days ago and one of 50; that of 190 days ago needs a date"""
    rows = api.get(UPDATES).document
    times = [row["updated_datetime"] for row in rows]
    assert times == sorted(times)
    ids = [row["service_request_id"] for row in rows]
    assert ids.index("26-0000002") < ids.index("26-0000004")
    assert "20-0000001" not in ids
    assert "26-0000003" not in ids  # whose only step is the first
    long_ago = (datetime.now(UTC) - timedelta(days=195)).isoformat()
    assert [row["service_request_id"] for row in api.get(UPDATES, start_date=long_ago).document][
        :1
    ] == ["20-0000001"]


def test_start_and_end_are_both_included(api: Api) -> None:
    """EXT-07"""
    [row] = listed(api, "26-0000004")
    second = timedelta(seconds=1)
    moment = datetime.fromisoformat(row["updated_datetime"])
    window = {"start_date": moment.isoformat(), "end_date": moment.isoformat()}
    assert api.get(UPDATES, **window).document == [row]
    assert listed(api, "26-0000004", end_date=(moment - second).isoformat()) == []
    assert listed(api, "26-0000004", start_date=(moment + second).isoformat()) == []


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"start_date": "2026-01-01", "end_date": "2026-06-01"}, "start_date"),
        ({"start_date": "2026-02-01", "end_date": "2026-01-01"}, "end_date"),
        ({"end_date": "yesterday"}, "end_date"),
        ({"extensions": "perhaps"}, "extensions"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused(
    api: Api, parameters: dict[str, str], named: str
) -> None:
    answer = api.get(UPDATES, **parameters)
    assert answer.status == 400
    assert named in answer.sentences[0]


def test_several_ids_may_be_asked_for_and_unknown_ones_find_nothing(api: Api) -> None:
    """EXT-07"""
    rows = listed(api, "26-0000004, nothing,26-0000002")
    assert [row["service_request_id"] for row in rows] == ["26-0000002", "26-0000004"]
    assert listed(api, "nothing") == []
    assert listed(api, ",".join(f"id-{number}" for number in range(600))) == []


def test_steps_that_staff_make_are_listed_and_the_first_is_not(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    """EXT-07"""
    id_ = api.report()
    assert listed(api, id_) == []
    run_command(database, "requests", "close", id_, "Done.")
    run_command(database, "requests", "status", id_, "In_Progress", "Not yet.")
    steps = [(row["status"], row["description"]) for row in listed(api, id_)]
    assert steps == [("closed", "Done."), ("in_progress", "Not yet.")]
    plain = [row["status"] for row in listed(api, id_, extensions="false")]
    assert plain == ["closed", "open"]


@pytest.mark.parametrize("detailed", [one for one in DETAILED_STATUSES if one != "open"])
def test_a_step_without_a_note_has_a_text_and_its_detailed_status(api: Api, detailed: str) -> None:
    """FixMyStreet drops empty texts, and shows what "closed" hides"""
    id_ = api.report()
    taken(update(api, id_, status=detailed, update_id="u-1"))
    [row] = listed(api, id_)
    assert row["status"] == detailed
    assert row["description"].endswith(".")


@pytest.mark.both_formats
def test_steps_of_staff_that_keep_the_status_have_a_text_and_say_so(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    """A client must not take the status of a transfer for a decision"""
    id_ = api.report()
    run_command(database, "requests", "status", id_, "planned", "In May.")
    run_command(database, "requests", "acknowledge", id_)
    run_command(database, "requests", "transfer", id_, "LIGHTS", "A secret reason.")
    run_command(database, "requests", "unlock", id_)
    run_command(database, "requests", "lock", id_)
    run_command(database, "requests", "change-service", id_, "LAMP")
    told = [(row["status"], row["description"]) for row in listed(api, id_)]
    home = api.one(api.report())["agency_responsible"]
    assert told == [
        ("planned", "In May."),
        ("unchanged", f"{home} received this request."),
        ("unchanged", "This request was transferred to Light Works."),
        ("unchanged", f"This request was transferred to {home}."),
        ("unchanged", "The service of this request was changed to Lamp."),
    ]
    lamp = {"category": "Lamp", "group": "Lights", "original_service_code": "LAMP"}
    assert [row.get("extras") for row in listed(api, id_)] == [None] * 4 + [lamp]
    plain = listed(api, id_, extensions="false")
    assert [row["status"] for row in plain] == ["open"] * 5
    assert not any("extras" in row for row in plain)


def test_what_is_not_public_has_no_updates(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    """EXT-07: 26-0000005 is a blackbox request"""
    run_command(database, "requests", "close", "26-0000005", f"Looked into ({api.format}).")
    assert listed(api, "26-0000005") == []


@pytest.mark.parametrize(
    ("sent", "status", "detailed"),
    [
        ("FIXED", "closed", "fixed"),
        ("no further action", "closed", "no_further_action"),
        ("Action_Scheduled", "open", "action_scheduled"),
        ("CLOSED", "closed", "closed"),
        ("PLANNED", "open", "planned"),
        ("UNCHANGED", "open", "investigating"),
    ],
)
def test_a_status_is_taken_as_others_write_it(
    api: Api, sent: str, status: str, detailed: str
) -> None:
    """EXT-08"""
    id_ = api.report()
    taken(update(api, id_, status="investigating"))
    taken(update(api, id_, update_id="u-2", status=sent))
    assert api.one(id_)["status"] == status
    shown = api.one(id_, extensions="true")
    assert shown["status"] == status
    assert shown["extended_attributes"]["detailed_status"] == detailed


@pytest.mark.both_formats
@pytest.mark.parametrize("key", [None, "u-1-of-the-app"])
@pytest.mark.parametrize("may_decide", [True, False])
def test_the_same_update_gets_its_first_answer_again(
    server: str,
    api: Api,
    database: str,
    run_command: Callable[..., str],
    key: str | None,
    may_decide: bool,
) -> None:
    """EXT-08: FixMyStreet would otherwise try again forever, with the present status"""
    sender = api if may_decide else Api(server, api.format, KEYS["gridtown.example"])
    id_ = sender.report()
    first = update(sender, id_, status="planned", description="In May.")
    update_id = taken(first)
    assert REPLAYED not in first.response.headers
    headers = {"Idempotency-Key": key} if key else {}
    for status in ("planned", "closed"):
        again = update(sender, id_, status=status, description="In May.", headers=headers)
        if may_decide and status != "planned":
            assert again.status == 400
        else:
            assert taken(again) == update_id
            assert again.response.headers[REPLAYED] == "true"
    [row] = listed(sender, id_)
    shown = (row["update_id"], row["status"], row["description"])
    assert shown == (update_id, "planned" if may_decide else "unchanged", "In May.")
    run_command(database, "requests", "withdraw", id_)
    assert taken(update(sender, id_, status="planned", description="In May.")) == update_id


def test_an_update_id_with_another_text_is_refused(api: Api) -> None:
    """EXT-08"""
    id_, other = api.report(), api.report()
    taken(update(api, id_, status="open"))
    answer = update(api, id_, status="closed", description="Once more.")
    assert answer.status == 400
    assert "update_id 'u-1'" in answer.sentences[0]
    assert api.one(id_)["status"] == "open"
    assert len(listed(api, id_)) == 1
    taken(update(api, other))


def test_of_duplicates_that_arrive_at_once_one_is_stored(api: Api) -> None:
    """EXT-08"""
    id_ = api.report()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _number: update(api, id_, status="closed"), range(6)))
    assert len({taken(answer) for answer in answers}) == 1
    assert len(listed(api, id_)) == 1


@pytest.mark.parametrize("key", [None, "", "nonsense", "sandbox"])
def test_an_update_needs_a_key(api: Api, key: str | None) -> None:
    """EXT-08"""
    answer = update(api, "26-0000003", api_key=key)
    assert answer.status == 403
    assert "api_key" in answer.sentences[0]
    assert listed(api, "26-0000003") == []


def test_the_key_of_another_city_is_refused(two_towns_api: Api) -> None:
    """EXT-08"""
    answer = update(two_towns_api, "26-0000003", jurisdiction_id="hilltown.example")
    assert answer.status == 403
    assert "hilltown.example" in answer.sentences[0]
    answer = update(two_towns_api, "26-0000003")
    assert (answer.status, "jurisdiction_id" in answer.sentences[0]) == (400, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_request_id", ""),
        ("update_id", " "),
        ("updated_datetime", None),
        ("updated_datetime", "yesterday"),
        ("status", None),
        ("status", "done"),
        ("description", "ß" * 4_001),
        ("media_url", "ftp://photos.example/1"),
        ("media_url", ["https://photos.example/1", "nonsense"]),
        ("media_url", [f"https://photos.example/{number}" for number in range(21)]),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name_and_nothing_is_stored(
    api: Api, name: str, value: Any
) -> None:
    """EXT-08"""
    id_ = api.report()
    answer = update(api, **{"service_request_id": id_, name: value})
    assert answer.status == 400
    [sentence] = answer.sentences
    assert sentence.startswith(name)
    assert listed(api, id_) == []


def test_an_unknown_status_is_answered_with_those_that_are_known(api: Api) -> None:
    """EXT-08"""
    [sentence] = update(api, "26-0000003", status="done").sentences
    for word in ("open", "fixed", "not_councils_responsibility", "reopen", "unchanged"):
        assert word in sentence
    assert sentence.endswith(" 'done' is not a status.")


def test_several_mistakes_are_told_at_once(api: Api) -> None:
    sentences = update(api, "", update_id="", status="", updated_datetime="").sentences
    names = ["service_request_id", "update_id", "updated_datetime", "status"]
    assert [sentence.split()[0] for sentence in sentences] == names


@pytest.mark.parametrize("id_", ["nothing", "26-0000005", "26-0000007x"])
def test_an_update_of_what_is_unknown_or_not_public_is_refused(api: Api, id_: str) -> None:
    """EXT-08"""
    answer = update(api, id_)
    assert answer.status == 404
    assert answer.sentences == [f"service_request_id '{id_}' does not exist."]


@pytest.mark.parametrize("claimed", ["2100-01-01T00:00:00Z", "1999-12-31", "2026-03-10T07:30:00"])
def test_the_time_of_an_update_is_that_of_its_arrival(
    api: Api, database: str, claimed: str
) -> None:
    """EXT-08: what the sender says is kept, but neither the past nor the future is rewritten"""
    id_ = api.report()
    taken(update(api, id_, updated_datetime=claimed, status="closed"))
    [row] = listed(api, id_)
    moment = datetime.fromisoformat(row["updated_datetime"])
    assert timedelta() <= datetime.now(UTC) - moment < timedelta(minutes=1)
    with psycopg.connect(database) as connection:
        [kept] = connection.execute(
            "SELECT to_char(sent_at AT TIME ZONE 'America/New_York', 'YYYY-MM-DD')"
            " FROM received_updates JOIN service_requests ON pk = service_request_pk"
            " WHERE service_request_id = %s",
            [id_],
        ).fetchall()
    assert kept[0] in {claimed[:10], "2099-12-31"}


def test_an_update_of_a_batch_request_waits_until_staff_accept_it(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    """EXT-08"""
    before = listed(api, BATCH)
    own_id = f"wait-{api.format}"
    answer = update(api, BATCH, update_id=own_id, status="planned", description="New\nlamp.")
    token = taken(answer, "token")
    assert taken(api.get(f"v2/update_tokens/{token}"), "token") == token
    assert listed(api, BATCH) == before
    again = update(api, BATCH, update_id=own_id, status="planned", description="New\nlamp.")
    assert taken(again, "token") == token
    assert update(api, BATCH, update_id=own_id).status == 400

    waiting = run_command(database, "updates", "approve").splitlines()
    assert f"{token} {BATCH} {datetime.now(UTC):%F} planned New lamp." in waiting
    [accepted, update_id] = run_command(database, "updates", "approve", token).split()
    assert accepted == token
    assert api.get(f"v2/update_tokens/{token}").document == [
        {"update_id": update_id, "token": token}
    ]
    assert listed(api, BATCH, extensions="true")[-1]["update_id"] == update_id
    assert api.one(BATCH, extensions="true")["extended_attributes"]["detailed_status"] == "planned"


def test_an_unknown_update_token_is_not_found(api: Api) -> None:
    answer = api.get("v2/update_tokens/nothing")
    assert answer.status == 404
    assert "Token 'nothing'" in answer.sentences[0]


def test_the_token_of_a_report_is_none_of_an_update(api: Api) -> None:
    token = api.post(service_code="LAMP", lat=0.5, long=0.5).document[0]["token"]
    assert api.get(f"v2/update_tokens/{token}").status == 404


def test_the_sandbox_has_updates_of_its_own(api: Api) -> None:
    """EXT-07, EXT-08: at the test endpoint, with the key that everyone may use"""
    report = {"service_code": "POTHOLE", "lat": 0.5, "long": 0.5, "description": api.format}
    posted = api.send("POST", "test/v2/requests", data={"api_key": "sandbox", **report})
    id_ = posted.document[0]["service_request_id"]
    path = "test/v2/servicerequestupdates"
    row_id = taken(update(api, id_, path, api_key="sandbox", status="closed"))
    assert taken(update(api, id_, path, api_key="sandbox")) == row_id
    [row] = api.get(path, service_request_id=id_).document
    assert row["status"] == "unchanged"  # the sandbox key can comment, like the key of an app
    assert listed(api, id_) == []
    assert update(api, id_).status == 404


def test_fixmystreet_may_send_all_it_has(api: Api) -> None:
    """EXT-08: parameters this server has no use for change nothing"""
    extras = {
        "service_code": "POTHOLE",
        "attribute[x]": "1",
        "public_anonymity_required": "TRUE",
        "email_alerts_requested": "FALSE",
        "service_request_id_ext": "7",
        "media_url": "",
    }
    taken(update(api, api.report(), **PERSONAL, **extras))


def test_who_sent_an_update_is_never_shown(api: Api, server: str, database: str) -> None:
    id_ = api.report()
    answer = update(api, id_, description="For all.", **PERSONAL)
    assert "hushed" not in answer.response.text.lower()
    for path in (f"v2/requests/{id_}", "v2/requests", UPDATES):
        for parameters in ({}, {"extensions": "true", "tombstones": "true"}):
            url = f"{server}/open311/{path}.{api.format}"
            text = requests.get(url, params=parameters, timeout=PATIENCE).text
            assert "For all." in text
            assert "hushed" not in text.lower()
    with psycopg.connect(database) as connection:
        columns = ", ".join(PERSONAL)
        rows = connection.execute(f"SELECT {columns} FROM update_reporters").fetchall()
    assert tuple(PERSONAL.values()) in rows


def test_a_failing_update_stores_nothing_and_logs_no_personal_data(
    fresh_database: Callable[[str], str],
    gridtown: str,
    tmp_path: Path,
    format: str,
    run_command: Callable[..., str],
) -> None:
    database = fresh_database(gridtown)
    run_command(database, "keys", "change", "tests", "--may", "status")
    log = tmp_path / "log"
    with running_server(database, log) as address:
        with psycopg.connect(database) as connection:
            connection.execute("ALTER TABLE update_reporters ADD CHECK (email NOT LIKE 'hushed%')")
        api = Api(address, format, "key-of-gridtown")
        answer = update(api, "26-0000003", status="closed", **PERSONAL)
        assert answer.status == 400
        assert "reference" in answer.sentences[0]
        assert listed(api, "26-0000003") == []
        assert api.one("26-0000003")["status"] == "open"
        taken(update(api, "26-0000003", status="closed"))
    assert "reference" in log.read_text()
    assert "hushed" not in log.read_text().lower()


@pytest.mark.parametrize("value", ["\x00", "9" * 100_000, "%", "' OR 1=1 --", "\u202e", "nan"])
@pytest.mark.parametrize("name", ["service_request_id", "update_id", "updated_datetime", "status"])
def test_no_value_brings_the_server_down(api: Api, name: str, value: str) -> None:
    answer = update(api, **{"service_request_id": "26-9999999", name: value})
    assert answer.status in {400, 404}
    assert answer.sentences
    asked = api.get(UPDATES, **{name: value[:3_000]})
    assert asked.status in {200, 400}
