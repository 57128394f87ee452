"""What emails cost: nothing where none are configured, and one part of a statement with them."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from applications import application, close, in_context
from flask import Flask
from georeport_client import KEYS
from sqlalchemy import text
from statements import kinds_of, statements

from open311.database import db
from open311.jobs import mail
from open311.jobs.mail import REST, Pace, send_emails
from open311.jobs.registry import LOOPS
from open311.letters.deliver import deliver
from open311.operations.requests.status import change_status
from open311.operations.telling.manage import forget_messages
from open311.queries.jurisdictions import get_jurisdiction
from tests.residents.reported import SECRET
from tests.telling.mailing import PUBLIC_URL, SENDER

ON = {
    "OPEN311_MAIL": "smtp://127.0.0.1:9",
    "OPEN311_MAIL_FROM": SENDER,
    "OPEN311_PUBLIC_URL": PUBLIC_URL,
    "OPEN311_SECRET_KEY": SECRET,
}
POSTED = {
    "api_key": KEYS["gridtown.example"],
    "service_code": "POTHOLE",
    "lat": "0.5",
    "long": "0.5",
    "email": "kim@mail.example",
}
KINDS = {
    "INSERT INTO service_requests": "write",
    "INSERT INTO tellings": "telling",
}


@pytest.fixture(scope="module", params=[{}, ON], ids=["without email", "with email"])
def app(
    request: pytest.FixtureRequest,
    fresh_database: Callable[[str], str],
    site_city: str,
) -> Iterator[tuple[Flask, Mapping[str, str]]]:
    url = fresh_database(site_city)
    app = application(url, request.param)
    app.test_client().get("/open311/v2/requests.json")  # reads the snapshot
    yield app, request.param
    close(app)


def tellings(app: Flask) -> int:
    with app.app_context():
        number = db.session.scalar(text("SELECT count(*) FROM tellings"))
    assert isinstance(number, int)
    return number


def posted(app: Flask, **fields: str) -> list[str]:
    """Submit a request, and return what was sent to the database."""
    with app.app_context():
        engine = db.engine
    with statements(engine) as sent:
        answer = app.test_client().post(
            "/open311/v2/requests.json", data={**POSTED, "description": str(fields), **fields}
        )
    assert answer.status_code == 200, answer.text
    return sent


def test_a_submission_takes_as_many_statements_as_before(
    app: tuple[Flask, Mapping[str, str]],
) -> None:
    served, settings = app
    sent = posted(served)
    assert kinds_of(sent, KINDS) == ["write"]
    assert ("tellings" in " ".join(sent)) is bool(settings)
    assert tellings(served) == bool(settings)
    assert "tellings" not in " ".join(posted(served, email=""))


def test_a_status_takes_one_insert_more(app: tuple[Flask, Mapping[str, str]]) -> None:
    served, settings = app
    posted(served, description="another")
    before = tellings(served)
    with served.app_context():
        city = get_jurisdiction(None)
        id_ = db.session.scalar(text("SELECT max(service_request_id) FROM service_requests"))
        with statements(db.engine) as sent:
            change_status(city, str(id_), "in_progress", "", made_by="tests")
    inserts = [one for one in sent if "INSERT INTO tellings" in one]
    assert len(inserts) == bool(settings)
    assert tellings(served) == before + bool(settings)


def test_the_loop_runs_only_with_email(app: tuple[Flask, Mapping[str, str]]) -> None:
    served, settings = app
    assert LOOPS[send_emails.__name__].needed(served) is bool(settings)
    if not settings:
        with served.app_context(), statements(db.engine) as sent:
            assert deliver() == 0
        assert sent == []


def test_a_rest_is_longer_than_the_work_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    worked, slept = iter([5.0, 5.25, 5.25, 6.0, 6.0]), list[float]()
    monkeypatch.setattr(mail.time, "thread_time", lambda: next(worked))
    monkeypatch.setattr(mail.time, "sleep", slept.append)
    pace = Pace()
    pace.rest()
    pace.rest()
    assert slept == [0.25 * REST, 0.75 * REST]


def test_what_was_left_when_email_was_turned_off_is_forgotten(
    fresh_database: Callable[[str], str], site_city: str
) -> None:
    url = fresh_database(site_city)
    for app in in_context(url, ON):
        app.test_client().get("/open311/v2/requests.json")
        posted(app)
        assert deliver() == 0  # nothing answers at this address
        posted(app, description="later")
        assert forget_messages() == 0
        assert tellings(app) == 1
    for app in in_context(url):
        forget_messages()
        assert tellings(app) == 0
        reasons = db.session.execute(text("SELECT state, reason FROM messages")).all()
        assert [tuple(one) for one in reasons] == [("dropped", "too_old")]
        past = text("UPDATE messages SET made_at = made_at - interval '181 days'")
        with db.engine.begin() as connection:
            connection.execute(past)
        db.session.remove()
        assert forget_messages() == 1
