"""The work queue: numbers that lead to exactly these requests, news, first views, and its scope."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import lxml.html
import psycopg
import pytest
from georeport_client import Api
from servers import PATIENCE
from staff_client import Person

from tests.staff.test_comments import comment

Sign = Callable[[str], Person]

WEST, EAST = {"lat": 0.5, "long": -0.5}, {"lat": 0.5, "long": 0.5}


def change(city: str, id_: str, assignments: str) -> None:
    """Change columns of a request behind the back of the application."""
    with psycopg.connect(city) as connection:
        connection.execute(
            f"UPDATE service_requests SET {assignments} WHERE service_request_id = %s", [id_]
        )


def do(person: Person, id_: str, action: str, **fields: str) -> None:
    page = f"/requests/{id_}"
    assert person.post(page, f"{page}/{action}", **fields).status_code == 200


def sections(person: Person) -> dict[str, tuple[int, str]]:
    """Return the number and the query of the list of each section, by its title."""
    page = lxml.html.fromstring(person.get("/").text)
    found = {}
    for link in page.xpath("//*[@class='numbers' or @id='news']//a"):
        number = link.xpath("string(strong)")
        title = " ".join(link.text_content().split()).removeprefix(number).strip()
        found[title] = int(number), link.get("href").partition("?")[2]
    return found


def listed(person: Person, query: str) -> set[str]:
    """Return the requests of a list, as its download has them."""
    url = f"{person.address}/staff/requests/export?{query}&format=csv"
    answer = person.session.get(url, timeout=PATIENCE)
    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    found = {row["Request number"] for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def zone(city: str) -> ZoneInfo:
    with psycopg.connect(city) as connection:
        row = connection.execute(
            "SELECT time_zone FROM jurisdictions WHERE id = 'gridtown.example'"
        ).fetchone()
    assert row is not None
    return ZoneInfo(row[0])


@pytest.fixture(scope="module")
def work(city: str, api: Api, person: Sign, zone: ZoneInfo) -> dict[str, set[str]]:
    """Requests of all sections in both halves of the city; return those due by their day."""
    dispatch = person("dispatch")
    today = datetime.now(zone).replace(hour=23, minute=30, second=0, microsecond=0)
    sunday = today + timedelta(days=7 - today.isoweekday())
    due: dict[str, set[str]] = {"today": set(), "sunday": set(), "monday": set(), "late": set()}
    for place in (WEST, EAST):
        ids = iter([api.report(**place, description="In the queue") for _ in range(12)])
        for name, moment in (
            ("today", today),
            ("sunday", sunday),
            ("monday", sunday + timedelta(hours=1)),
            ("late", today - timedelta(days=2)),
        ):
            id_ = next(ids)
            change(city, id_, f"expected_datetime = '{moment.isoformat()}'")
            due[name].add(id_)
        do(dispatch, next(ids), "wait", status_notes="Which side?")
        do(dispatch, next(ids), "assign", name="dispatch")
        do(dispatch, next(ids), "status", status="planned", status_notes="Soon.")
        do(dispatch, next(ids), "take-on")
        do(dispatch, next(ids), "close", status="fixed", status_notes="Done.")
        other = "EAST" if place is WEST else "WEST"
        do(dispatch, next(ids), "hand-over", department=other, reason="Closer.")
        change(city, next(ids), "waits_since = now()")
        with psycopg.connect(city) as connection:
            connection.execute(
                "INSERT INTO triage_entries (jurisdiction_id, service_request_pk, reason, detail,"
                " raised_at) SELECT jurisdiction_id, pk, 'odd_place', '', now()"
                " FROM service_requests WHERE service_request_id = %s",
                [next(ids)],
            )
    return due


@pytest.mark.parametrize(
    ("name", "whole_city"),
    [("west", "false"), ("west", "true"), ("dispatch", "false"), ("reader", "false")],
)
def test_each_number_is_that_of_its_list(
    person: Sign, work: dict[str, set[str]], name: str, whole_city: str
) -> None:
    someone = person(name)
    someone.post("/", "/scope", whole_city=whole_city)
    found = sections(someone)
    assert len(found) == 13
    for title, (number, query) in found.items():
        assert len(listed(someone, query)) == number, title
    empty = {title for title, (number, _query) in found.items() if number == 0}
    others = {"Needs approval", "Held reports", "Held for more than one working day"}
    assert empty <= {*others, *(("Assigned to me",) if name != "dispatch" else ())}
    is_own = (name, whole_city) == ("west", "false")
    for title, (_number, query) in found.items():
        name = "news_of" if title.startswith("Changed since") else "agency_responsible"
        assert (f"{name}=West+Yard" in query) == (is_own and title != "Assigned to me")
    assert ("Transferred to us" in found) == is_own


def test_this_week_ends_on_sunday_in_the_zone_of_the_city(
    person: Sign, work: dict[str, set[str]]
) -> None:
    dispatch = person("dispatch")
    found = sections(dispatch)
    asked = {title: listed(dispatch, query) for title, (_number, query) in found.items()}
    assert work["today"] <= asked["Due today"] <= asked["Due this week"]
    assert work["sunday"] <= asked["Due this week"]
    assert not asked["Due this week"] & (work["monday"] | work["late"])
    assert work["late"] <= asked["Overdue"]


def test_a_department_starts_with_its_own_and_keeps_its_choice(person: Sign) -> None:
    west = person("west")
    west.post("/", "/scope", whole_city="false")
    page = west.get("/").text
    assert "Work for you and West Yard." in page
    number = sections(west)["New"][0]
    answer = west.post("/", "/scope", whole_city="true")
    assert "Work for you and the entire city." in answer.text
    assert sections(person("west"))["New"][0] > number
    assert "Work for you and West Yard." in west.post("/", "/scope", whole_city="false").text
    for name in ("dispatch", "reader"):
        assert "/staff/scope" not in person(name).get("/").text


def test_new_is_what_nobody_who_may_work_on_it_has_opened(person: Sign, api: Api) -> None:
    id_ = api.report(**EAST, description="Never opened before")
    dispatch = person("dispatch")

    def is_new() -> bool:
        return id_ in listed(dispatch, "new=true")

    def number() -> str:
        page = lxml.html.fromstring(dispatch.get(f"/requests/{id_}").text)
        return str(page.xpath("//input[@name='seen']/@value")[0])

    before = api.get("v2/requests", service_request_id=id_).document
    person("reader").get(f"/requests/{id_}")
    person("west").get(f"/requests/{id_}")
    url = f"{dispatch.address}/staff/requests/{id_}"
    ahead = {"Sec-Purpose": "prefetch;prerender"}
    dispatch.session.get(url, headers=ahead, timeout=PATIENCE)
    dispatch.session.head(url, timeout=PATIENCE)
    assert is_new()
    first = number()
    assert not is_new()
    assert number() == first  # a view is no change
    assert api.get("v2/requests", service_request_id=id_).document == before


def test_news_is_what_others_did(person: Sign, city: str, api: Api) -> None:
    west, dispatch = person("west"), person("dispatch")
    with psycopg.connect(city) as connection:
        connection.execute(
            "UPDATE users SET queue_seen_at = now() - interval '2 seconds' WHERE name = 'west'"
        )
    ids = [api.report(**WEST, description="News") for _ in range(8)]
    status, own, assigned, of_other, commented, note, _untouched, answered = ids
    sent = api.report(**EAST, description="News")
    do(dispatch, status, "status", status="planned", status_notes="Soon.")
    do(west, own, "status", status="planned", status_notes="Soon.")
    do(dispatch, assigned, "assign", name="west")
    do(dispatch, of_other, "assign", name="dispatch")
    do(dispatch, note, "note", text="Just so you know.")
    do(dispatch, sent, "hand-over", department="WEST", reason="Closer.")
    comment(api, commented, "OPEN", "Still deep.")
    with psycopg.connect(city) as connection:
        connection.execute(
            "INSERT INTO feedback (status_change_id, service_request_pk, answer, text, answered_at)"
            " SELECT min(c.id), r.pk, 'no', '', now() FROM service_requests r"
            " JOIN status_changes c ON c.service_request_pk = r.pk"
            " WHERE service_request_id = %s GROUP BY r.pk",
            [answered],
        )
    number, query = sections(west)["Changed since you last marked changes as seen"]
    found = listed(west, query)
    assert len(found) == number
    assert found & {*ids, sent} == {status, assigned, commented, answered, sent}


def test_news_also_tells_that_an_own_request_was_transferred_away(
    person: Sign, api: Api, city: str
) -> None:
    west, dispatch = person("west"), person("dispatch")
    mine, other = (api.report(**WEST, description="Taken away") for _ in range(2))
    do(dispatch, mine, "assign", name="west")
    for id_ in (mine, other):
        do(dispatch, id_, "hand-over", department="EAST", reason="Farther.")
    number, query = sections(west)["Changed since you last marked changes as seen"]
    found = listed(west, query)
    assert len(found) == number
    assert found & {mine, other} == {mine}


def test_what_is_marked_as_seen_is_no_longer_news(person: Sign, city: str, api: Api) -> None:
    reader = person("reader")
    id_ = api.report(**WEST, description="Old news")
    with psycopg.connect(city) as connection:
        connection.execute(
            "INSERT INTO work_steps (service_request_pk, kind, text, made_at, made_by)"
            " SELECT pk, 'answered', '', now() - interval '1 hour', 'app' FROM service_requests"
            " WHERE service_request_id = %s",
            [id_],
        )
    title = "Changed since you last marked changes as seen"
    assert id_ in listed(reader, sections(reader)[title][1])
    marked = reader.post("/", "/seen")
    assert "Work queue" in marked.text
    number, query = sections(reader)[title]
    assert id_ not in listed(reader, query)
    assert len(listed(reader, query)) == number
    for sent in ("2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"):
        reader.post("/", "/seen", until=sent)  # neither goes back nor into the future
        assert sections(reader)[title][1][:23] == query[:23]
    assert reader.post("/", "/seen", until="yesterday").status_code == 400
