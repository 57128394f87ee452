"""Finding by area, by how things stand, in every order, and as a file: without scripts."""

import re
from collections.abc import Callable

import pytest
from georeport_client import Api
from servers import PATIENCE
from staff_client import Person

Sign = Callable[[str], Person]


def ids(page: str) -> list[str]:
    return re.findall(r'<tr data-id="([^"]+)"', page)


@pytest.fixture(scope="module")
def here(api: Api) -> list[str]:
    """Three reports on a line to the north, 111 m from one to the next."""
    return [api.report(lat=-0.6 + step * 0.001, long=-0.6) for step in range(3)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"circle": "-0.6,-0.6,50"}, [0]),
        ({"circle": "-0.6,-0.6,112"}, [0, 1]),
        ({"polygon": "-0.5995,-0.7;-0.5995,-0.5;-0.59,-0.5;-0.59,-0.7"}, [1, 2]),
        ({"along": "-0.6005,-0.601;-0.5985,-0.601", "within": "120"}, [0, 1]),
        ({"along": "-0.6005,-0.601;-0.5985,-0.601", "within": "100"}, []),
        ({"circle": "-0.6,-0.6,500", "bbox": "-1,-0.6005,0,-0.5995"}, [0]),
    ],
)
def test_a_drawn_area_holds_for_the_list_the_file_and_the_map(
    person: Sign, here: list[str], asked: dict[str, str], expected: list[int]
) -> None:
    dispatch = person("dispatch")
    wanted = {here[number] for number in expected}
    assert set(ids(dispatch.get("/requests", **asked).text)) == wanted
    file = dispatch.get("/requests/export", f="geojson", **asked)
    assert {feature["id"] for feature in file.json()["features"]} == wanted
    tile = dispatch.get("/requests/tiles/14/8219/8164", **asked)  # where all three lie
    assert tile.status_code == (200 if wanted else 204)
    assert {id_ for id_ in here if id_.encode() in tile.content} == wanted


def test_the_page_tells_the_map_where_to_look_and_what_to_draw(
    person: Sign, here: list[str]
) -> None:
    page = person("dispatch").get("/requests", circle="-0.6,-0.6,50").text
    assert 'data-area="{&#34;type&#34;:&#34;Polygon&#34;' in page
    [bounds] = re.findall(r'id="map"[^>]*data-bounds="([^"]+)"', page)
    west, south, east, north = map(float, bounds.split(","))
    assert west < -0.6 < east
    assert south < -0.6 < north
    assert north - south < 0.001
    page = person("dispatch").get("/requests", boundary="ward:2").text
    [bounds] = re.findall(r'id="map"[^>]*data-bounds="([^"]+)"', page)
    assert float(bounds.split(",")[2]) <= 0  # ward 2 is the west


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"polygon": "0,0;1,1"}, "A polygon needs at least three corners."),
        ({"along": "0,0"}, "A line needs at least two points."),
        ({"area": "999"}, "Area 999 does not exist or is not shared with you."),
        ({"area": "9" * 30}, "does not exist or is not shared with you. Choose another area."),
        ({"along": "0,179.9;0,-179.9"}, "The line is too long. Draw a shorter line."),
        (
            {"circle": "0,0,9", "along": "0,0;1,1"},
            "Use only one of: polygon, circle, line, or saved area.",
        ),
    ],
)
def test_an_area_that_is_none_is_told_on_a_page(
    person: Sign, asked: dict[str, str], sentence: str
) -> None:
    answer = person("dispatch").get("/requests", **asked)
    assert answer.status_code in (400, 404)
    assert sentence in answer.text


@pytest.mark.parametrize("sort", ["-requested_datetime", "requested_datetime", "due"])
def test_the_list_goes_on_in_every_order_and_misses_nothing(
    person: Sign, api: Api, sort: str
) -> None:
    dispatch = person("dispatch")
    if len(ids(dispatch.get("/requests/list", q="One of many").text)) == 0:
        for number in range(60):
            api.report(lat=0.5, long=0.6, description=f"One of many {number}")
    page = dispatch.get("/requests/list", q="One of many", sort=sort).text
    first = ids(page)
    assert len(first) == 50
    [more] = re.findall(r'rel="next" href="([^"]+)"', page)
    query = dict(re.findall(r"[?&](\w+)=([^&]+)", more.replace("&amp;", "&")))
    rest = dispatch.get("/requests/list", q="One of many", sort=sort, after=query["after"]).text
    assert len({*first, *ids(rest)}) == 60
    other = {"requested_datetime": "due"}.get(sort, "requested_datetime")
    refused = dispatch.get("/requests/list", sort=other, after=query["after"])
    assert refused.status_code == 400
    assert "This page link is from a different search." in refused.text
    public = api.get("v2/requests", after=query["after"])
    assert public.status == (400 if sort == "due" else 200)


def test_how_things_stand_can_be_asked_for(person: Sign, api: Api) -> None:
    dispatch = person("dispatch")
    mine, other, unread = (api.report(lat=0.5, long=0.7, description="Standing") for _ in range(3))
    page = f"/requests/{mine}"
    dispatch.post(page, f"{page}/assign", name="dispatch")
    page = f"/requests/{other}"
    dispatch.post(page, f"{page}/take-on")
    for asked, expected in (
        ({"mine": "true"}, {mine}),
        ({"new": "true"}, {unread}),
        ({"unassigned": "true"}, {other, unread}),
        ({"status": "open"}, {mine, other, unread}),
        ({"overdue": "true"}, set()),
        ({"handed_over": "true"}, set()),
    ):
        found = dispatch.get("/requests", q="Standing", **asked).text
        assert set(ids(found)) == expected, asked
    page = f"/requests/{other}"
    dispatch.post(page, f"{page}/hand-over", department="HALL", reason="Not ours.")
    for action, fields in (("move", {"lat": "0.5", "long": "0.71"}), ("unpin", {})):
        found = dispatch.get("/requests", q="Standing", handed_over="true").text
        assert ids(found) == [other]
        dispatch.post(page, f"{page}/{action}", **fields)
    found = dispatch.get("/requests", q="Standing", handed_over="true").text
    assert ids(found) == []  # routing has taken it back


def test_numbers_by_status_lead_to_what_they_count(person: Sign) -> None:
    dispatch = person("dispatch")
    page = dispatch.get("/requests", boundary="ward:2").text
    links = re.findall(r'href="(/staff/requests\?[^"]*status=closed[^"]*)">1 closed</a>', page)
    assert len(links) == 1
    there = dispatch.session.get(
        f"{dispatch.address}{links[0].replace('&amp;', '&')}", timeout=PATIENCE
    )
    assert ids(there.text) == ["20-0000001"]
    assert "boundary=ward" in there.url


@pytest.mark.parametrize("path", ["/requests/tiles/1/5/5", "/requests/tiles/99/0/0"])
def test_there_is_no_tile_beyond_the_map(person: Sign, path: str) -> None:
    answer = person("reader").get(path)
    assert answer.status_code == 404
    assert "This part of the map does not exist." in answer.text


def test_a_file_of_an_unknown_format_is_told(person: Sign) -> None:
    answer = person("reader").get("/requests/export", f="pdf")
    assert answer.status_code == 400
    assert "This file format does not exist." in answer.text


def test_relative_dates_count_from_now(person: Sign, here: list[str]) -> None:
    """Requests of the city are from 2020, and those of the test from today."""
    dispatch, circle = person("dispatch"), "-0.6,-0.6,500"

    def found(**asked: str) -> list[str]:
        return ids(dispatch.get("/requests", **asked).text)

    assert "20-0000001" in found(older_than="14")
    assert "20-0000001" not in found(newer_than="14", sort="requested_datetime")
    assert "20-0000001" in found(older_than="14", newer_than="36500")
    assert "20-0000001" in found(newer_than="9" * 30, sort="requested_datetime")
    assert set(found(newer_than="14", circle=circle)) == set(here)
    assert found(older_than="14", circle=circle) == []
    page = dispatch.get("/requests", older_than="14").text
    assert re.search(r'name="older_than"[^>]* value="14"', page)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"older_than": "14", "newer_than": "7"},
            "and the other dates leave no day.",
        ),
        (
            {"older_than": "14", "since": "2030-01-01"},
            "and the other dates leave no day.",
        ),
        ({"older_than": "a week"}, "Older than (days)"),
    ],
)
def test_relative_dates_that_are_none_are_told(
    person: Sign, asked: dict[str, str], sentence: str
) -> None:
    answer = person("dispatch").get("/requests", **asked)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert re.search(rf'name="older_than"[^>]* value="{asked["older_than"]}"', answer.text)
