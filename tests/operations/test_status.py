"""Steps in a service request's life: accepted once, closed and opened again."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from current_city import get_service_request
from current_city import submit as submit_to_the_city
from flask import Flask
from sqlalchemy import func, select, text
from statements import statements

from geo.coordinates import Point
from open311.database import db
from open311.errors import Conflict, NotFound
from open311.models import ServiceRequest, StatusChange, WorkStep
from open311.operations.people.users import create_user
from open311.operations.requests.approve import accept_service_request
from open311.operations.requests.assign import assign
from open311.operations.requests.change import change_service
from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.status import change_status
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.receipts import get_token, list_pending_tokens
from open311.queries.routing.stored import get_routed
from open311.steps.values.submissions import Submission

GRIDTOWN = "gridtown.example"
ID = "26-0000003"


def town(jurisdiction_id: str = GRIDTOWN) -> Scope:
    return replace(get_jurisdiction(GRIDTOWN), jurisdiction_id=jurisdiction_id)


def history(service_request_id: str) -> list[tuple[str, str]]:
    statement = (
        select(StatusChange.status, StatusChange.status_notes)
        .join(ServiceRequest, ServiceRequest.pk == StatusChange.service_request_pk)
        .where(ServiceRequest.service_request_id == service_request_id)
        .order_by(StatusChange.changed_at, StatusChange.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def submit(service_code: str) -> str:
    """Send a report, and give its id or token."""
    submission = Submission(
        jurisdiction=town(),
        service=get_service(GRIDTOWN, service_code),
        point=Point(lat=0.5, long=0.5),
    )
    receipt = submit_to_the_city(submission).receipt
    return str(receipt.get("service_request_id") or receipt["token"])


def at_once(app: Flask, work: Callable[[], object], times: int = 6) -> list[object]:
    """Do the same in several transactions at once; a Conflict is an outcome, too."""
    together = threading.Barrier(times)

    def do(_number: int) -> object:
        with app.app_context():
            together.wait()
            try:
                return work()
            except Conflict as error:
                return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(do, range(times)))


def test_each_step_is_kept_and_the_newest_is_shown(app: Flask) -> None:
    steps = [("closed", "Done."), ("closed", "All done."), ("open", "Not yet."), ("open", "")]
    for number, (status, notes) in enumerate(steps, start=1):
        change_status(town(), ID, status, notes)
        db.session.remove()
        row = get_service_request(town(), ID)
        assert (row["status"], row["status_notes"]) == (status, notes or None)
        assert history(ID) == [("open", ""), *steps[:number]]
        assert row["updated_datetime"] > row["requested_datetime"]
        assert row["updated_datetime"] <= datetime.now(UTC)


@pytest.mark.parametrize("ids", [(1, 2, 3), (3, 1, 2), (3, 2, 1)])
def test_of_steps_stored_together_the_one_with_the_highest_id_counts(
    app: Flask, ids: tuple[int, ...]
) -> None:
    found = select(ServiceRequest.pk).where(ServiceRequest.service_request_id == ID)
    values: dict[str, object] = {"pk": db.session.scalar(found), "ids": list(ids)}
    for steps in itertools.product(("open", "closed"), repeat=3):
        values |= {"steps": list(steps), "top": db.session.scalar(func.max(StatusChange.id))}
        db.session.execute(text(SEVERAL_STEPS), values)
        by_id = dict(zip(ids, steps, strict=True))
        assert get_service_request(town(), ID)["status"] == by_id[3], steps


SEVERAL_STEPS = """
    INSERT INTO status_changes (
        id, service_request_pk, status, detailed_status, status_notes, changed_at, opening
    )
    SELECT :top + id, :pk, step, step, '', now(), false
    FROM unnest(CAST(:ids AS integer[]), CAST(:steps AS text[])) AS sent (id, step)
"""


def test_a_step_that_changes_nothing_is_refused(app: Flask) -> None:
    with pytest.raises(Conflict):
        change_status(town(), ID, "open", "")
    change_status(town(), ID, "closed", "Done.")
    with pytest.raises(Conflict):
        change_status(town(), ID, "closed", "Done.")
    db.session.rollback()
    assert history(ID) == [("open", ""), ("closed", "Done.")]


@pytest.mark.parametrize(
    ("jurisdiction_id", "service_request_id"),
    [(GRIDTOWN, "26-9999999"), ("nowhere.example", ID), (GRIDTOWN, "")],
)
def test_an_unknown_request_is_not_found(
    shared_app: Flask, jurisdiction_id: str, service_request_id: str
) -> None:
    with pytest.raises(NotFound):
        change_status(town(jurisdiction_id), service_request_id, "closed", "Done.")


def test_a_request_that_is_not_public_can_be_closed_and_stays_hidden(app: Flask) -> None:
    change_status(town(), "26-0000005", "closed", "Looked into.")
    assert history("26-0000005")[-1] == ("closed", "Looked into.")
    with pytest.raises(NotFound):
        get_service_request(town(), "26-0000005")


def test_of_several_who_close_at_once_one_does(app: Flask) -> None:
    outcomes = at_once(app, lambda: change_status(town(), ID, "closed", "Done."))
    assert outcomes.count(ID) == 1
    assert history(ID) == [("open", ""), ("closed", "Done.")]


def test_three_duplicates_close_in_as_many_statements_as_one(app: Flask) -> None:
    needed = []
    for number in (1, 3):
        original, *duplicates = (submit("POTHOLE") for _request in range(number + 1))
        for one in duplicates:
            link_duplicate(town(), one, original, "clerk")
        with statements(db.engine) as sql:
            change_status(town(), original, "fixed", "Filled.")
        needed.append(len(sql))
        note = f"Filled. Closed together with {original}."
        assert [history(one)[-1] for one in duplicates] == [("closed", note)] * number
    assert needed[0] == needed[1]


def test_an_accepted_report_is_published_with_a_new_id(app: Flask) -> None:
    token = submit("LAMP")
    assert get_token(town(), token) == {"token": token}
    id_ = accept_service_request(town(), token)
    db.session.remove()
    year = datetime.now(ZoneInfo("America/New_York"))
    assert id_ == f"{year:%y}-0000007"
    assert get_token(town(), token) == {"service_request_id": id_, "token": token}
    assert get_service_request(town(), id_)["status"] == "open"
    assert token not in [row.token for row in list_pending_tokens(town())]


def test_an_approved_report_was_requested_when_it_appeared_and_staff_know_since_when(
    app: Flask,
) -> None:
    """Clients that poll by time would never receive it otherwise"""
    waiting = list_pending_tokens(town())[0]
    assert waiting.token
    before = datetime.now(UTC).replace(microsecond=0)
    id_ = accept_service_request(town(), waiting.token)
    row = get_service_request(town(), id_, extensions=True)
    assert before <= row["requested_datetime"] == row["updated_datetime"] <= datetime.now(UTC)
    routed = get_routed(town(), id_)
    assert routed.question.at == waiting.requested_datetime < before
    submitted = f"{waiting.requested_datetime:%Y-%m-%dT%H:%M:%SZ}"
    assert row["extended_attributes"]["notes"][0]["datetime"] == submitted


def test_a_report_can_be_approved_after_the_clock_was_set_back(app: Flask) -> None:
    token = submit("LAMP")
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    db.session.execute(
        text(
            "UPDATE service_requests SET requested_datetime = :ahead, updated_datetime = :ahead "
            "WHERE token = :token"
        ),
        {"ahead": ahead, "token": token},
    )
    db.session.commit()
    id_ = accept_service_request(town(), token)
    assert get_service_request(town(), id_)["requested_datetime"] == ahead


def test_an_assignee_is_named_as_stored(app: Flask) -> None:
    create_user(GRIDTOWN, "Ana", "a long enough password", "dispatcher")
    assign(town(), ID, "ANA", "clerk")
    assert db.session.scalars(select(WorkStep.text)).all() == ["Ana"]
    with pytest.raises(Conflict, match="Ana"):
        assign(town(), ID, "ana", "clerk")


def test_a_due_date_counts_from_the_submission_after_approval_too(app: Flask) -> None:
    waiting = list_pending_tokens(town())[0]
    assert waiting.token
    id_ = accept_service_request(town(), waiting.token)
    change_service(town(), id_, "POTHOLE", "tests")
    due = get_routed(town(), id_).expected_datetime
    assert due == waiting.requested_datetime + timedelta(days=3)


def test_a_token_is_accepted_once(app: Flask) -> None:
    token = submit("LAMP")
    id_ = accept_service_request(town(), token)
    with pytest.raises(Conflict, match=id_):
        accept_service_request(town(), token)


def test_of_several_who_accept_at_once_one_does(app: Flask) -> None:
    token = submit("LAMP")
    jurisdiction = town()
    db.session.remove()
    outcomes = at_once(app, lambda: accept_service_request(jurisdiction, token))
    ids = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(ids) == 1
    assert get_token(town(), token)["service_request_id"] == ids[0]


def test_an_unknown_token_is_not_found(shared_app: Flask) -> None:
    with pytest.raises(NotFound):
        accept_service_request(town(), "nothing")
    with pytest.raises(NotFound):
        get_token(town("nowhere.example"), submit("LAMP"))


def test_tokens_that_wait_are_listed_oldest_first(app: Flask) -> None:
    tokens = [submit("LAMP") for _number in range(3)]
    submit("POTHOLE")
    waiting = list_pending_tokens(town())
    assert [row.token for row in waiting][1:] == tokens
    assert {row.service_code for row in waiting} == {"LAMP"}
    assert list_pending_tokens(town("nowhere.example")) == []


def test_of_several_reports_at_once_each_has_an_id_of_its_own(shared_app: Flask) -> None:
    ids = at_once(shared_app, lambda: submit("POTHOLE"))
    assert len(set(ids)) == len(ids)
    stored = select(func.count()).where(ServiceRequest.service_request_id.in_(ids))
    assert db.session.scalar(stored) == len(ids)
