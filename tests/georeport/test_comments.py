"""Comments are not decisions: each case of issue 13, section 1, as FixMyStreet sends it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from georeport_client import Answer, Api

UPDATES = "v2/servicerequestupdates"
_numbers = count(70_001)

Run = Callable[..., str]
Decide = Callable[..., None]


def fixmystreet(
    api: Api, service_request_id: str, status: str, text: str, **others: Any
) -> dict[str, Any]:
    """Return the parameters of FixMyStreet for a comment, in its order."""
    moment = others.pop("updated_datetime", datetime.now(UTC))
    return {
        "api_key": api.key,
        "updated_datetime": moment.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "service_request_id": service_request_id,
        "status": status,
        "description": text,
        "last_name": "Resident",
        "first_name": "Test",
        "update_id": next(_numbers),
        "service_request_id_ext": 1234,
        "public_anonymity_required": "FALSE",
        "email": "resident@mail.example",
        "email_alerts_requested": "FALSE",
        "title": "MX",
        **others,
    }


def comment(
    api: Api, service_request_id: str, status: str, text: str = "A comment.", **others: Any
) -> Answer:
    data = fixmystreet(api, service_request_id, status, text, **others)
    return api.send("POST", UPDATES, data=data)


def accepted(answer: Answer) -> str:
    assert answer.status == 200, answer.response.text
    [receipt] = answer.document
    return str(receipt["update_id"])


def state(api: Api, service_request_id: str) -> tuple[str, str | None]:
    """Return the detailed status and the public note of a request."""
    row = api.one(service_request_id, extensions="true")
    return row["extended_attributes"]["detailed_status"], row["status_notes"]


def updates(api: Api, service_request_id: str, **parameters: str) -> list[dict[str, Any]]:
    answer = api.get(UPDATES, service_request_id=service_request_id, **parameters)
    assert answer.status == 200
    return answer.document


def reasons(database: str, run_command: Run, service_request_id: str) -> set[str]:
    lines = run_command(database, "triage", "list").splitlines()
    return {line.split()[1] for line in lines if line.startswith(f"{service_request_id} ")}


@pytest.fixture
def decide(database: str, run_command: Run) -> Callable[..., None]:
    """Return a function by which staff change a status."""
    return lambda *change: run_command(database, "requests", "status", *change)


def test_a_comment_neither_changes_the_status_nor_replaces_the_note_of_the_city(
    api: Api, decide: Decide
) -> None:
    id_ = api.report()
    decide(id_, "in_progress", "A crew is on its way.")
    before = api.one(id_)
    own = accepted(comment(api, id_, "OPEN", "It is getting bigger"))
    assert state(api, id_) == ("in_progress", "A crew is on its way.")
    assert api.one(id_) == before
    [change, said] = updates(api, id_, extensions="true")
    assert (said["update_id"], said["status"]) == (own, "unchanged")
    assert said["description"] == "It is getting bigger"
    assert change["update_id"] != own
    plain = updates(api, id_, extensions="false")
    assert [one["status"] for one in plain] == ["open", "open"]
    notes = api.one(id_, extensions="true")["extended_attributes"]["notes"]
    assert [(note["type"], note["description"]) for note in notes] == [
        ("submitted", None),
        ("activity", "A crew is on its way."),
        ("comment", "It is getting bigger"),
    ]


def test_a_comment_written_before_the_closing_reopens_nothing(
    api: Api, decide: Decide, database: str, run_command: Run
) -> None:
    id_ = api.report()
    before = datetime.now(UTC) - timedelta(minutes=5)
    decide(id_, "fixed", "Filled.")
    accepted(comment(api, id_, "OPEN", "Any news?", updated_datetime=before))
    assert state(api, id_) == ("fixed", "Filled.")
    assert reasons(database, run_command, id_) == set()
    plain = updates(api, id_, extensions="false")
    assert [one["status"] for one in plain] == ["closed", "closed"]


@pytest.mark.parametrize("exact", ["duplicate", "not_councils_responsibility"])
def test_the_word_closed_is_not_news_about_an_exact_status(
    api: Api, decide: Decide, database: str, run_command: Run, contractor_key: str, exact: str
) -> None:
    id_ = api.report()
    decide(id_, exact, "The state repairs this road.")
    accepted(comment(api, id_, "CLOSED", "Thank you."))
    accepted(comment(api, id_, "CLOSED", "Noted.", api_key=contractor_key))
    assert state(api, id_) == (exact, "The state repairs this road.")
    assert reasons(database, run_command, id_) == set()


@pytest.mark.parametrize("word", ["FIXED", "CLOSED"])
def test_looks_fixed_to_me_closes_nothing_and_staff_see_it(
    api: Api, database: str, run_command: Run, word: str
) -> None:
    id_, twin = api.report(), api.report()
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE service_requests SET duplicate_of_pk = (SELECT pk FROM service_requests"
            " WHERE service_request_id = %s) WHERE service_request_id = %s",
            [id_, twin],
        )
    accepted(comment(api, id_, word, "Looks fixed to me"))
    assert state(api, id_) == ("open", None)
    assert state(api, twin) == ("open", None)
    assert reasons(database, run_command, id_) == {"said_fixed"}
    run_command(database, "requests", "close", id_, "Filled.")
    run_command(database, "requests", "reopen", id_, "Not quite.")
    assert reasons(database, run_command, id_) == set()


def test_still_there_reopens_nothing_and_staff_see_it_until_they_look(
    api: Api, decide: Decide, database: str, run_command: Run
) -> None:
    id_ = api.report()
    decide(id_, "fixed", "Filled.")
    accepted(comment(api, id_, "OPEN", "The hole is still there."))
    assert state(api, id_) == ("fixed", "Filled.")
    assert reasons(database, run_command, id_) == {"said_open"}
    run_command(database, "triage", "resolve", id_, "--by", "clerk")
    assert reasons(database, run_command, id_) == set()
    accepted(comment(api, id_, "REOPEN", "Really."))
    assert state(api, id_) == ("fixed", "Filled.")
    run_command(database, "requests", "reopen", id_, "It did not hold.")
    assert reasons(database, run_command, id_) == set()


@pytest.mark.both_formats
@pytest.mark.parametrize("status", ["CLOSED", "OPEN", "UNCHANGED"])
def test_a_second_app_cannot_speak_on_requests_that_it_never_sent(
    api: Api, other_key: str, status: str
) -> None:
    id_ = api.report()
    answer = comment(api, id_, status, "Any text.", api_key=other_key)
    assert answer.status == 403
    [sentence] = answer.sentences
    assert sentence.startswith(f"api_key did not submit service request '{id_}' and does not have")
    assert sentence.endswith("the right 'comment-any'. Ask a city administrator to grant it.")
    assert (state(api, id_), updates(api, id_)) == (("open", None), [])


def test_an_older_status_does_not_undo_a_newer_one_that_arrived_before(
    api: Api, contractor_key: str
) -> None:
    id_ = api.report()
    now = datetime.now(UTC) + timedelta(seconds=1)
    earlier = now - timedelta(minutes=8)
    with_key = {"api_key": contractor_key}
    accepted(comment(api, id_, "FIXED", "Filled.", updated_datetime=now, **with_key))
    accepted(comment(api, id_, "OPEN", "On our way.", updated_datetime=earlier, **with_key))
    assert state(api, id_) == ("fixed", "Filled.")
    assert [one["status"] for one in updates(api, id_, extensions="true")] == [
        "fixed",
        "unchanged",
    ]


def test_the_times_of_the_senders_decide_not_those_of_arrival(
    api: Api, contractor_key: str, database: str
) -> None:
    id_ = api.report()
    age(database, id_, hours=2)
    now = datetime.now(UTC)
    for minutes, word in ((30, "IN_PROGRESS"), (20, "FIXED")):
        written = now - timedelta(minutes=minutes)
        accepted(comment(api, id_, word, word, updated_datetime=written, api_key=contractor_key))
    assert state(api, id_) == ("fixed", "FIXED")


def test_a_time_in_the_future_is_that_of_arrival(
    api: Api, contractor_key: str, decide: Decide
) -> None:
    id_ = api.report()
    future = datetime.now(UTC) + timedelta(days=300)
    accepted(comment(api, id_, "FIXED", "Filled.", updated_datetime=future, api_key=contractor_key))
    assert state(api, id_) == ("fixed", "Filled.")
    accepted(comment(api, id_, "IN_PROGRESS", "Again.", api_key=contractor_key))
    assert state(api, id_) == ("in_progress", "Again.")


def test_a_transfer_is_no_newer_status(
    api: Api, contractor_key: str, database: str, run_command: Run
) -> None:
    id_ = api.report()
    age(database, id_, hours=2)
    written = datetime.now(UTC) - timedelta(minutes=5)
    run_command(database, "requests", "lock", id_, "--by", "clerk")
    accepted(
        comment(api, id_, "PLANNED", "In May.", updated_datetime=written, api_key=contractor_key)
    )
    assert state(api, id_) == ("planned", "In May.")


def test_with_the_right_a_status_is_a_step_as_before(api: Api, contractor_key: str) -> None:
    id_ = api.report()
    own = accepted(comment(api, id_, "IN_PROGRESS", "Started.", api_key=contractor_key))
    [one] = updates(api, id_, extensions="true")
    assert (one["update_id"], one["status"], one["description"]) == (
        own,
        "in_progress",
        "Started.",
    )
    accepted(comment(api, id_, "IN_PROGRESS", "Half done.", api_key=contractor_key))
    accepted(comment(api, id_, "OPEN", "More to do.", api_key=contractor_key))
    assert state(api, id_) == ("in_progress", "Started.")
    notes = api.one(id_, extensions="true")["extended_attributes"]["notes"]
    assert [note["type"] for note in notes] == ["submitted", *["activity"] * 3]


def test_a_status_for_a_request_closed_nine_months_ago_makes_a_new_request(
    api: Api, decide: Decide, database: str, run_command: Run, contractor_key: str
) -> None:
    id_ = api.report(description="A deep hole.")
    decide(id_, "fixed", "Filled.")
    age(database, id_, days=270)
    accepted(comment(api, id_, "OPEN", "It is back."))
    assert state(api, id_) == ("fixed", "Filled.")
    own = accepted(comment(api, id_, "REOPEN", "It broke.", api_key=contractor_key))
    status, note = state(api, id_)
    assert status == "fixed"
    assert note is not None
    assert note.startswith("Filled. Continued as ")
    new_id = note.rstrip(".").split()[-1]
    new = api.one(new_id)
    assert (new["status"], new["description"]) == ("open", "A deep hole.")
    assert new["status_notes"] == f"It broke. This request continues {id_}."
    assert own in [one["update_id"] for one in updates(api, id_)]
    accepted(comment(api, id_, "REOPEN", "And again.", api_key=contractor_key))
    assert state(api, id_) == ("fixed", note)
    accepted(comment(api, new_id, "OPEN", "Thank you for looking."))


def test_an_answer_ends_the_hold_and_the_queue_shows_it(
    api: Api, database: str, run_command: Run, contractor_key: str
) -> None:
    id_ = api.report()
    run_command(database, "requests", "hold", id_, "Which of the two?")
    accepted(comment(api, id_, "OPEN", "Just saying.", api_key=contractor_key))
    accepted(comment(api, id_, "OPEN", ""))
    assert waits(database, id_)
    accepted(comment(api, id_, "OPEN", "The left one."))
    assert not waits(database, id_)
    assert reasons(database, run_command, id_) == {"answered"}
    assert state(api, id_) == ("open", "Which of the two?")


def test_a_new_key_with_the_name_of_a_revoked_one_owns_what_that_submitted(
    api: Api, database: str, run_command: Run
) -> None:
    keys = []
    for _ in range(2):
        keys.append(run_command(database, "keys", "create", "renewed").split()[-1])
        if len(keys) == 1:
            id_ = api.report(api_key=keys[0])
            run_command(database, "keys", "revoke", "renewed")
    assert comment(api, id_, "OPEN", api_key=keys[0]).status == 403
    accepted(comment(api, id_, "OPEN", api_key=keys[1]))


@pytest.mark.both_formats
@pytest.mark.parametrize(
    ("rights", "what", "sentence"),
    [
        ("comment", "report", "the right 'report' and cannot submit service requests. Ask a city"),
        ("report", "comment", "the right 'comment' and cannot comment on service requests that"),
    ],
)
def test_what_a_key_may_not_do_is_refused_with_a_sentence(
    api: Api, database: str, run_command: Run, rights: str, what: str, sentence: str
) -> None:
    name, id_ = f"{what} {api.format}", api.report()
    key = run_command(database, "keys", "create", name, "--may", rights).split()[-1]
    if what == "report":
        answer = api.post(service_code="POTHOLE", lat=0.5, long=0.5, api_key=key)
    else:
        answer = comment(api, id_, "OPEN", api_key=key)
    assert answer.status == 403
    assert sentence in answer.sentences[0]
    run_command(database, "keys", "change", name, "--may", "report,comment-any")
    if what == "comment":
        accepted(comment(api, id_, "OPEN", api_key=key))
    else:
        assert api.post(service_code="POTHOLE", lat=0.5, long=0.5, api_key=key).status == 200


def waits(database: str, service_request_id: str) -> bool:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT waits_since IS NOT NULL FROM service_requests WHERE service_request_id = %s",
            [service_request_id],
        ).fetchone()
    assert row is not None
    return bool(row[0])


def age(database: str, service_request_id: str, **period: int) -> None:
    """Move a service request and its history into the past."""
    ago = timedelta(**period)
    with psycopg.connect(database) as connection:
        connection.execute("ALTER TABLE status_changes DISABLE TRIGGER history_stays")
        connection.execute(
            "UPDATE status_changes SET changed_at = changed_at - %s WHERE service_request_pk ="
            " (SELECT pk FROM service_requests WHERE service_request_id = %s)",
            [ago, service_request_id],
        )
        connection.execute("ALTER TABLE status_changes ENABLE TRIGGER history_stays")
        connection.execute(
            "UPDATE service_requests SET requested_datetime = requested_datetime - %s,"
            " updated_datetime = updated_datetime - %s WHERE service_request_id = %s",
            [ago, ago, service_request_id],
        )
