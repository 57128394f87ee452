"""What the edges once disagreed about, asked of each over HTTP."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from flask import Flask
from georeport_client import Api
from sqlalchemy import text
from staff_client import Person

from open311.database import db
from open311.queries.catalog.services import list_service_names
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.criteria import EVERYTHING, BoundaryCode, Criteria
from open311.queries.search.staff_counts import count_by_status_and_service
from tests.ogc.conftest import Client
from tests.search.conftest import City
from tests.search.meaning import holds

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Edges:
    """The same city at each of its edges: for everyone, and for staff."""

    api: Api
    ogc: Client
    ogc_of_staff: Client
    staff: Person

    def georeport_ids(self, **parameters: Any) -> list[str]:
        return self.api.get("v2/requests", updated_after="2000-01-01", **parameters).ids()

    def staff_ids(self, **parameters: Any) -> list[str]:
        file = self.staff.get("/requests/export", f="geojson", **parameters)
        assert file.status_code == 200, file.text
        return [feature["id"] for feature in file.json()["features"]]

    def staff_status(self, **parameters: Any) -> tuple[int, str]:
        answer = self.staff.get("/requests", **parameters)
        return answer.status_code, answer.text


@pytest.fixture(scope="module")
def edges(address: str, city: City) -> Edges:
    staff = Person(address)
    staff.sign_in(*city.user)
    return Edges(Api(address, "json", ""), Client(address), Client(address, city.user), staff)


def meant(city: City, criteria: Criteria, *, public: bool = True) -> list[str | None]:
    """List what criteria mean, in the order of lists."""
    return [
        row.id or row.token
        for row in city.rows
        if holds(row, criteria)
        and not (row.sandbox or row.withdrawn)
        and (row.public or not public)
    ]


@pytest.mark.parametrize(
    "q",
    [
        *("wat", "hole lane or lamp", "WATER", '"wat"', '"hole in the"', "street -light", "oak"),
        *("77-0012", "it's", "o'hara or 12", "lamp or -lamp"),
    ],
)
def test_words_find_the_same_everywhere(edges: Edges, city: City, q: str) -> None:
    public = meant(city, Criteria(text=q))
    everything = meant(city, Criteria(text=q), public=False)
    assert edges.georeport_ids(q=q) == public
    assert edges.ogc.ids(q=q, limit=1_000) == public
    assert edges.ogc_of_staff.ids(q=q, limit=1_000) == everything
    assert edges.staff_ids(q=q) == everything
    assert everything or q == '"wat"'


def test_a_beginning_finds_longer_words_but_not_their_middle(edges: Edges) -> None:
    assert len(edges.georeport_ids(q="wat")) > len(edges.georeport_ids(q="water")) > 0
    assert edges.georeport_ids(q="ater") == []


@pytest.mark.parametrize("q", ["!", "- &", "x" * 201])
def test_words_that_are_none_are_refused_everywhere(edges: Edges, q: str) -> None:
    assert edges.api.get("v2/requests", q=q).sentences[0].startswith("q ")
    assert edges.ogc.refusal(q=q).startswith("q ")
    assert edges.staff_status(q=q)[0] == 400


@pytest.mark.parametrize("bbox", ["200,39,201,40", "0,-91,1,1", "0,1,1,0", "0,0,1"])
def test_a_box_that_is_none_is_refused_by_each_api(edges: Edges, bbox: str) -> None:
    answer = edges.api.get("v2/requests", bbox=bbox)
    assert answer.status == 400
    assert answer.sentences[0].startswith("bbox")
    assert edges.ogc.refusal(bbox=bbox).startswith("bbox")
    wrapped = bbox == "200,39,201,40"
    assert edges.staff_status(bbox=bbox)[0] == (200 if wrapped else 400)


@pytest.mark.parametrize(
    ("seen", "box"),
    [
        ("359.6,-1,360.6,1", "-0.4,-1,0.6,1"),
        ("-360.4,-1,-359.4,1", "-0.4,-1,0.6,1"),
        ("-300,-90,300,90", "-180,-90,180,90"),
        ("0.1,-1,359.9,1", "0.1,-1,-0.1,1"),
        ("200,39,201,40", "-160,39,-159,40"),
    ],
)
def test_a_map_may_show_the_world_more_than_once(edges: Edges, seen: str, box: str) -> None:
    found = edges.staff_ids(bbox=seen)
    assert found == edges.ogc_of_staff.ids(bbox=box, limit=1_000)
    assert bool(found) == ("39" not in box)


def test_several_values_are_alternatives_everywhere(edges: Edges, city: City) -> None:
    one, other, none = (BoundaryCode("ward", code) for code in ("2", "10", "3"))
    for boundaries in ((one, other), (one, none)):
        codes = [boundary.code for boundary in boundaries]
        criteria = Criteria(boundaries=boundaries)
        assert edges.ogc.ids(ward=codes, limit=1_000) == meant(city, criteria)
        named = [f"ward:{code}" for code in codes]
        assert edges.staff_ids(boundary=named) == meant(city, criteria, public=False)
    codes, statuses = ["LAMP", "TIP"], ["planned", "closed"]
    criteria = Criteria(services=tuple(codes), statuses=tuple(statuses))
    asked: Parameters = {"service_code": codes, "status": statuses}
    assert edges.georeport_ids(**asked) == meant(city, criteria)
    assert edges.ogc.ids(**asked, limit=1_000) == meant(city, criteria)
    assert edges.staff_ids(**asked) == meant(city, criteria, public=False)


def test_several_values_of_a_search_by_post_go_on_to_its_next_page(
    edges: Edges, city: City
) -> None:
    url = f"{edges.ogc.address}/ogc/collections/requests/search"
    seen: list[str] = []
    body: Parameters = {"ward": ["2", "3"], "limit": 40}
    while body:
        document = requests.post(url, json=body, timeout=60).json()
        seen += [one["id"] for one in document["features"]]
        following = [link["body"] for link in document["links"] if link["rel"] == "next"]
        body = following[0] if following else {}
    assert len(seen) > 40
    assert seen == meant(city, Criteria(boundaries=(BoundaryCode("ward", "2"),)))


def test_georeport_still_ignores_what_it_does_not_know(edges: Edges) -> None:
    assert edges.georeport_ids(ward=["2", "3"], color="red") == edges.georeport_ids()


@pytest.mark.parametrize(
    ("georeport", "ogc", "staff"),
    [
        ("q", "q", "q"),
        ("bbox", "bbox", "bbox"),
        ("start_date", "datetime", "since"),
        ("sort", "filter", "sort"),
    ],
)
def test_a_second_value_that_cannot_count_is_refused(
    edges: Edges, georeport: str, ogc: str, staff: str
) -> None:
    values = {
        "q": ["wat", "hole"],
        "bbox": ["0,0,1,1", "-1,-1,0,0"],
        "start_date": ["2026-01-01", "2026-01-02"],
        "datetime": ["2026-01-01", "2026-01-02"],
        "since": ["2026-01-01", "2026-01-02"],
        "sort": ["requested_datetime", "-requested_datetime"],
        "filter": ["overdue", "NOT overdue"],
    }
    answer = edges.api.get("v2/requests", **{georeport: values[georeport]})
    assert answer.sentences == [f"{georeport} was sent 2 times. Send it once."]
    assert edges.ogc.refusal(**{ogc: values[ogc]}) == f"{ogc} was sent 2 times. Send it once."
    status, page = edges.staff_status(**{staff: values[staff]})
    assert (status, "can have one value only." in page) == (400, True)
    twice = [values[georeport][0]] * 2
    assert edges.api.get("v2/requests", **{georeport: twice}).status == 200


@pytest.mark.parametrize("words", ["nonsense", "OPEN;closed"])
def test_a_status_that_is_none_is_refused_everywhere(edges: Edges, words: str) -> None:
    assert edges.api.get("v2/requests", status=words).sentences[0].startswith("status must be")
    answer = edges.ogc.get("/collections/requests/items", status=words)
    assert answer.status_code == 400
    assert answer.json()["description"].startswith("status must be")
    assert edges.staff_status(status=words)[0] == 400


def test_departments_are_named_the_same_everywhere(edges: Edges, city: City) -> None:
    for name in ("Town Hall", "town hall", "hall", "HALL"):
        criteria = Criteria(departments=(name,))
        asked: Parameters = {"agency_responsible": name}
        assert edges.georeport_ids(**asked) == meant(city, criteria) != []
        assert edges.ogc.ids(**asked, limit=1_000) == meant(city, criteria)
        assert edges.staff_ids(**asked) == meant(city, criteria, public=False)


def test_dates_that_are_exchanged_are_refused_everywhere(edges: Edges) -> None:
    assert edges.api.get("v2/requests", updated_after="2026-02-01", updated_before="2026-01-01")
    dates = ("2026-02-01", "2026-01-01")
    answer = edges.api.get("v2/requests", updated_after=dates[0], updated_before=dates[1])
    assert answer.status == 400
    assert edges.ogc.refusal(datetime="/".join(dates)) == "datetime ends before it starts."
    assert edges.staff_status(since=dates[0], until=dates[1])[0] == 400


def test_the_page_of_staff_keeps_all_that_was_chosen(edges: Edges) -> None:
    chosen = ["ward:2", "ward:10"]
    asked: Parameters = {"boundary": chosen, "status": "planned", "assigned_to": "ann"}
    _status, page = edges.staff_status(**asked)
    [select] = re.findall(r'<select id="boundary".*?</select>', page, re.DOTALL)
    assert "multiple" in select.partition(">")[0]
    assert len(re.findall(r"<option[^>]* selected>", select)) == 2
    assert "<option selected>planned</option>" in page
    assert '<input type="hidden" name="assigned_to" value="ann">' in page
    [link] = set(re.findall(r'href="(/staff/requests/export\?[^"]*)f=csv"', page))
    assert [name for name in chosen if name.replace(":", "%3A") in link] == chosen


def test_numbers_on_the_page_of_staff_are_those_of_the_list(edges: Edges) -> None:
    _status, page = edges.staff_status(q="hole")
    everything = edges.staff_ids(q="hole")
    [total] = re.findall(r'<p id="count"[^>]*><strong>([\d,]+)</strong>', page)
    assert int(total.replace(",", "")) == len(everything)
    by_status = dict(re.findall(r'status=(open|closed)">([\d,]+) ', page))
    assert {name: int(number) for name, number in by_status.items()} == {
        name: len(edges.staff_ids(q="hole", status=name)) for name in ("open", "closed")
    }
    services = re.findall(r"<li>[^<]* <span>(\d+)</span></li>", page)
    assert sum(map(int, services)) == len(everything)


MANY = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, service_id, department_id,
        routing_reason, pinned, location, location_from, near_border, address_string, address_id,
        zipcode, description, media_url, answers, status, detailed_status, status_notes,
        requested_datetime, updated_datetime
    )
    SELECT jurisdiction_id, 'many-' || number, true, false, service_id, department_id, '', false,
        NULL, NULL, false, 'Main Street', '', '', '', '', '{}', status, status, '', now(), now()
    FROM generate_series(1, 10_400) AS number, (
        SELECT jurisdiction_id, service_id, department_id, status FROM service_requests
        WHERE service_request_id = '77-0012'
    ) AS pattern
""".replace("10_400", "10400")


def test_numbers_of_more_than_ten_thousand_are_exact_for_staff(
    reading_app: Flask, city: City
) -> None:
    jurisdiction = get_jurisdiction("gridtown.example")
    everything = len(meant(city, EVERYTHING, public=False)) + 10_400
    db.session.execute(text(MANY))
    db.session.commit()
    try:
        counts = count_by_status_and_service(
            jurisdiction, EVERYTHING, list_service_names("gridtown.example")
        )
        assert counts.total == everything
        assert sum(counts.by_status.values()) == everything
        assert sum(counts.by_service.values()) == everything
    finally:
        db.session.execute(
            text("DELETE FROM service_requests WHERE service_request_id LIKE 'many-%'")
        )
        db.session.commit()
