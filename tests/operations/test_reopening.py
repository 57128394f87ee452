"""Reopening: with a new due date within the city's period, and as a new request after it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from current_city import get_service_request, submit
from flask import Flask
from sqlalchemy import select, text, update

from geo.coordinates import Point
from open311.database import db
from open311.errors import Conflict
from open311.models import Reporter, Service, ServiceRequest
from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.status import change_status
from open311.operations.requests.withdraw import withdraw_service_request
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope
from open311.queries.requests.due_dates import find_due
from open311.steps.values.submissions import Submission
from tests.commands.conftest import CommandLine
from tests.operations.test_status import GRIDTOWN, history, town

KEPT = ("description", "address_string", "zipcode", "answers", "department_id", "api_key_id")


@pytest.fixture
def city(app: Flask) -> Scope:
    """Gridtown, where potholes are due in three days."""
    potholes = update(Service).where(Service.service_code == "POTHOLE")
    db.session.execute(potholes.values(expected_days=3))
    db.session.commit()
    return town()


def report(city: Scope) -> str:
    submission = Submission(
        jurisdiction=city,
        service=get_service(GRIDTOWN, "POTHOLE"),
        point=Point(lat=0.5, long=0.5),
        description="A deep hole.",
        address_string="1 Main Street",
        zipcode="12345",
        answers={"SIZE": "LARGE"},
        reporter={"email": "kim@mail.example", "first_name": "Kim"},
    )
    return str(submit(submission).receipt["service_request_id"])


def age(id_: str, days: int) -> None:
    """Move a request with its history into the past."""
    pk = stored(id_).pk
    db.session.execute(text("ALTER TABLE status_changes DISABLE TRIGGER history_stays"))
    for statement in (
        "UPDATE status_changes SET changed_at = changed_at - :ago WHERE service_request_pk = :pk",
        "UPDATE service_requests SET requested_datetime = requested_datetime - :ago WHERE pk = :pk",
        "UPDATE service_requests SET updated_datetime = updated_datetime - :ago WHERE pk = :pk",
        "UPDATE service_requests SET expected_datetime = expected_datetime - :ago WHERE pk = :pk",
    ):
        db.session.execute(text(statement), {"ago": timedelta(days=days), "pk": pk})
    db.session.execute(text("ALTER TABLE status_changes ENABLE TRIGGER history_stays"))
    db.session.commit()


def stored(id_: str) -> Any:
    db.session.expire_all()
    found = select(ServiceRequest).where(ServiceRequest.service_request_id == id_)
    return db.session.scalars(found).one()


def test_a_reopened_request_is_due_in_the_days_of_its_service(city: Scope) -> None:
    id_ = report(city)
    change_status(city, id_, "fixed", "Filled.")
    age(id_, 59)
    assert change_status(city, id_, "in_progress", "It did not hold.") == id_
    row = stored(id_)
    due = find_due(city, datetime.now(UTC), 3)
    assert due is not None
    assert abs(row.expected_datetime - due) < timedelta(minutes=1)
    assert (row.status, row.detailed_status) == ("open", "in_progress")


def test_after_the_period_a_new_request_continues_it(city: Scope) -> None:
    id_ = report(city)
    change_status(city, id_, "fixed", "Filled.")
    age(id_, 61)
    new_id = change_status(city, id_, "open", "The hole is back.", made_by="clerk")
    old, new = stored(id_), stored(new_id)
    assert (old.status, new.status) == ("closed", "open")
    assert new.continues_pk == old.pk
    assert {name: getattr(new, name) for name in KEPT} == {
        name: getattr(old, name) for name in KEPT
    }
    assert new.location == old.location
    assert datetime.now(UTC) - new.requested_datetime < timedelta(minutes=1)
    due = find_due(city, datetime.now(UTC), 3)
    assert due is not None
    assert abs(new.expected_datetime - due) < timedelta(minutes=1)
    people = select(Reporter.email, Reporter.first_name).where(
        Reporter.service_request_pk.in_([old.pk, new.pk])
    )
    assert db.session.execute(people).all() == [("kim@mail.example", "Kim")] * 2
    assert history(id_)[-1] == ("closed", f"Filled. Continued as {new_id}.")
    assert history(new_id)[-1] == ("open", f"The hole is back. This request continues {id_}.")
    assert get_service_request(city, new_id)["status"] == "open"
    with pytest.raises(Conflict, match=f"{id_} was continued as {new_id}"):
        change_status(city, id_, "open", "Once more.")


def test_a_later_note_about_a_closed_request_does_not_extend_the_period(city: Scope) -> None:
    id_ = report(city)
    change_status(city, id_, "fixed", "Filled.")
    age(id_, 61)
    change_status(city, id_, "closed", "Filled with asphalt.")
    assert change_status(city, id_, "open", "Again.") != id_


def test_the_city_sets_the_period(city: Scope) -> None:
    db.session.execute(text("UPDATE jurisdictions SET reopen_days = 5"))
    db.session.commit()
    old, young = report(city), report(city)
    for id_, days in ((old, 6), (young, 4)):
        change_status(town(), id_, "fixed", "Filled.")
        age(id_, days)
    assert change_status(town(), old, "open", "Again.") != old
    assert change_status(town(), young, "open", "Again.") == young


def test_what_continues_a_request_is_as_hidden_as_it(city: Scope) -> None:
    hidden = "26-0000005"
    change_status(city, hidden, "closed", "Looked into.")
    age(hidden, 61)
    new = stored(change_status(city, hidden, "open", "Again."))
    assert not new.public


def test_without_a_service_to_continue_it_an_old_request_is_reopened_itself(city: Scope) -> None:
    id_ = report(city)
    change_status(city, id_, "fixed", "Filled.")
    age(id_, 61)
    db.session.execute(
        update(Service).where(Service.service_code == "POTHOLE").values(active=False)
    )
    db.session.commit()
    assert change_status(city, id_, "open", "Again.") == id_


@pytest.mark.parametrize("with_duplicates", [True, False])
def test_duplicates_that_closed_with_the_original_are_reopened_if_asked(
    city: Scope, with_duplicates: bool
) -> None:
    main, with_it, before_it = report(city), report(city), report(city)
    for one in (with_it, before_it):
        link_duplicate(city, one, main, "clerk")
    change_status(city, before_it, "duplicate", "The same hole.")
    age(before_it, 1)
    change_status(city, main, "fixed", "Filled.")
    change_status(city, main, "open", "It did not hold.", with_duplicates=with_duplicates)
    assert stored(before_it).status == "closed"
    assert stored(with_it).status == ("open" if with_duplicates else "closed")
    if with_duplicates:
        assert history(with_it)[-1] == ("open", f"Reopened together with {main}.")


def test_duplicates_of_a_continued_original_get_a_note_if_asked(city: Scope) -> None:
    main, other = report(city), report(city)
    link_duplicate(city, other, main, "clerk")
    change_status(city, main, "fixed", "Filled.")
    for one in (main, other):
        age(one, 61)
    new = change_status(city, main, "open", "Again.", with_duplicates=True)
    assert stored(other).status == "closed"
    assert history(other)[-1][1].endswith(f"Continued as {new}.")


def test_a_withdrawn_request_is_linked_to_no_other(city: Scope) -> None:
    ids = []
    for gone in (0, 1):
        id_ = report(city)
        change_status(city, id_, "fixed", "Filled.")
        age(id_, 61)
        pair = (id_, change_status(city, id_, "open", "Again."))
        withdraw_service_request(city, pair[gone], "clerk")
        ids.append(pair)
    assert stored(ids[0][1]).continues_pk is None
    assert change_status(city, ids[1][0], "open", "And again.") not in ids[1]


def test_the_command_says_which_request_is_open(city: Scope) -> None:
    open311 = CommandLine()
    id_ = report(city)
    change_status(city, id_, "fixed", "Filled.")
    assert open311.lines("requests", "reopen", id_, "Again.", "--with-duplicates") == [
        f"{id_} is open."
    ]
    change_status(city, id_, "fixed", "Filled again.")
    age(id_, 61)
    [first, second] = open311.lines("requests", "reopen", id_, "Again.")
    new_id = second.split()[0]
    assert first == f"{id_} was closed more than 60 days ago. {new_id} continues it."
    assert second == f"{new_id} is open."
