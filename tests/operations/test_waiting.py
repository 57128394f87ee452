"""Due dates by the hours of a city, paused while a request waits for the requester."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from open311.database import db
from open311.errors import Conflict, InvalidParameters
from open311.models import BusinessHours, Service, ServiceRequest, WorkStep
from open311.operations.requests.change import change_service
from open311.operations.requests.status import change_status, resume, wait_for_reporter
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.due_dates import find_due

ID = "26-0000003"
NINE_TO_FIVE = {"opens": time(9), "closes": time(17)}


@pytest.fixture
def city(app: Flask) -> Scope:
    """Gridtown, open from nine to five on weekdays."""
    hours = [
        {
            "jurisdiction_id": "gridtown.example",
            "weekday": day,
            "opens": time(9),
            "closes": time(17),
        }
        for day in range(1, 6)
    ]
    db.session.execute(insert(BusinessHours), hours)
    db.session.commit()
    return get_jurisdiction(None)


def stored() -> ServiceRequest:
    return db.session.execute(
        select(ServiceRequest).where(ServiceRequest.service_request_id == ID),
        execution_options={"populate_existing": True},
    ).scalar_one()


def since(moment: datetime, due: datetime) -> None:
    """Let it have waited since a moment, and be due at another."""
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.service_request_id == ID)
        .values(waits_since=moment, expected_datetime=due)
    )
    db.session.commit()


def test_what_is_due_goes_by_the_hours_of_the_city(city: Scope) -> None:
    friday = datetime(2026, 3, 6, 19, 5, tzinfo=UTC)  # 14:05 there
    assert find_due(city, friday, 1) == datetime(2026, 3, 9, 18, 5, tzinfo=UTC)  # clocks forward
    assert find_due(city, friday, None) is None


def test_a_report_over_http_is_due_on_a_working_day(city: Scope, app: Flask) -> None:
    form = {"api_key": "key-of-gridtown", "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    client = app.test_client()
    [receipt] = client.post("/open311/v2/requests.json", data=form).json or []
    url = f"/open311/v2/requests/{receipt['service_request_id']}.json"
    [row] = client.get(url).json or []
    requested = datetime.fromisoformat(row["requested_datetime"])
    due = datetime.fromisoformat(row["expected_datetime"])
    assert due == find_due(city, requested, 3)
    local = due.astimezone(city.zone)
    assert local.isoweekday() <= 5
    assert time(9) <= local.time() <= time(17)
    here = client.get(
        "/open311/v2/services.json", query_string={"lat": 0.5, "long": 0.5, "extensions": "true"}
    ).json
    promised = {one["service_code"]: one["extended_attributes"] for one in here or []}
    assert abs(datetime.fromisoformat(promised["POTHOLE"]["expected_datetime"]) - due) < timedelta(
        minutes=1
    )
    assert promised["LAMP"]["expected_datetime"] is None


def test_what_waits_is_asked_for_in_public_and_not_overdue(city: Scope, app: Flask) -> None:
    wait_for_reporter(city, ID, "Which lamp is it?", "clerk")
    row = stored()
    assert (row.status_notes, row.detailed_status) == ("Which lamp is it?", "open")
    assert row.waits_since is not None
    since(row.waits_since, datetime.now(UTC) - timedelta(days=1))
    items = "/ogc/collections/requests/items"
    overdue = {"filter": "overdue = true"}
    assert (app.test_client().get(items, query_string=overdue).json or {})["features"] == []
    resume(city, ID, "clerk")
    [late] = (app.test_client().get(items, query_string=overdue).json or {})["features"]
    assert late["id"] == ID
    kinds = db.session.scalars(select(WorkStep.kind).order_by(WorkStep.id)).all()
    assert kinds == ["waits", "resumed"]


def test_what_goes_on_is_due_later_by_the_time_it_waited(city: Scope) -> None:
    waited = datetime.now(UTC).replace(microsecond=0) - timedelta(days=14)  # ten days of work
    due = find_due(city, datetime.now(UTC), 2)
    assert due is not None
    since(waited, due)
    resume(city, ID, "clerk")
    later = stored().expected_datetime
    expected = find_due(city, due, 10)
    assert later is not None
    assert expected is not None
    assert abs(later - expected) < timedelta(minutes=1)


def test_what_is_closed_waits_no_more(city: Scope) -> None:
    wait_for_reporter(city, ID, "Which lamp is it?", "clerk")
    change_status(city, ID, "no_further_action", "Nobody knew.")
    assert stored().waits_since is None
    with pytest.raises(Conflict, match=r"is closed\. Reopen it first"):
        wait_for_reporter(city, ID, "Which?", "clerk")
    change_status(city, ID, "open", "Again.")
    with pytest.raises(Conflict, match="is not on hold"):
        resume(city, ID, "clerk")


def test_waiting_twice_or_for_nothing_is_told(city: Scope) -> None:
    with pytest.raises(InvalidParameters, match="status_notes is required to ask the requester"):
        wait_for_reporter(city, ID, " ", "clerk")
    wait_for_reporter(city, ID, "Which lamp is it?", "clerk")
    with pytest.raises(Conflict, match="already waiting"):
        wait_for_reporter(city, ID, "Which?", "clerk")
    assert db.session.scalar(select(func.count()).select_from(WorkStep)) == 1


def test_the_time_it_waited_counts_when_it_is_closed_or_changes_its_service(
    city: Scope,
) -> None:
    change_service(city, ID, "POTHOLE", "clerk")
    promised = stored().expected_datetime
    assert promised is not None
    promised -= timedelta(hours=1)  # at the end of a day, a second more is the next morning
    waited = datetime.now(UTC).replace(microsecond=0) - timedelta(days=14)  # ten days of work
    since(waited, promised)
    change_status(city, ID, "no_further_action", "Nobody answered.")
    later = stored().expected_datetime
    expected = find_due(city, promised, 10)
    assert later is not None
    assert expected is not None
    assert abs(later - expected) < timedelta(minutes=1)
    change_status(city, ID, "open", "Somebody did.")
    db.session.execute(
        update(Service).where(Service.service_code == "SURVEY").values(expected_days=5)
    )
    db.session.commit()
    change_service(city, ID, "SURVEY", "clerk")
    due = stored().expected_datetime
    expected = find_due(city, datetime.now(UTC), 5)  # it was reopened now
    assert due is not None
    assert expected is not None
    assert abs(due - expected) < timedelta(minutes=1)
