"""Erasure of personal data in batches, and by several at once."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from current_city import submit
from flask import Flask
from sqlalchemy import text

from geo.coordinates import Point
from open311.database import db
from open311.operations.people.erasure import PersonKey, erase_personal_data, preview_erasure
from open311.operations.people.retention import BATCH, anonymize_batch
from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.status import change_status
from open311.operations.requests.updates import receive_update
from open311.operations.requests.withdraw import withdraw_service_request
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.erasures import list_erasures
from open311.queries.requests.texts import list_mentioning
from open311.steps.values.submissions import Submission
from tests.operations.test_reopening import age, stored
from tests.operations.test_status import GRIDTOWN, history
from tests.operations.test_updates import sent

COLUMNS = """
    jurisdiction_id, public, sandbox, service_id, department_id, routing_reason, pinned,
    near_border, address_string, address_id, zipcode, description, media_url, answers, status,
    detailed_status, status_notes, location, location_from
"""
MANY = f"""
    WITH new AS (
        INSERT INTO service_requests ({COLUMNS}, service_request_id, requested_datetime,
            updated_datetime)
        SELECT {COLUMNS}, 'OLD-' || number, now() - interval '900 days', now() - interval '800 days'
        FROM service_requests, generate_series(1, :number) AS number
        WHERE service_request_id = '26-0000002'
        RETURNING pk
    )
    INSERT INTO reporters
    SELECT pk, 'kim@mail.example', '', '', 'Kim', 'Lee', '' FROM new
"""


def town() -> Scope:
    return get_jurisdiction("gridtown.example")


def add_old_ones(number: int) -> None:
    """Add closed requests of one person, and set the period of the city."""
    db.session.execute(text(MANY), {"number": number})
    db.session.execute(
        text(
            "UPDATE service_requests SET status = 'closed',"
            " detailed_status = 'closed' WHERE service_request_id LIKE 'OLD-%'"
        )
    )
    db.session.execute(text("UPDATE jurisdictions SET anonymize_after_days = 700"))
    db.session.commit()


def reporters() -> int:
    rows = db.session.scalar(text("SELECT count(*) FROM reporters WHERE last_name = 'Lee'"))
    db.session.rollback()
    return int(rows)


def test_old_requests_are_anonymized_in_batches_that_end(app: Flask) -> None:
    add_old_ones(2 * BATCH + 1)
    now = datetime.now(UTC)
    numbers, last = [], 0
    while True:
        batch = anonymize_batch(town(), now, last)
        if batch.last is None:
            break
        numbers.append(batch.number)
        assert reporters() == 2 * BATCH + 1 - sum(numbers)  # each batch is committed
        last = batch.last
    assert numbers == [BATCH, BATCH, 1]
    assert anonymize_batch(town(), now, 0).last is None


def test_a_preview_finds_what_an_erasure_erases_and_changes_nothing(app: Flask) -> None:
    add_old_ones(3)
    key = PersonKey(basis="email", value="KIM@mail.example")
    found = preview_erasure(town(), key, texts=False, erased_by="tests")
    assert reporters() == 3
    assert db.session.scalar(text("SELECT count(*) FROM erasures")) == 0
    db.session.rollback()
    assert erase_personal_data(town(), key, texts=False, erased_by="tests") == found
    assert reporters() == 0


def test_two_erasures_at_once_erase_once(app: Flask) -> None:
    add_old_ones(5)
    key = PersonKey(basis="email", value="kim@mail.example")
    counts: list[int] = []

    def erase() -> None:
        with app.app_context():
            done = erase_personal_data(town(), key, texts=False, erased_by="tests")
            counts.append(len(done.requests))

    threads = [threading.Thread(target=erase) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 5]


KIM = {"email": "kim@mail.example", "first_name": "Kim"}
BO = {"email": "bo@mail.example", "first_name": "Bo"}
LINK = "https://photos.example/1.jpg"


def report(reporter: dict[str, str], description: str = "A hole.", **fields: Any) -> str:
    submission = Submission(
        jurisdiction=town(),
        service=get_service(GRIDTOWN, "POTHOLE"),
        point=Point(lat=0.5, long=0.5),
        description=description,
        reporter=reporter,
        **fields,
    )
    return str(submit(submission).receipt["service_request_id"])


def comment(id_: str, reporter: dict[str, str], **fields: Any) -> None:
    """Send a comment of a resident; rights=["status"] makes it one of the city."""
    usual = {"status": None, "rights": ["comment-any"], "reporter": reporter}
    receive_update(sent(id_, **{**usual, **fields}))


def rows(statement: str) -> list[Any]:
    found = db.session.execute(text(statement)).all()
    db.session.rollback()
    return [one[0] if len(one) == 1 else tuple(one) for one in found]


def execute(statement: str, **values: Any) -> None:
    db.session.execute(text(statement), values)
    db.session.commit()


def erase(basis: str, value: str, *, texts: bool = False) -> None:
    key = PersonKey(basis=basis, value=value)
    erase_personal_data(town(), key, texts=texts, erased_by="tests")


def anonymize(days: int = 365) -> int:
    """Anonymize what is older than this period, and return the number of requests."""
    execute("UPDATE jurisdictions SET anonymize_after_days = :days", days=days)
    return anonymize_batch(town(), datetime.now(UTC), 0).number


def test_descriptions_at_the_limit_are_cut_when_words_become_longer(app: Flask) -> None:
    al = {"first_name": "Al"}
    id_ = report(al, "Al " * 1333 + "!")
    comment(id_, al, description="By Al. " * 571 + "!!!")
    erase("request", id_)
    texts = rows("SELECT description FROM received_updates")
    texts.append(stored(id_).description)
    assert [len(one) for one in texts] == [4000, 4000]
    assert not any("Al" in one for one in texts)


def test_copies_of_a_commenter_s_whole_note_are_erased_with_it(app: Flask) -> None:
    """In later steps, in duplicates, and in the request that continues it"""
    id_, other = report(KIM), report(BO)
    link_duplicate(town(), other, id_, "tests")
    note = "It is behind my red house."
    comment(id_, {"email": "ann@mail.example"}, status="fixed", description=note, rights=["status"])
    age(id_, 61)
    change_status(town(), id_, "closed", "")
    change_status(town(), id_, "closed", note)
    later = "Again: behind my house."
    comment(
        id_,
        {"email": "ann@mail.example"},
        update_id="u-2",
        status="open",
        description=later,
        rights=["status"],
    )
    [new] = rows("SELECT service_request_id FROM service_requests WHERE continues_pk IS NOT NULL")
    assert history(new)[-1][1] == f"{later} This request continues {id_}."
    erase("email", "ann@mail.example", texts=True)
    assert [notes for _status, notes in history(id_)] == [
        *("", "[erased]", "", "[erased]", f"[erased] Continued as {new}.")
    ]
    assert stored(id_).status_notes == history(id_)[-1][1]
    assert history(other)[-1][1] == f"[erased] Closed together with {id_}."
    assert stored(other).status_notes == history(other)[-1][1]
    assert history(new)[-1][1] == f"[erased] This request continues {id_}."
    assert stored(new).description == "A hole."
    assert rows("SELECT count(*) FROM reporters WHERE email <> ''") == [3]


def test_another_duplicate_keeps_what_it_does_not_repeat(app: Flask) -> None:
    id_, one, other = report({}), report(KIM), report(BO)
    for duplicate in (one, other):
        link_duplicate(town(), duplicate, id_, "tests")
    change_status(town(), id_, "fixed", "Kim was right.")
    told = history(other)[-2][1]
    assert "both requests together" in told
    erase("request", one, texts=True)
    assert {notes for _status, notes in history(one)} == {"", "[erased]"}
    together = f"[erased] was right. Closed together with {id_}."
    assert [notes for _status, notes in history(other)] == ["", told, together]
    assert history(id_)[-1][1] == "[erased] was right."


WAYS: dict[str, Callable[[str, str], Any]] = {
    "request": lambda old, new: erase("request", old, texts=True),
    "continuation": lambda old, new: erase("request", new, texts=True),
    "withdrawal": lambda old, new: withdraw_service_request(town(), old, "tests", "Asked"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_continuation_loses_what_it_has_from_the_erased_requester(app: Flask, way: str) -> None:
    old = report(KIM, "Behind my red house.", address_string="Kim Lee, Main Street")
    change_status(town(), old, "fixed", "Filled.")
    age(old, 61)
    new = change_status(town(), old, "open", "It is back, says Kim.")
    comment(new, BO, description="I saw it.")
    WAYS[way](old, new)
    assert rows("SELECT count(*) FROM reporters WHERE email <> ''") == [0]
    assert rows("SELECT count(*) FROM receipts WHERE service_request_pk IS NOT NULL") == [0]
    assert {stored(one).description for one in (old, new)} <= {"[erased]", ""}
    assert "Kim" not in str([history(one) for one in (old, new)])
    if way != "continuation":
        assert rows("SELECT description FROM received_updates") == ["I saw it."]
        assert rows("SELECT email FROM update_reporters") == [BO["email"]]
        assert history(new)[-1][1] == f"It is back, says [erased]. This request continues {old}."


@pytest.mark.parametrize("way", ["withdrawal", "period"])
def test_a_duplicate_loses_the_name_of_the_other_requester(app: Flask, way: str) -> None:
    """And after the period no word of its own people, whose period is not over"""
    id_, other, again = report(KIM), report(BO, "Bo saw it."), report(KIM, "Kim again.")
    for duplicate in (other, again):
        link_duplicate(town(), duplicate, id_, "tests")
    change_status(town(), id_, "fixed", "Thanks, Kim!")
    if way == "withdrawal":
        withdraw_service_request(town(), id_, "tests", "Asked")
    else:
        age(id_, 400)
        assert anonymize() == 1
        assert stored(again).description == "Kim again."
    assert history(other)[-1][1] == f"Thanks, [erased]! Closed together with {id_}."
    assert stored(other).status_notes == history(other)[-1][1]
    assert stored(other).description == "Bo saw it."
    left = rows("SELECT email FROM reporters ORDER BY service_request_pk")
    assert left == [BO["email"], KIM["email"]]


def test_a_number_that_is_too_short_for_a_phone_is_not_searched(app: Flask) -> None:
    assert list_mentioning(GRIDTOWN, [], ["ext. 2"]) == []
    report({}, "Call 740-555-0100.")
    assert len(list_mentioning(GRIDTOWN, [], ["ext. 2", "(740) 555 0100"])) == 1


@pytest.mark.parametrize("basis", ["request", "email"])
def test_a_comment_that_is_stored_at_the_same_time_is_erased(app: Flask, basis: str) -> None:
    id_ = report(KIM)
    pk = stored(id_).pk
    db.session.rollback()

    def run() -> None:
        with app.app_context():
            erase(basis, id_ if basis == "request" else KIM["email"])

    thread = threading.Thread(target=run)
    with db.engine.begin() as commenting:
        lock = text("SELECT 1 FROM service_requests WHERE pk = :pk FOR UPDATE")
        commenting.execute(lock, {"pk": pk})
        thread.start()
        while not rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
            time.sleep(0.01)
        commenting.execute(
            text(
                "WITH new AS (INSERT INTO received_updates (service_request_pk, update_id,"
                " description, sent_at, received_at, by_city, claims, token) VALUES (:pk, 'u',"
                " 'Kim again', now(), now(), false, false, 't') RETURNING id)"
                " INSERT INTO update_reporters"
                " SELECT id, '', 'Kim', '', 'kim@mail.example', '', '' FROM new"
            ),
            {"pk": pk},
        )
    thread.join()
    assert rows("SELECT count(*) FROM update_reporters") == [0]
    assert rows("SELECT description FROM received_updates") == ["[erased] again"]


def test_a_young_comment_on_an_old_request_has_its_own_period(app: Flask) -> None:
    """Also without contact data, if it has a photo; photos of the city stay"""
    id_ = report(KIM)
    change_status(town(), id_, "fixed", "Filled.")
    age(id_, 400)
    comment(id_, BO, description="Bo says thanks.", media=[LINK])
    by_city = {"rights": ["status"], "media": ["https://city.example/2.jpg"]}
    comment(id_, {}, update_id="u-2", **by_city)
    assert anonymize() == 1
    assert rows("SELECT count(*) FROM reporters WHERE email <> ''") == [0]
    assert rows("SELECT email FROM update_reporters") == [BO["email"]]
    assert rows("SELECT count(*) FROM media") == [2]
    assert "Bo says thanks." in rows("SELECT description FROM received_updates")
    assert anonymize() == 0
    execute("DELETE FROM update_reporters")
    execute("UPDATE received_updates SET received_at = received_at - interval '366 days'")
    assert anonymize() == 1
    assert rows("SELECT url FROM media") == ["https://city.example/2.jpg"]
    assert anonymize_batch(town(), datetime.now(UTC), 0).last is None
    withdraw_service_request(town(), id_, "tests")
    assert rows("SELECT count(*) FROM media") == [0]


def test_a_photo_with_contact_data_is_not_the_city_s(app: Flask) -> None:
    id_ = report(KIM)
    comment(id_, BO, rights=["status"], media=[LINK])
    erase("email", BO["email"])
    assert rows("SELECT count(*) FROM media") == [0]


def test_an_open_continuation_keeps_its_requester_after_the_period_of_the_old_one(
    app: Flask,
) -> None:
    old = report(KIM, "Kim saw it.")
    change_status(town(), old, "fixed", "Filled.")
    age(old, 400)
    new = change_status(town(), old, "open", "It is back, says Kim.")
    age(old, 400)
    assert anonymize() == 1
    assert (stored(old).description, stored(new).description) == ("[erased] saw it.", "Kim saw it.")
    assert rows("SELECT email FROM reporters WHERE email <> ''") == [KIM["email"]]


def test_the_newest_erasures_are_those_stored_last(app: Flask) -> None:
    """The clock may have been set back"""
    for number, ago in enumerate((0, 50, 10)):
        execute(
            "INSERT INTO erasures (jurisdiction_id, basis, reason, counts, erased_at, erased_by)"
            """ VALUES (:here, 'email', '', '{"texts": 1}', :at, :by)""",
            here=GRIDTOWN,
            at=datetime.now(UTC) - timedelta(days=ago),
            by=str(number),
        )
    assert [one.erased_by for one in list_erasures(GRIDTOWN, 2)] == ["1", "2"]
