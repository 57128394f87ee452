"""What emails to staff cost: nothing where nothing is configured, else one INSERT."""

from collections.abc import Callable, Iterator

import pytest
from applications import application, close
from flask import Flask
from sqlalchemy import text
from statements import kinds_of, statements

from open311.database import db
from open311.jobs.mail import watch_clock
from open311.operations.catalog import change_mailbox
from open311.operations.requests.assign import assign
from open311.operations.routing.department import hand_over
from open311.queries.jurisdictions import get_jurisdiction
from schemas.vocabulary.notices import AT_ONCE, NEW
from tests.telling.staffing import CITY
from tests.telling.test_costs import KINDS, ON, posted

INSERT = "INSERT INTO staff_tellings"


@pytest.fixture(scope="module", params=[{}, ON], ids=["without email", "with email"])
def app(
    request: pytest.FixtureRequest,
    fresh_database: Callable[[str], str],
    site_city: str,
    run_command: Callable[..., str],
) -> Iterator[tuple[Flask, bool]]:
    url = fresh_database(site_city)
    run_command(url, "users", "create", "ann", "--role", "dispatcher", "--generate")
    app = application(url, request.param)
    app.test_client().get("/open311/v2/requests.json")  # reads the snapshot
    yield app, bool(request.param)
    close(app)


def told(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(text("SELECT count(*) FROM staff_tellings")) or 0)


def refresh(app: Flask) -> None:
    """Let the application see what was changed in the catalog."""
    app.test_client().get("/open311/v2/requests.json")


def test_a_submission_costs_as_much_as_before(app: tuple[Flask, bool]) -> None:
    served, is_on = app
    assert "staff_tellings" not in " ".join(posted(served, email=""))
    with served.app_context():
        codes = db.session.scalars(
            text("SELECT code FROM departments WHERE jurisdiction_id = :id"), {"id": CITY}
        ).all()
        for code in codes:
            change_mailbox(CITY, code, "dept@city.example", {NEW: AT_ONCE})
    refresh(served)
    sent = posted(served, email="", description="another")
    assert kinds_of(sent, KINDS) == ["write"]
    assert ("staff_tellings" in " ".join(sent)) is is_on
    assert told(served) == is_on
    with served.app_context():
        for code in codes:
            change_mailbox(CITY, code, None, {})
    refresh(served)
    assert "staff_tellings" not in " ".join(posted(served, email="", description="a third"))


def test_assigning_and_transferring_take_one_insert_more(app: tuple[Flask, bool]) -> None:
    served, is_on = app
    posted(served, email="", description="to be assigned")
    with served.app_context():
        city = get_jurisdiction(None)
        id_ = str(db.session.scalar(text("SELECT max(service_request_id) FROM service_requests")))
        with statements(db.engine) as assigning:
            assign(city, id_, "ann", "tests")
        with statements(db.engine) as transferring:
            hand_over(city, id_, "WEST", "Theirs.", "tests")
        with statements(db.engine) as oneself:
            assign(city, id_, "ann", "ann")
    assert [sum(INSERT in one for one in sent) for sent in (assigning, transferring, oneself)] == [
        *(is_on, is_on, False)
    ]


def test_the_clock_is_looked_at_only_with_email(app: tuple[Flask, bool]) -> None:
    served, is_on = app
    with served.app_context(), statements(db.engine) as sent:
        watch_clock()
    assert bool(sent) is is_on
