"""Retention rules: what each erases, legal holds, and erasures after a restore."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import psycopg
import pytest
from georeport_client import Api
from settings import photo_folder
from staff_client import Person

from local.postgresql import run as run_postgresql
from tests.staff.test_erasure import (
    IN_THEIR_REQUESTS,
    Column,
    Resident,
    Run,
    Sign,
    Town,
    execute,
    left_of,
    outputs,
    photos_of,
)

HERE = "gridtown.example"
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"

ANN = Resident("thornberrow", "+1 740 555 0142")
BEA = Resident("yellowquist", "614-555-0117")
CAL = Resident("mossengale", "(937) 555 0139")
DOT = Resident("farthingwell", "330 555 0175")
EVE = Resident("pennyhollow", "740 555 0158")

OF_RULE: Mapping[str, set[Column]] = {
    "receipt": {("receipts", "idempotency_key")},
    "photo": {("media", "url"), ("service_requests", "media_url")},
    "staff_note": {
        *(("work_steps", "text"), ("triage_entries", "detail"), ("legal_holds", "reason")),
        *(("routing_steps", "reason"), ("service_requests", "routing_reason")),
        *(("routing_steps", "before"), ("bulk_changes", "fields")),
    },
    "free_text": {
        *(("service_requests", name) for name in ("description", "answers", "status_notes")),
        *(("status_changes", "status_notes"), ("received_updates", "description")),
        *(("feedback", "text"), ("flags", "text"), ("holds", "seen"), ("forwardings", "sentence")),
        *(("moderations", "reason"), ("moderations", "original")),
    },
    "reporter": {
        *(("reporters", name) for name in ("email", "device_id", "account_id", "first_name")),
        *(("reporters", name) for name in ("last_name", "phone")),
        *(("contacts", "address"), ("erasures", "reason"), ("service_requests", "address_string")),
    },
    "update_reporter": {
        ("update_reporters", name)
        for name in ("title", "first_name", "last_name", "email", "phone", "account_id")
    },
}
"""The columns from which the rule of each series erases, one rule after the other."""

AUTHORITY = "Schedule 7 of the tests"

ACTIONS = {"reporter": "anonymize", "update_reporter": "anonymize"}


@pytest.fixture(scope="module")
def filled(city: str, api: Api, chief: Person, run_command: Run) -> Town:
    return Town(city, api, chief, run_command)


def fill(town: Town, person: Resident) -> str:
    """Return the number of a closed request with the words of a person in all columns."""
    own = town.submit(person)
    execute(
        town.city,
        "UPDATE service_requests SET media_url = %s WHERE service_request_id = %s",
        f"https://photos.example/{person.word}.jpg",
        own,
    )
    town.comment(person, own)
    town.work_on(own, person.full)
    town.follow(person, own, is_reporter=True)
    return own


def make_old(town: Town, id_: str, months: int) -> None:
    """Let the last change of status, and what came with updates, be some months ago."""
    of_request = "WHERE service_request_id = %s"
    execute(
        town.city,
        "UPDATE service_requests SET requested_datetime = now() - make_interval(0, %s + 1),"
        f" updated_datetime = now() - make_interval(0, %s) - interval '1 day' {of_request}",
        months,
        months,
        id_,
    )
    execute(
        town.city,
        "UPDATE received_updates SET received_at = now() - make_interval(0, %s) - interval '1 day'"
        f" FROM service_requests {of_request} AND pk = service_request_pk",
        months,
        id_,
    )


def set_rule(town: Town, series: str, action: str, months: int = 24) -> None:
    options = ("--months", str(months), "--action", action, "--authority", AUTHORITY)
    town.run(town.city, "retention", "set", series, *options)


def drop_rules(town: Town) -> None:
    execute(town.city, "DELETE FROM retention_rules")


def dump(city: str, path: Path) -> str:
    run_postgresql("pg_dump", "--inserts", "--file", str(path), city)
    return path.read_text().lower()


def test_the_series_are_all_columns_that_can_hold_personal_data() -> None:
    covered = [column for columns in OF_RULE.values() for column in columns]
    assert set(covered) == IN_THEIR_REQUESTS
    assert len(covered) == len(set(covered))


def test_each_rule_erases_its_series_and_leaves_the_others(filled: Town, tmp_path: Path) -> None:
    id_ = fill(filled, ANN)
    make_old(filled, id_, 24)
    photos = photos_of(filled, id_)
    assert photos
    assert left_of(filled.city, ANN) == IN_THEIR_REQUESTS
    filled.run(filled.city, "maintenance")
    assert left_of(filled.city, ANN) == IN_THEIR_REQUESTS
    for series, expected in OF_RULE.items():
        before = left_of(filled.city, ANN)
        set_rule(filled, series, ACTIONS.get(series, "delete"))
        plan = filled.run(filled.city, "retention", "plan")
        assert f"{series}: {ACTIONS.get(series, 'delete')} after 24 months (Schedule 7 of " in plan
        assert f": 1 request\n  {id_}\n" in plan
        assert left_of(filled.city, ANN) == before
        filled.run(filled.city, "retention", "run")
        assert before - left_of(filled.city, ANN) == expected, series
        assert ": 1 request\n" not in filled.run(filled.city, "retention", "plan")
    assert left_of(filled.city, ANN) == set()
    content = dump(filled.city, tmp_path / "dump.sql")
    assert ANN.word not in content
    assert "555-0142" not in content
    assert "555 0142" not in content
    for text in outputs(filled, id_):
        assert ANN.word not in text.lower()
    for photo in photos:
        assert not (photo_folder() / photo.rpartition("/")[2]).exists()
    records = filled.run(filled.city, "people", "erasures")
    assert f"{id_}: 1 requester" in records
    assert "by rule for photo, " in records
    assert "(Schedule 7 of the tests)" in records
    drop_rules(filled)


def test_to_anonymize_texts_leaves_what_names_nobody(filled: Town) -> None:
    """Also addresses and numbers of people who are not known to the request"""
    id_ = filled.submit(BEA, description="A deep hole. Call my aunt, 202-456-1111.")
    note = "The crew was there. Ask maud@elsewhere.example."
    filled.act(id_, "note", text=note)
    filled.act(id_, "close", status="fixed", status_notes="Filled.")
    make_old(filled, id_, 24)
    set_rule(filled, "free_text", "anonymize")
    filled.run(filled.city, "retention", "run")
    page = filled.chief.get(f"/requests/{id_}").text
    assert "A deep hole. Call my aunt, [erased]." in page
    assert note in page
    set_rule(filled, "staff_note", "anonymize")
    filled.run(filled.city, "retention", "run")
    page = filled.chief.get(f"/requests/{id_}").text
    assert "The crew was there. Ask [erased]." in page
    assert BEA.email in page.lower()  # the contact has a rule of its own
    set_rule(filled, "free_text", "delete")  # stricter than before
    filled.run(filled.city, "retention", "run")
    assert "A deep hole" not in filled.chief.get(f"/requests/{id_}").text
    assert "Filled." not in filled.chief.get(f"/requests/{id_}").text
    drop_rules(filled)


def test_records_of_messages_have_their_own_time(filled: Town) -> None:
    id_ = filled.submit(EVE)
    filled.follow(EVE, id_, is_reporter=True)
    filled.act(id_, "close", status="fixed", status_notes="Filled.")
    make_old(filled, id_, 24)
    for months in (25, 1):
        execute(
            filled.city,
            "INSERT INTO messages (jurisdiction_id, kind, telling_id, service_request_pk,"
            " subscription_id, channel, language, state, failure, attempts, made_at, due_at,"
            " sent_at) SELECT 'gridtown.example', 'closed', -%s, pk, subscriptions.id, 'email',"
            " 'en', 'sent', '', 1, sent.at, sent.at, sent.at FROM service_requests"
            " JOIN subscriptions ON service_request_pk = pk,"
            " LATERAL (SELECT now() - make_interval(0, %s) AS at) AS sent"
            " WHERE service_request_id = %s",
            months,
            months,
            id_,
        )
    set_rule(filled, "log", "delete")
    assert f": 1 request\n  {id_}\n" in filled.run(filled.city, "retention", "plan")
    assert "log: 1 changed\n" in filled.run(filled.city, "retention", "run")
    with psycopg.connect(filled.city) as connection:
        left = "SELECT -telling_id FROM messages JOIN service_requests ON service_request_pk = pk"
        rows = connection.execute(f"{left} WHERE service_request_id = %s", [id_]).fetchall()
    assert rows == [(1,)]
    assert ": 0 requests\n" in filled.run(filled.city, "retention", "plan")
    drop_rules(filled)


def test_what_is_younger_or_open_stays(filled: Town) -> None:
    young, open_ = (filled.submit(CAL) for _ in range(2))
    filled.act(young, "close", status="fixed", status_notes="Filled.")
    make_old(filled, young, 23)
    make_old(filled, open_, 25)
    before = left_of(filled.city, CAL)
    for series in OF_RULE:
        set_rule(filled, series, ACTIONS.get(series, "delete"))
    filled.run(filled.city, "maintenance")
    assert left_of(filled.city, CAL) == before
    drop_rules(filled)


def test_a_legal_hold_stops_every_erasure(filled: Town, run_command: Run) -> None:
    id_ = fill(filled, DOT)
    make_old(filled, id_, 24)
    execute(filled.city, "UPDATE jurisdictions SET anonymize_after_days = 30")
    held = filled.run(filled.city, "retention", "hold", id_, "--reason", "Claim 27-15")
    assert held == f"{id_} has a legal hold.\n"
    before = left_of(filled.city, DOT)
    for series in OF_RULE:
        set_rule(filled, series, ACTIONS.get(series, "delete"))
    assert id_ not in filled.run(filled.city, "retention", "plan")
    filled.run(filled.city, "maintenance")
    told = filled.run(filled.city, "people", "erase", "--email", DOT.email, "--yes")
    assert f"{id_}: legal hold, so nothing is erased\n" in told
    page = f"/requests/{id_}"
    for action, fields in (("withdraw", {"reason": "Spam"}), ("erase", {"texts": "true"})):
        answer = filled.chief.post(page, f"{page}/{action}", confirm="true", **fields)
        assert answer.status_code == 409
        assert "This request has a legal hold" in answer.text
    for command in (("requests", "withdraw", id_), ("people", "erase", "--request", id_, "--yes")):
        with pytest.raises(AssertionError, match="has a legal hold"):
            run_command(filled.city, *command)
    assert left_of(filled.city, DOT) == before - {("contacts", "address")}  # no more messages
    with (
        psycopg.connect(filled.city) as connection,
        pytest.raises(psycopg.errors.ForeignKeyViolation),
    ):
        connection.execute("DELETE FROM service_requests WHERE service_request_id = %s", [id_])
    listed = filled.run(filled.city, "retention", "holds")
    [number] = re.findall(rf"(\d+) {id_}: since", listed)
    filled.run(filled.city, "retention", "lift", number)
    assert filled.run(filled.city, "retention", "holds") == "There are no legal holds.\n"
    filled.run(filled.city, "maintenance")
    assert left_of(filled.city, DOT) == set()
    execute(filled.city, "UPDATE jurisdictions SET anonymize_after_days = NULL")
    drop_rules(filled)


def test_administrators_change_rules_and_holds_on_pages(filled: Town, person: Sign) -> None:
    path = "/city/retention"
    assert person("dispatch").get(path).status_code == 403
    assert "No rule: kept." in filled.chief.get(path).text
    wrong = {"months": "1201", "action": "delete", "authority": "Schedule"}
    answer = filled.chief.post(path, f"{path}/photo", **wrong)
    assert answer.status_code == 400
    assert "Enter 1,200 months or fewer." in answer.text
    answer = filled.chief.post(path, f"{path}/photo", **{**wrong, "authority": " ", "months": "24"})
    assert "Enter the authority for this rule" in answer.text
    saved = filled.chief.post(path, f"{path}/photo", **{**wrong, "months": "24"})
    assert "The rule applies to 0 requests now." in saved.text
    id_ = filled.submit(CAL)
    page = f"/requests/{id_}"
    assert person("dispatch").post(page, f"{page}/keep", seen="1", reason="x").status_code == 403
    empty = filled.chief.post(page, f"{page}/keep", reason=" ")
    assert "Enter a reason for the legal hold." in empty.text
    held = filled.chief.post(page, f"{page}/keep", reason="Claim 27-15", until="2999-12-31")
    assert "Legal hold set. Nothing is erased from this request." in held.text
    assert "Legal hold until Dec 31, 2999, set by chief: Claim 27-15" in held.text
    listed = filled.chief.get(path).text
    assert "Claim 27-15" in listed
    [lift] = re.findall(r"(/city/retention/holds/\d+/lift)", listed)
    assert "Legal hold lifted." in filled.chief.post(path, lift).text
    assert filled.chief.post(path, lift).status_code == 404
    dropped = filled.chief.post(path, f"{path}/photo", drop="true")
    assert "Rule deleted." in dropped.text
    audit = filled.chief.get("/city/audit").text
    for words in ("the retention rule photo", f"the legal hold of {id_}"):
        assert words in audit
    assert "Claim 27-15" not in audit


def test_a_hold_ends_after_its_last_day(filled: Town, run_command: Run) -> None:
    id_ = filled.submit(CAL)
    with pytest.raises(AssertionError, match="must not be in the past"):
        run_command(
            *(filled.city, "retention", "hold", id_, "--reason", "x", "--until", "2020-01-01")
        )
    execute(
        filled.city,
        "INSERT INTO legal_holds (service_request_pk, reason, until, set_at, set_by)"
        " SELECT pk, 'Claim', current_date - 2, now(), 'x' FROM service_requests"
        " WHERE service_request_id = %s",
        id_,
    )
    told = filled.run(filled.city, "people", "erase", "--request", id_, "--yes")
    assert f"{id_}: 1 requester" in told


def test_what_is_erased_stays_erased_after_a_restore(
    filled: Town, tmp_path: Path, run_command: Run, fresh_database: Callable[[str], str]
) -> None:
    """By address, by number, by request, by withdrawal, and by a rule; the log has no word of it"""
    run = partial(run_command, OPEN311_SECRET_KEY=SECRET)  # of the digests in the log
    people = [
        Resident(f"{word}worth", f"419 555 01{n}")
        for n, word in enumerate(("ember", "birch", "cobalt", "drift", "flint"), start=21)
    ]
    own = [fill(filled, person) for person in people]
    mentioned = filled.api.report(description="A hole")
    filled.act(mentioned, "note", text=people[0].mention)
    make_old(filled, own[4], 24)
    backup = tmp_path / "before.dump"
    run_postgresql("pg_dump", "-Fc", "--file", str(backup), filled.city)

    run(filled.city, "people", "erase", "--email", people[0].email, "--yes")
    run(filled.city, "people", "erase", "--phone", people[1].phone, "--yes")
    run(filled.city, "people", "erase", "--request", own[2], "--texts", "--yes")
    run(filled.city, "requests", "withdraw", own[3])
    for series in OF_RULE:
        set_rule(filled, series, ACTIONS.get(series, "delete"))
    run(filled.city, "maintenance")
    for person in people:
        assert left_of(filled.city, person) == set()
    log = list((photo_folder() / "erasures").glob("erasures-*.jsonl"))
    lines = [line for path in log for line in path.read_text().splitlines()]
    assert {json.loads(line)["extent"]["do"] for line in lines} >= {
        *("email", "phone", "request", "withdraw", "series"),
    }
    for person in people:
        assert person.word not in "".join(lines).lower()
        assert person.phone[-4:] not in re.sub(r'"(digest|entry)": "\w+"', "", "".join(lines))

    restored = fresh_database("template0")
    run_postgresql("pg_restore", "--exit-on-error", "--dbname", restored, str(backup))
    for person in people:
        assert left_of(restored, person)
    told = run(restored, "restore", "adopt")
    assert re.search(r"Erasures repeated: [1-9]", told)
    for person in people:
        assert left_of(restored, person) == set()
    content = dump(restored, tmp_path / "restored.sql")
    for person in people:
        assert person.word not in content
    assert "Erasures repeated: 0;" in run(restored, "restore", "adopt")
    drop_rules(filled)
