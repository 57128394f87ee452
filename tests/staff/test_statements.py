"""Numbers of SQL statements, so that no page reads the same twice, and what pages read in part."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import lxml.html
import pytest
from flask import Flask
from settings import settings_for
from sqlalchemy import text
from statements import statements
from werkzeug.test import Client

from open311.app import create_app
from open311.database import db
from open311.operations.people.users import create_user
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.sets import Maps
from open311.queries.routing.canaries import check_canaries
from open311.queries.search import staff_counts
from open311.staff.work_queue import PARTS
from schemas.search.cursors import Cursor, encode

SECRET = "a secret of the tests, long enough for it"
PASSWORD = "a long password of the tests"


@pytest.fixture
def server(app: Flask) -> Iterator[Flask]:
    """A workspace of the city, in this process, so that its statements can be counted."""
    create_user("gridtown.example", "dispatch", PASSWORD, "dispatcher")
    server = create_app(settings_for(app.config["DATABASE_URL"], OPEN311_SECRET_KEY=SECRET))
    yield server
    with server.app_context():
        db.engine.dispose()


def signed_in(server: Flask) -> Client:
    client = server.test_client()
    [form] = [
        one
        for one in lxml.html.fromstring(client.get("/staff/sign-in").text).forms
        if "password" in one.fields
    ]
    fields = {**form.fields, "name": "dispatch", "password": PASSWORD}
    assert client.post("/staff/sign-in", data=fields).status_code in (302, 303)
    return client


def statements_of(server: Flask, path: str) -> list[str]:
    """The statements of a page, which must read nothing twice, once the catalog is in memory."""
    client = signed_in(server)
    with server.app_context():
        engine = db.engine
    assert client.get(path).status_code == 200
    with statements(engine) as sent:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert [one for one, count in Counter(sent).items() if count > 1] == []
    return sent


def test_the_page_of_a_request_reads_its_row_its_lists_and_what_is_near(server: Flask) -> None:
    """Besides, the user and the version of the catalog."""
    assert len(statements_of(server, "/staff/requests/26-0000003")) == 5


def test_what_is_next_in_a_search_is_one_statement_more(server: Flask) -> None:
    """Services of the search have their ids in another."""
    path = "/staff/requests/26-0000003?search="
    assert len(statements_of(server, f"{path}status%3Dopen")) == 6
    assert len(statements_of(server, f"{path}status%3Dopen%26service_code%3DPOTHOLE")) == 7


def test_the_page_of_an_old_request_reads_the_boundaries_of_its_day(
    app: Flask, server: Flask
) -> None:
    """They ended before the snapshot of the city was read."""
    with app.app_context():
        db.session.execute(text("UPDATE boundary_sets SET in_force_until = current_date - 10"))
        db.session.commit()
    sent = statements_of(server, "/staff/requests/26-0000003")
    assert sum("ST_Covers" in one for one in sent) == 1
    assert len(sent) == 6


def test_the_list_reads_a_page_the_counts_and_what_its_form_offers(server: Flask) -> None:
    assert len(statements_of(server, "/staff/requests?status=open")) == 5


def test_the_work_queue_counts_each_section_and_lists_those_with_requests(server: Flask) -> None:
    """Besides, the user, the version of the catalog, and the id of the user, for one section."""
    client = signed_in(server)
    with server.app_context():
        engine = db.engine
    assert client.get("/staff/").status_code == 200
    with statements(engine) as sent:
        shown = client.get("/staff/").text
    path = "//*[@class='numbers' or @id='news']//strong/text()"
    numbers = lxml.html.fromstring(shown).xpath(path)
    assert len(numbers) == len(PARTS) + 1
    assert 0 < sum(one != "0" for one in numbers) < len(numbers)
    assert len(sent) == len(numbers) + sum(one != "0" for one in numbers) + 3


def test_what_is_added_to_the_list_is_not_counted_again(server: Flask) -> None:
    path = "/staff/requests/list?new=true"
    after = encode(Cursor("-requested_datetime", datetime.now(UTC), 1))
    first, later = (
        sum("count(*)" in one for one in statements_of(server, address))
        for address in (path, f"{path}&after={after}")
    )
    assert (first, later) == (1, 0)


def test_a_word_of_many_requests_is_counted_up_to_a_limit(
    server: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_counts, "MOST_COUNTED", 3)
    client = signed_in(server)

    def shown(query: str) -> str:
        """What is above the list, up to its tools."""
        page = lxml.html.fromstring(client.get(f"/staff/requests?{query}").text)
        return " ".join(page.cssselect(".summary")[0].text_content().split()).partition("Col")[0]

    many = shown("q=street")
    assert "More than 3 requests" in many
    assert "Change all" not in many
    assert "open" not in many
    some = shown("q=street&bbox=0.4,0.4,0.6,0.6&status=closed")
    assert "1 request " in some
    assert "1 more outside the map" in some
    assert "1 request More outside the map" in shown("q=street&bbox=0.4,-0.6,0.6,-0.4")
    three = shown("q=street&service_code=0042&service_code=TIP&service_code=SURVEY")
    assert three.startswith("New request 3 requests 3 open Change all 3 requests")
    counts = "/staff/requests/map/counts?q="
    assert client.get(f"{counts}street").json == {}
    assert client.get(f"{counts}short").json == {"closed": 0, "open": 1, "overdue": 0}


ADD = """
    INSERT INTO canaries (jurisdiction_id, name, service_id, location, department_id, note)
    SELECT 'gridtown.example', 'test ' || n, services.id, ST_Point(0.5, 0.5, 4326),
        departments.id, ''
    FROM services, departments, generate_series(1, 3) AS n
    WHERE services.service_code = 'POTHOLE' AND departments.code = 'EAST'
"""


def test_routing_tests_read_the_rules_once(server: Flask) -> None:
    with server.app_context():
        db.session.execute(text(ADD))
        db.session.commit()
        city = get_jurisdiction("gridtown.example")
        with statements(db.engine) as sent:
            results = check_canaries(city, Maps(city.today()))
        assert [(one.canary.name, one.agrees) for one in results] == [
            (f"test {n}", True) for n in (1, 2, 3)
        ]
        assert sum("FROM routing_rules" in one for one in sent) == 1
