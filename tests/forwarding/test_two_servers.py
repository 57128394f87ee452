"""A town forwards to a county on another of our servers, and follows what it does."""

import json
from datetime import UTC, datetime

import pytest
import requests
from georeport_client import KEYS
from images import from_a_phone
from neighbors import GRIDTOWN, MARK, NAME, SERVER, Place, forward
from servers import PATIENCE

from open311.operations.forwarding.decisions import send_again, settle
from open311.operations.forwarding.sending import claim_next
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.status import change_status
from open311.operations.routing.department import hand_over
from open311.queries.forwarding.forwardings import list_forwardings
from open311.queries.troubles import count_troubles
from open311.steps.values.submissions import StoredPhoto

PERSON = {
    "first_name": "Xaviera",
    "last_name": "Quillfeather",
    "email": "xq77@mail.example",
    "phone": "(740) 555-7788",
    "device_id": "device-zz-4711",
    "account_id": "account-zz-4712",
}


def there(county: Place, service_request_id: str) -> list[str]:
    """List the ids that a request has at the county."""
    rows = county.rows(
        "SELECT service_request_id FROM service_requests WHERE description LIKE %s",
        f"%{MARK}{service_request_id}",
    )
    return [id_ for [id_] in rows]


def test_a_report_is_sent_once_and_its_end_comes_back_with_note_and_photo(
    town: Place, county: Place
) -> None:
    files = [("media", ("photo.jpg", from_a_phone(), "image/jpeg"))]
    fields = {
        "api_key": KEYS[GRIDTOWN],
        "service_code": "POTHOLE",
        "lat": "0.5",
        "long": "0.5",
        "description": "A hole of the county",
        "address_string": "1 Main Street",
        **PERSON,
    }
    answer = requests.post(
        f"{town.address}/open311/v2/requests.json", data=fields, files=files, timeout=PATIENCE
    )
    id_ = answer.json()[0]["service_request_id"]
    assert town.forwarded(id_)["state"] == "waiting"
    assert (town.send(), town.send()) == (1, 0)
    [number] = there(county, id_)
    forwarded = town.forwarded(id_)
    assert (forwarded["state"], forwarded["foreign_id"]) == ("accepted", number)

    row = county.api.one(number)
    assert row["description"] == f"A hole of the county\n\n{MARK}{id_}"
    assert (row["lat"], row["long"], row["address"]) == (0.5, 0.5, "1 Main Street")
    photo = requests.get(row["media_url"], timeout=PATIENCE)
    assert row["media_url"].startswith(town.address)
    assert photo.headers["Content-Type"] == "image/jpeg"

    with county.at_work() as city:
        name = county.media / ("0" * 32 + ".jpg")
        name.write_bytes(photo.content)
        name.with_name("0" * 32 + "-small.jpg").write_bytes(photo.content)
        done = StoredPhoto(name.name, 10, 10, 10)
        change_status(city, number, "in_progress", "A crew is on its way.", made_by="crew")
        change_status(city, number, "fixed", "Filled.", made_by="crew", media=[done])
    assert town.follow() == 1
    assert town.forwarded(id_)["state"] == "done"
    one = town.api.one(id_)
    assert (one["status"], one["status_notes"]) == ("closed", "Filled.")
    updates = town.api.get("v2/servicerequestupdates", service_request_id=id_).document
    assert [(step["status"], step["description"]) for step in updates] == [
        ("unchanged", "This request was sent to East Yard."),
        ("in_progress", "A crew is on its way."),
        ("fixed", "Filled."),
    ]
    picture = requests.get(updates[-1]["media_url"], timeout=PATIENCE)
    assert updates[-1]["media_url"].startswith(f"{town.address}/open311/media/")
    assert picture.status_code == 200
    by = "SELECT DISTINCT made_by FROM status_changes JOIN service_requests ON pk ="
    by += " service_request_pk WHERE service_request_id = %s AND NOT opening"
    assert town.rows(by, id_) == [(NAME,)]

    town.follow()
    again = town.api.get("v2/servicerequestupdates", service_request_id=id_).document
    assert again == updates


def test_nothing_that_identifies_the_requester_leaves(town: Place, county: Place) -> None:
    id_ = town.api.report(description="A hole without a name", **PERSON)
    with town.at_work() as city:
        change_status(city, id_, "open", "", made_by="tests", internal_note="staffwords77")
    town.send()
    [number] = there(county, id_)
    tables = ("service_requests", "reporters", "receipts", "work_steps", "contacts")
    dump = json.dumps([county.rows(f"SELECT row_to_json(t) FROM {name} t") for name in tables])
    assert number in dump
    for word in (*PERSON.values(), "7405557788", "staffwords77"):
        assert word not in dump


def test_after_a_crash_it_is_found_there_and_not_sent_again(town: Place, county: Place) -> None:
    """The county has stored it; the town died before it stored the number."""
    id_ = town.api.report(description="A hole and a crash")
    with town.at_work():
        outgoing = claim_next()
        assert outgoing is not None
        assert outgoing.service_request_id == id_
    county.api.report(description=f"A hole and a crash\n\n{MARK}{id_}")
    assert town.forwarded(id_)["state"] == "sending"
    assert town.send() == 0  # not before the other process had its time
    town.rows("UPDATE forwardings SET due_at = due_at - interval '1 hour' WHERE state = 'sending'")
    assert town.send() == 1
    [number] = there(county, id_)
    assert town.forwarded(id_)["foreign_id"] == number


def test_what_is_not_found_there_is_a_decision_of_staff(town: Place, county: Place) -> None:
    ids = [town.api.report(description="A hole that got lost") for _n in range(3)]
    with town.at_work():
        while claim_next() is not None:
            pass
    town.rows("UPDATE forwardings SET due_at = due_at - interval '1 hour' WHERE state = 'sending'")
    town.send()
    assert [town.forwarded(id_)["state"] for id_ in ids] == ["sending"] * 3
    town.rows(
        "UPDATE forwardings SET due_at = due_at - interval '1 hour',"
        " state_at = state_at - interval '1 hour' WHERE state = 'sending'"
    )
    town.send()
    assert [town.forwarded(id_)["state"] for id_ in ids] == ["unknown"] * 3
    assert town.review(ids[0]) == {"not_forwarded": f"{NAME}: it is not found there"}
    again, number, not_sent = ids
    with town.at_work() as city:
        send_again(city, again, SERVER, "Kim")
        settle(city, number, SERVER, "Kim", "4711")
        settle(city, not_sent, SERVER, "Kim")
    town.send()
    assert len(there(county, again)) == 1
    assert town.forwarded(again)["state"] == "accepted"
    assert town.forwarded(number)["foreign_id"] == "4711"
    assert town.forwarded(not_sent)["state"] == "stopped"
    assert [town.review(id_) for id_ in ids] == [{}, {}, {}]
    assert there(county, not_sent) == []


def test_a_batch_service_there_gives_its_number_after_approval(town: Place, county: Place) -> None:
    token = town.api.post(service_code="LAMP", lat=0.5, long=0.5, description="A lamp")
    assert town.value("SELECT count(*) FROM forwardings WHERE state = 'waiting'") == 0
    with town.at_work() as city:
        id_ = accept_service_request(city, token.document[0]["token"], "Kim")
    assert town.forwarded(id_)["state"] == "waiting"
    town.send()
    forwarded = town.forwarded(id_)
    assert (forwarded["state"], forwarded["foreign_id"]) == ("token", None)
    town.follow()
    assert town.forwarded(id_)["state"] == "token"
    with county.at_work() as city:
        number = accept_service_request(city, forwarded["token"], "Lee")
    town.follow()
    assert town.forwarded(id_)["foreign_id"] == number


def test_what_they_refuse_is_reviewed_with_their_sentence(town: Place, county: Place) -> None:
    county.rows("UPDATE services SET active = false WHERE service_code = 'POTHOLE'")
    id_ = town.api.report(description="A hole that nobody wants")
    town.send()
    county.rows("UPDATE services SET active = true WHERE service_code = 'POTHOLE'")
    assert town.forwarded(id_)["state"] == "refused"
    assert "service_code 'POTHOLE' does not exist" in town.review(id_)["not_forwarded"]
    with town.at_work() as city:
        send_again(city, id_, SERVER, "Kim")
    town.send()
    assert town.forwarded(id_)["state"] == "accepted"
    assert town.review(id_) == {}


def test_another_department_gets_and_gives_back_what_is_forwarded(
    town: Place, county: Place
) -> None:
    id_ = town.api.report(lat=0.5, long=-0.5, description="A hole in the west")
    assert town.forwarded(id_) == {}
    with town.at_work() as city:
        hand_over(city, id_, "EAST", "It is theirs", "Kim")
        assert town.forwarded(id_)["state"] == "waiting"
        hand_over(city, id_, "WEST", "It is ours", "Kim")
    town.send()
    assert (town.forwarded(id_), there(county, id_)) == ({}, [])
    with town.at_work() as city:
        hand_over(city, id_, "EAST", "It is theirs after all", "Kim")
    town.send()
    [number] = there(county, id_)
    with town.at_work() as city:
        hand_over(city, id_, "WEST", "We do it", "Kim")
    with county.at_work() as city:
        change_status(city, number, "fixed", "Not by us.", made_by="crew")
    town.follow()
    assert town.api.one(id_)["status"] == "open"


def test_nothing_is_stuck_that_is_over_or_with_another_department(
    town: Place, county: Place
) -> None:
    stuck, closed, moved = [town.api.report(description=f"A hole {n}") for n in range(3)]
    town.rows("UPDATE forwardings SET state = 'refused' WHERE state = 'waiting'")
    with town.at_work() as city:
        change_status(city, closed, "fixed", "", made_by="tests")
        hand_over(city, moved, "WEST", "It is ours", "Kim")
        found = list_forwardings(city.jurisdiction_id, only_stuck=True)
        assert [one.service_request_id for one in found] == [stuck]
        assert count_troubles(datetime.now(UTC), 60).stuck == 1
        settle(city, stuck, SERVER, "Kim")


@pytest.mark.parametrize("change", ["closed", "withdrawn", "sandbox"])
def test_what_ended_before_it_was_sent_stays_here(town: Place, county: Place, change: str) -> None:
    id_ = town.api.report(description=f"A hole that is {change}")
    statement = {
        "closed": "INSERT INTO status_changes (service_request_pk, status, detailed_status,"
        " status_notes, changed_at, opening) SELECT pk, 'closed', 'fixed', '', now(), false"
        " FROM service_requests WHERE service_request_id = %s",
        "withdrawn": "UPDATE service_requests SET withdrawn_at = now()"
        " WHERE service_request_id = %s",
        "sandbox": "UPDATE service_requests SET public = false WHERE service_request_id = %s",
    }[change]
    town.rows(statement, id_)
    town.send()
    assert (town.forwarded(id_), there(county, id_)) == ({}, [])


def test_a_server_that_is_off_gets_nothing(town: Place, county: Place) -> None:
    town.rows("UPDATE foreign_endpoints SET state = 'off'")
    id_ = town.api.report(description="A hole while it is off")
    town.rows("UPDATE foreign_endpoints SET state = 'on'")
    town.send()
    assert (town.forwarded(id_), there(county, id_)) == ({}, [])


def test_what_came_from_elsewhere_is_not_sent_on(town: Place, county: Place) -> None:
    """Each forwards to the other; the county's own report goes to the town and stays there."""
    forward(county, town.address, "EAST")
    id_ = county.api.report(description="A hole that both send on")
    county.send()
    here = town.value(
        "SELECT service_request_id FROM service_requests WHERE description LIKE %s", f"%{id_}"
    )
    assert town.forwarded(here) == {}
    assert "came from another server" in town.review(here)["not_forwarded"]
    town.rows(
        "UPDATE foreign_endpoints SET api_key_id = (SELECT id FROM api_keys WHERE name = %s)",
        "tests",
    )
    by_key = town.api.report(description="A hole without a mark, sent with their key")
    town.rows("UPDATE foreign_endpoints SET api_key_id = NULL")
    assert town.forwarded(by_key) == {}
    assert "came from another server" in town.review(by_key)["not_forwarded"]
    county.rows("UPDATE foreign_endpoints SET state = 'off'")


def test_what_was_stopped_is_sent_when_it_comes_back(town: Place, county: Place) -> None:
    id_ = town.api.report(description="A hole that goes back and forth")
    town.rows(
        "UPDATE forwardings f SET state = 'stopped', attempts = 1 FROM service_requests r"
        " WHERE r.pk = f.service_request_pk AND r.service_request_id = %s",
        id_,
    )
    [[mine, other]] = town.rows(
        "SELECT d.code, (SELECT code FROM departments WHERE foreign_endpoint_id IS NULL LIMIT 1)"
        " FROM departments d JOIN service_requests r ON r.department_id = d.id"
        " WHERE r.service_request_id = %s",
        id_,
    )
    with town.at_work() as city:
        for code in (other, mine):
            hand_over(city, id_, code, "It is theirs.", "Kim")
    town.send()
    assert town.forwarded(id_)["state"] == "accepted"
    assert len(there(county, id_)) == 1
