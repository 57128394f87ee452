"""The public list, its filters, its map, its feeds, and the search by number."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import psycopg
import pytest
import requests
from flask import Flask
from georeport_client import KEYS
from lxml import etree
from servers import PATIENCE
from site_pages import get, link_named, one, read, words
from statements import statements

from open311.database import db

TODAY = datetime.now(ZoneInfo("America/New_York")).date()
ATOM = "{http://www.w3.org/2005/Atom}"
PERSONAL = {
    "email": "robin@private.example",
    "phone": "555-867-5309",
    "first_name": "Robinella",
    "last_name": "Privateer",
    "device_id": "device-of-robin",
}


@pytest.fixture(scope="module")
def town(website: str, site_database: str) -> str:
    """The address of a Gridtown with 25 more requests, and three that are not public."""
    for number in range(25):
        west = number % 2
        _post(
            website,
            service_code=("POTHOLE", "0042")[number % 5 == 0],
            lat=str(0.1 + number / 50),
            long=str(-0.5 if west else 0.5),
            description=f"Hole {number} <b>by</b> & beyond",
            address_string=f"{number} Long Street",
            **PERSONAL,
        )
    for code in ("LAMP", "TIP"):
        _post(website, service_code=code, lat="0.5", long="0.5", description="Unseen words")
    with psycopg.connect(site_database) as connection:
        connection.execute(
            "UPDATE service_requests SET public = false WHERE address_string = '24 Long Street'"
        )
        connection.execute(
            "UPDATE service_requests SET detailed_status = 'in_progress'"
            " WHERE address_string = '23 Long Street'"
        )
    return website


def _post(address: str, **fields: str) -> None:
    sent = {"api_key": KEYS["gridtown.example"], **fields}
    url = f"{address}/open311/v2/requests.json"
    answer = requests.post(url, data=sent, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text


def ids_on(page: Any) -> list[str]:
    links = page.cssselect("article.request h2 a")
    return [link.get("href").rpartition("/")[2] for link in links]


def walk(address: str, path: str) -> Iterator[list[str]]:
    """Yield the requests on each page of a list."""
    while path:
        page = read(address, path)
        yield ids_on(page)
        following = page.cssselect("a[rel=next]")
        path = following[0].get("href") if following else ""


def ids_of_api(address: str, query: str) -> list[str]:
    answer = get(address, f"/open311/v2/requests.json?{query}")
    return [row["service_request_id"] for row in answer.json()]


FILTERS = [
    "",
    "status=open",
    "status=open,closed&status=in_progress",
    "service_code=POTHOLE",
    "service_code=POTHOLE&service_code=SURVEY",
    "group=Streets",
    "agency_responsible=West+Yard|Town+Hall",
    "boundary=ward:2",
    "boundary=ward:2|ward:10&status=open",
    "q=hole+-3",
    "q=%22long+street%22",
    "lat=0.2&long=0.5&radius=20000",
    "lat=0.2&long=-0.5",
    "bbox=-1,0,0,1",
    "polygon=-1,-1;1,-1;-1,1",
    "polygon=-1,-1;1,1;1,-1;-1,1&status=open",
    "start_date=2020-01-01&end_date=2020-03-01",
    f"end_date={TODAY - timedelta(days=20)}",
    f"updated_after={TODAY - timedelta(days=1)}&service_code=0042",
    "service_request_id=26-0000002,26-0000003,20-0000001",
    "service_request_id=26-0000002&status=open&q=nothing",
    "sort=requested_datetime",
    "sort=-updated_datetime&status=open",
]


@pytest.mark.parametrize("query", FILTERS)
def test_all_pages_show_what_the_api_lists_in_its_order(town: str, query: str) -> None:
    pages = list(walk(town, f"/reports?{query}"))
    assert [id_ for page in pages for id_ in page] == ids_of_api(town, query)
    assert all(len(page) == 20 for page in pages[:-1])


SOME = (
    *("", "status=open,closed&status=in_progress", "boundary=ward:2|ward:10&status=open"),
    *("q=%22long+street%22", "polygon=-1,-1;1,1;1,-1;-1,1&status=open"),
)
"""Filters of each kind. The map and the feeds read all of them as the list does."""


@pytest.mark.parametrize(
    "query",
    [one if one in SOME else pytest.param(one, marks=pytest.mark.long) for one in FILTERS],
)
def test_the_map_and_the_feeds_have_the_requests_of_the_list(town: str, query: str) -> None:
    listed = sorted(ids_of_api(town, query))
    page = read(town, f"/reports?{query}")
    tiles = dict(parse_qsl(one(page, "#map").get("data-query")))
    assert tiles.pop("properties") == "status,overdue"
    tile_query = [
        pair for pair in parse_qsl(one(page, "#map").get("data-query")) if pair[0] in tiles
    ]
    found = get(
        town, f"/ogc/collections/requests/items?{urlencode([*tile_query, ('limit', '1000')])}"
    )
    assert sorted(one["id"] for one in found.json()["features"]) == listed
    geojson = get(town, link_named(page, "GeoJSON")).json()
    assert sorted(one["id"] for one in geojson["features"]) == listed
    feed = etree.fromstring(get(town, link_named(page, "Atom")).content)
    entries = [one.text.rpartition("/")[2] for one in feed.iterfind(f"{ATOM}entry/{ATOM}id")]
    assert sorted(entries) == listed


def test_tiles_for_the_map_exist(town: str) -> None:
    element = one(read(town, "/reports?status=open"), "#map")
    tiles = element.get("data-tiles").replace("COLLECTION", "requests")
    tile = get(town, f"{tiles}/0/0/0?{element.get('data-query')}")
    assert (tile.status_code, tile.headers["Content-Type"]) == (
        200,
        "application/vnd.mapbox-vector-tile",
    )
    west, south, east, north = map(float, element.get("data-bounds").split(","))
    assert west < east
    assert south < north


def test_what_is_not_public_is_nowhere(town: str) -> None:
    for path in (
        "/reports",
        "/reports?q=unseen",
        "/reports.geojson",
        "/reports.atom",
        "/embed/map",
    ):
        text = get(town, path).text
        assert "Unseen" not in text
        assert "24 Long Street" not in text
        for word in PERSONAL.values():
            assert word not in text


def test_texts_of_residents_are_no_markup(town: str) -> None:
    text = get(town, "/reports?q=beyond").text
    assert "<b>by</b>" not in text
    assert "&lt;b&gt;by&lt;/b&gt; &amp; beyond" in text
    feed = etree.fromstring(get(town, "/reports.atom?q=beyond").content)
    assert "<b>by</b> & beyond" in feed.findtext(f"{ATOM}entry/{ATOM}summary")


def test_chips_say_the_filters_and_remove_one_each(town: str) -> None:
    page = read(
        town,
        "/en/reports?q=hole&status=open&service_code=POTHOLE&service_code=0042"
        "&agency_responsible=WEST&boundary=ward:2&lat=0.5&long=-0.5&radius=50000&sort=requested_datetime",
    )
    chips = {
        words(link).removeprefix("Remove the filter ")[:-2]: link.get("href")
        for link in one(page, "[role=group][aria-label=Filters]").cssselect("a.small")
    }
    assert list(chips) == [
        *("“hole”", "open", "Pothole", "Number with zeros", "West Yard", "Ward West"),
        "Within 50 km of a place",
    ]
    left = dict(parse_qsl(chips["Pothole"].partition("?")[2]))
    assert left["service_code"] == "0042"
    assert "page_size" not in left
    near = dict(parse_qsl(chips["Within 50 km of a place"].partition("?")[2]))
    assert not near.keys() & {"lat", "long", "radius"}
    assert near["sort"] == "requested_datetime"
    for path in chips.values():
        assert path.startswith("/en/reports")
        assert get(town, path).status_code == 200
    assert link_named(page, "Remove all filters") == "/en/reports"


def test_a_status_is_called_the_same_everywhere(town: str) -> None:
    page = read(town, "/en/reports?status=In Progress,Fixed")
    chips = [words(link) for link in page.cssselect("[aria-label=Filters] a.small")]
    assert [chip.removeprefix("Remove the filter ")[:-2] for chip in chips] == [
        *("Work has begun", "Fixed"),
    ]
    [card] = page.cssselect("article.request")
    feed = etree.fromstring(get(town, "/en/reports.atom?status=in_progress").content)
    word = words(one(card, ".status"))
    assert word == "Work has begun"
    assert feed.findtext(f"{ATOM}entry/{ATOM}summary").startswith(word)


def test_the_form_keeps_what_was_asked_for(town: str) -> None:
    """A form that is sent as it is leads to the same list"""
    query = (
        "q=hole&status=open&status=fixed&service_code=POTHOLE&service_code=0042&group=Streets"
        "&agency_responsible=West+Yard&boundary=ward:2&bbox=-1,0,1,1&lat=0.5&long=-0.5"
        f"&radius=50000&start_date={TODAY - timedelta(9):%m/%d/%Y}&sort=requested_datetime"
    )
    page = read(town, f"/reports?{query}")
    form = one(page, "#filters")
    again = urlencode(form.form_values())
    assert ids_on(page)
    assert ids_on(read(town, f"/reports?{again}")) == ids_on(page) == ids_of_api(town, query)


def test_an_empty_form_is_the_whole_list(town: str) -> None:
    page = read(town, "/reports")
    form = urlencode(one(page, "#filters").form_values())
    assert "radius" in form
    assert ids_on(read(town, f"/reports?{form}")) == ids_on(page)
    assert not read(town, f"/reports?{form}").cssselect("[aria-label=Filters]")


def test_without_a_match_the_page_says_what_to_do(town: str) -> None:
    page = read(town, "/reports?q=zebra")
    assert "No requests match." in words(one(page, "main"))
    assert "0 requests" in words(one(page, "[role=status]"))
    assert link_named(page, "Remove the filter") == "/reports"


def test_older_requests_follow_the_last_page(town: str) -> None:
    *_others, last = walk(town, "/reports")
    assert "20-0000001" not in last
    page = read(town, "/reports?service_code=SURVEY")
    older = link_named(page, "Older requests")
    ends = dict(parse_qsl(older.partition("?")[2]))["end_date"]
    # A day has 24 hours here: daylight saving time may have ended since.
    former = datetime.now(UTC) - timedelta(days=90)
    assert ends == str(former.astimezone(ZoneInfo("America/New_York")).date())
    page = read(town, f"{older}&service_code=POTHOLE".replace("service_code=SURVEY&", ""))
    for _period in range(3):
        if "20-0000001" in ids_on(page):
            break
        page = read(town, link_named(page, "Older requests"))
    assert "20-0000001" in ids_on(page)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start_date=yesterday", "start_date"),
        ("start_date=2020-01-01&end_date=2026-01-01", "start_date"),
        ("end_date=2020-01-01&start_date=2020-02-01", "end_date"),
        ("status=nonsense", "status"),
        ("boundary=nowhere:2", "boundary"),
        ("lat=91&long=0", "address"),
        ("lat=1", "address radius"),
        ("bbox=1,2,3", ""),
        ("polygon=1,2;2,3", ""),
        ("polygon=1,2;2,3;3,4", ""),
        ("polygon=1,2;2,3;91,4", ""),
        ("after=nonsense", ""),
        ("closed_after=2026-02-01&closed_before=2026-01-01", ""),
        ("due_after=2026-02-01&due_before=2026-01-01", ""),
        ("updated_after=2026-02-01&updated_before=2026-01-01", ""),
        ("q=%22", "q"),
    ],
)
def test_a_filter_that_cannot_be_used_is_named_and_kept(town: str, query: str, field: str) -> None:
    page = read(town, f"/reports?{query}", status=400)
    assert words(one(page, "#problems"))
    assert [link.get("href") for link in page.cssselect("#problems a")] == [
        f"#{name}" for name in field.split()
    ]
    for name in field.split():
        assert page.get_element_by_id(name) is not None
    assert not page.cssselect("article.request")
    if field in ("start_date", "end_date"):
        assert one(page, f"#{field}").get("value") == dict(parse_qsl(query))[field]
        assert one(page, f"#{field}").get("aria-invalid") == "true"


@pytest.mark.parametrize("path", ["/reports.geojson", "/reports.atom"])
def test_feeds_refuse_in_the_format_of_programs(town: str, path: str) -> None:
    answer = get(town, f"{path}?status=nonsense")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].partition(";")[0] in ("application/json", "text/xml")


def test_pages_are_found_by_programs(town: str) -> None:
    page = read(town, "/es/reports?status=open")
    feeds = {link.get("type"): link.get("href") for link in page.cssselect("link[rel=alternate]")}
    assert feeds == {
        "application/atom+xml": "/es/reports.atom?status=open",
        "application/geo+json": "/reports.geojson?status=open",
    }
    for path in feeds.values():
        answer = get(town, path, Origin="https://elsewhere.example")
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_feed_is_atom(town: str) -> None:
    """RFC 4287: what a feed and an entry must have, and that texts are in order"""
    answer = get(town, "/reports.atom?page_size=5")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.content)
    links = {link.get("rel"): link.get("href") for link in feed.iterfind(f"{ATOM}link")}
    assert links["self"].startswith(f"{town}/reports.atom?")
    assert links["alternate"].startswith(f"{town}/reports")
    following = etree.fromstring(get(town, links["next"]).content)
    entries = [feed.findall(f"{ATOM}entry"), following.findall(f"{ATOM}entry")]
    assert [len(some) for some in entries] == [5, 5]
    names = {"title", "id", "updated"}
    for element in (feed, *entries[0], *entries[1]):
        assert all(element.findtext(f"{ATOM}{name}") for name in names)
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Gridtown"
    moments = [one.findtext(f"{ATOM}updated") for some in entries for one in some]
    assert moments == sorted(moments, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == moments[0]
    ids = [one.findtext(f"{ATOM}id") for some in entries for one in some]
    assert len(set(ids)) == 10
    assert ids[0].startswith(f"{town}/r/26-")


def test_the_feed_of_a_language_names_the_same_requests(town: str) -> None:
    feeds = [
        etree.fromstring(get(town, f"{prefix}/reports.atom").content) for prefix in ("", "/es")
    ]
    ids = [[one.text for one in feed.iterfind(f"{ATOM}entry/{ATOM}id")] for feed in feeds]
    assert ids[0] == ids[1]
    link = feeds[1].find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href", "").startswith(f"{town}/es/r/")


@pytest.mark.parametrize("path", ["/reports", "/reports.atom", "/reports.geojson", "/es/reports"])
def test_what_a_browser_has_is_not_sent_again(town: str, path: str) -> None:
    first = get(town, path)
    assert "Accept-Language" in first.headers["Vary"]
    again = get(town, path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "Set-Cookie" not in first.headers


def test_lists_are_in_no_search_engine_unless_the_city_wants_it(
    town: str, site_database: str
) -> None:
    for path in ("/reports", "/reports.atom", "/services/POTHOLE", "/embed/map"):
        assert get(town, path).headers["X-Robots-Tag"] == "noindex"
    with psycopg.connect(site_database) as connection:
        connection.execute("UPDATE sites SET is_indexed = true")
    assert "X-Robots-Tag" not in get(town, "/reports").headers
    with psycopg.connect(site_database) as connection:
        connection.execute("UPDATE sites SET is_indexed = false")


def test_without_a_register_the_words_of_an_address_are_searched_for(town: str) -> None:
    answer = get(town, "/es/reports?address=3+Long+Street&status=open&radius=1000&q=")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/es/reports?q=3+Long+Street&status=open"


@pytest.fixture(scope="module")
def register(town: str, site_database: str) -> Iterator[str]:
    """The same town with a register of three addresses."""
    with psycopg.connect(site_database) as connection:
        connection.execute(
            "INSERT INTO address_registers (jurisdiction_id, source, license, vintage, imported_at,"
            " imported_by) VALUES ('gridtown.example', 'x', 'x', 'x', now(), 'x')"
        )
        for number, street in (("1", "long"), ("2", "long"), ("2", "short")):
            connection.execute(
                "INSERT INTO address_points (jurisdiction_id, address_id, address, number_words,"
                " number_value, street_words, unit, city, zipcode, words, location) VALUES"
                " ('gridtown.example', %(id)s, %(address)s, %(number)s, %(value)s, %(street)s, '',"
                " 'GRIDTOWN', '00100', %(words)s, ST_GeogFromText('POINT(0.5 0.2)'))",
                {
                    "id": f"{number}-{street}",
                    "address": f"{number} {street.title()} Street",
                    "number": number,
                    "value": int(number),
                    "street": f"{street} st",
                    "words": f" {number} {street} st gridtown 00100 ",
                },
            )
        connection.execute("UPDATE city_version SET version = gen_random_uuid()")
    yield town
    with psycopg.connect(site_database) as connection:
        connection.execute("DELETE FROM address_points")
        connection.execute("DELETE FROM address_registers")
        connection.execute("UPDATE city_version SET version = gen_random_uuid()")


def test_an_address_is_found_without_scripts(register: str) -> None:
    answer = get(register, "/reports?address=2+Long+Street&radius=20000")
    assert answer.status_code == 303
    asked = dict(parse_qsl(answer.headers["Location"].partition("?")[2]))
    assert (asked["lat"], asked["long"], asked["radius"]) == ("0.200000", "0.500000", "20000")
    page = read(register, answer.headers["Location"])
    assert ids_on(page) == ids_of_api(register, "lat=0.2&long=0.5&radius=20000")
    assert "Within 20 km of 2 Long Street" in words(one(page, "[aria-label=Filters]"))
    # The same form again, as it is, with another address, and without one.
    form = dict(one(page, "#filters").form_values())
    assert get(register, f"/reports?{urlencode(form)}").status_code == 200
    other = get(register, f"/reports?{urlencode({**form, 'address': '2 Short Street'})}")
    assert "2+Short+Street" in other.headers["Location"]
    whole = read(register, f"/reports?{urlencode({**form, 'address': ''})}")
    assert not whole.cssselect("[aria-label=Filters]")


def test_addresses_that_may_be_meant_are_offered(register: str) -> None:
    page = read(register, "/reports?address=Long+Street")
    path = link_named(page, "2 Long Street")
    assert dict(parse_qsl(path.partition("?")[2]))["lat"] == "0.200000"
    page = read(register, "/reports?address=Zebra+Crossing+99")
    assert "could not find this address" in words(one(page, "main"))


@pytest.mark.parametrize("typed", ["26-0000003", " #26-0000003 "])
def test_a_number_leads_to_its_request(town: str, typed: str) -> None:
    answer = get(town, f"/find?{urlencode({'number': typed})}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/r/26-0000003")
    answer = get(town, f"/es/find?{urlencode({'number': typed})}")
    assert answer.headers["Location"] == "/es/r/26-0000003"


@pytest.mark.parametrize("typed", ["26-9999999", "nonsense/../<b>1", "%00", "9" * 5000])
def test_an_unknown_number_is_named_in_a_sentence(town: str, typed: str) -> None:
    page = read(town, f"/find?{urlencode({'number': typed})}", status=404)
    assert "There is no request with the number" in words(one(page, "#problems"))
    assert one(page, "#number").get("value") == typed.replace("\0", "")


def test_a_number_that_is_not_public_is_as_unknown_as_others(town: str, site_database: str) -> None:
    with psycopg.connect(site_database) as connection:
        [[hidden]] = connection.execute(
            "SELECT service_request_id FROM service_requests"
            " WHERE address_string = '24 Long Street'"
        ).fetchall()
    page = read(town, f"/find?number={hidden}", status=404)
    assert hidden in words(one(page, "#problems"))


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("+", "/reports"),
        ("", "/reports"),
        ("3+Long+Street", "/reports?q=3+Long+Street"),
        ("hole", "/reports?q=hole"),
    ],
)
def test_other_words_lead_to_the_list(town: str, typed: str, path: str) -> None:
    answer = get(town, f"/find?number={typed}")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)


def test_the_start_page_finds_a_request_by_its_number(town: str) -> None:
    form = one(read(town, "/en/"), "form[role=search]")
    form.fields["number"] = "26-0000003"
    answer = get(town, f"{form.get('action')}?{urlencode(form.form_values())}")
    assert answer.headers["Location"] == "/en/r/26-0000003"


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("", 2),
        ("status=open", 2),
        ("service_code=POTHOLE", 4),
        ("boundary=ward:2", 4),
        ("q=old", 5),  # one more for how rare the words are
        ("q=zebra", 5),
        ("bbox=-1,-1,1,1&status=open", 2),
        ("sort=requested_datetime", 2),
    ],
)
def test_a_list_takes_few_statements(site_app: Flask, query: str, most: int) -> None:
    client = site_app.test_client()
    client.get("/reports")  # reads the snapshot
    with statements(db.engine) as sent:
        answer = client.get(f"/reports?{query}")
    assert answer.status_code == 200
    assert len(sent) <= most, sent


def test_a_later_page_takes_few_statements(town: str, site_app: Flask) -> None:
    """With its count, which the first page did not need"""
    client = site_app.test_client()
    for number in range(25):
        sent = {
            "api_key": KEYS["gridtown.example"],
            "service_code": "POTHOLE",
            "lat": "0.5",
            "long": "0.5",
            "description": f"Hole {number}",
        }
        assert client.post("/open311/v2/requests.json", data=sent).status_code == 200
    first = client.get("/reports").text
    [following] = re.findall(r'rel="next" href="([^"]+)"', first)
    with statements(db.engine) as taken:
        assert client.get(following.replace("&amp;", "&")).status_code == 200
    assert len(taken) <= 4, taken
