"""EXT-01 and EXT-02: pages, cursors, and the headers that lead from one to the next."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import requests
from georeport_client import KEYS, Answer, Api
from servers import PATIENCE, running_server

MANY = 12_345
SEEDED = 4  # in the last 90 days


@pytest.fixture(scope="module")
def large_server(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server with many service requests of yesterday."""
    database = fresh_database(gridtown)
    columns = (
        "jurisdiction_id, public, sandbox, service_id, department_id, routing_reason,"
        " pinned, location, location_from, near_border, address_string, address_id, zipcode,"
        " description, media_url, answers,"
        " status, detailed_status, status_notes"
    )
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO service_requests (service_request_id, requested_datetime,"
            f" updated_datetime, {columns})"
            f" SELECT 'copy-' || n, now() - interval '1 day', now() - interval '1 day', {columns}"
            f" FROM service_requests, generate_series(1, {MANY}) AS n"
            " WHERE service_request_id = '26-0000004'"
        )
    with running_server(database, tmp_path_factory.mktemp("large") / "log") as address:
        yield address


@pytest.fixture
def large(large_server: str, format: str) -> Api:
    return Api(large_server, format, KEYS["gridtown.example"])


def header(answer: Answer, name: str) -> str | None:
    return answer.response.headers.get(f"X-{name}")


def link(answer: Answer, relation: str) -> str | None:
    return answer.response.links.get(relation, {}).get("url")


def follow(api: Api, answer: Answer, relation: str) -> Answer:
    url = link(answer, relation)
    assert url is not None
    return Answer(api.format, requests.get(url, timeout=PATIENCE))


def test_pages_are_one_based_and_page_0_is_page_1(still_api: Api) -> None:
    """EXT-01"""
    everything = still_api.get("v2/requests").ids()
    pages = [still_api.get("v2/requests", page=page, page_size=3) for page in (0, 1, 2)]
    assert [page.ids() for page in pages] == [everything[:3], everything[:3], everything[3:]]
    assert [header(page, "Page") for page in pages] == ["1", "1", "2"]


def test_a_page_past_the_end_is_empty_and_still_tells_the_total(still_api: Api) -> None:
    """EXT-01"""
    answer = still_api.get("v2/requests", page=7, page_size=3)
    assert answer.ids() == []
    assert header(answer, "Total-Count") == str(SEEDED)
    assert link(answer, "next") is None
    assert follow(still_api, answer, "last").ids() != []


def test_page_size_is_honoured_up_to_1000(large: Api) -> None:
    """EXT-02"""
    for asked, given in ((1, 1), (999, 999), (1000, 1000), (1001, 1000), (10**30, 1000)):
        answer = large.get("v2/requests", page_size=asked)
        assert len(answer.ids()) == given
        assert header(answer, "Page-Size") == str(given)
    assert len(large.get("v2/requests").ids()) == 1000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("page", value) for value in ("-1", "one", "1.5", "\u0661", "1e3", "x" * 1000)),
        *(("page_size", value) for value in ("0", "-5", "all")),
        ("sort", "newest"),
        ("sort", "requested_datetime desc"),
    ],
)
def test_what_is_no_page_is_refused_by_its_name(still_api: Api, name: str, value: str) -> None:
    answer = still_api.get("v2/requests", **{name: value})
    assert answer.status == 400
    assert answer.sentences[0].startswith(f"{name} must be")


def test_deep_pages_are_refused_with_a_word_on_after(still_api: Api) -> None:
    assert still_api.get("v2/requests", page=100, page_size=1000).status == 200
    for page in (101, 10**40):
        answer = still_api.get("v2/requests", page=page)
        assert answer.status == 400
        assert "after" in answer.sentences[0]


@pytest.mark.parametrize("name", ["page", "page_size", "after", "sort"])
def test_an_empty_one_is_an_absent_one(still_api: Api, name: str) -> None:
    """GEN-10"""
    expected = still_api.get("v2/requests").ids()
    assert still_api.get("v2/requests", **{name: ""}).ids() == expected


def test_totals_are_exact_up_to_10000_and_then_not_counted(large: Api) -> None:
    answer = large.get("v2/requests")
    assert (header(answer, "Total-Count"), header(answer, "Total-Count-Relation")) == (
        "10000",
        "gte",
    )
    assert link(answer, "last") is None
    some = large.get("v2/requests", service_code="POTHOLE")
    assert (header(some, "Total-Count"), header(some, "Total-Count-Relation")) == ("1", "eq")
    assert link(some, "next") is None


def test_links_keep_what_was_asked_but_never_the_key(still_api: Api) -> None:
    answer = still_api.get(
        "v2/requests",
        page_size=1,
        status="open,closed",
        service_code=["LAMP", "0042"],
        jurisdiction_id="gridtown.example",
        api_key="secret",
    )
    assert len(answer.ids()) == 1
    assert "secret" not in str(answer.response.headers)
    later = follow(still_api, answer, "next")
    assert (answer.ids(), later.ids()) == (["26-0000006"], ["26-0000003"])
    assert link(later, "next") is None
    assert follow(still_api, later, "first").ids() == answer.ids()
    assert follow(still_api, answer, "last").ids() == later.ids()


def test_links_go_on_by_number_for_who_began_so_and_else_by_cursor(still_api: Api) -> None:
    first = still_api.get("v2/requests", page_size=2)
    assert "after=" in str(link(first, "next"))
    assert "page=" not in str(link(first, "next"))
    numbered = still_api.get("v2/requests", page_size=2, page=1)
    assert "after=" not in str(link(numbered, "next"))
    second = follow(still_api, numbered, "next")
    assert second.ids() == follow(still_api, first, "next").ids()
    assert follow(still_api, second, "prev").ids() == numbered.ids()
    assert follow(still_api, second, "first").ids() == numbered.ids()
    assert header(follow(still_api, first, "next"), "Page") is None


def test_links_cross_to_the_cursor_where_numbers_end(large: Api) -> None:
    last = large.get("v2/requests", page=12, page_size=1000)
    assert len(last.ids()) == 1000
    beyond = follow(large, last, "next")
    assert "page=13" in beyond.response.url
    assert len(beyond.ids()) == MANY + SEEDED - 12_000


@pytest.mark.parametrize("sort", ["-requested_datetime", "requested_datetime"])
def test_a_walk_by_cursor_meets_every_row_once(large: Api, sort: str) -> None:
    """Most rows share one moment: the key decides"""
    answer = large.get("v2/requests", sort=sort, page_size=900)
    ids = answer.ids()
    while link(answer, "next"):
        answer = follow(large, answer, "next")
        ids += answer.ids()
    assert len(ids) == len(set(ids)) == MANY + SEEDED


SORTED = {
    "-requested_datetime": ["26-0000006", "26-0000004", "26-0000003", "26-0000002"],
    "requested_datetime": ["26-0000002", "26-0000003", "26-0000004", "26-0000006"],
    "-updated_datetime": ["26-0000006", "26-0000004", "26-0000003", "26-0000002"],
    "updated_datetime": ["26-0000002", "26-0000003", "26-0000004", "26-0000006"],
    "added": ["20-0000001", "26-0000002", "26-0000003", "26-0000004", "26-0000006"],
}


@pytest.mark.parametrize("sort", SORTED)
def test_each_order_is_walked_along_in_its_order(still_api: Api, sort: str) -> None:
    """EXT-03: the orders of copies reach back beyond 90 days"""
    assert still_api.get("v2/requests", sort=sort).ids() == SORTED[sort]
    answer = still_api.get("v2/requests", sort=sort, page_size=1)
    ids = answer.ids()
    while link(answer, "next"):
        answer = follow(still_api, answer, "next")
        ids += answer.ids()
    assert ids == SORTED[sort]


def test_the_order_of_changes_has_everything_too(still_api: Api) -> None:
    """EXT-03"""
    ids = still_api.get("v2/requests", sort="changed").ids()
    assert sorted(ids) == sorted(SORTED["added"])
    start = {"start_date": still_api.one("26-0000004")["requested_datetime"]}
    since = {"26-0000004", "26-0000006"}
    found = still_api.get("v2/requests", sort="changed", **start).ids()
    assert found == [id_ for id_ in ids if id_ in since]


def test_a_cursor_stays_where_nothing_follows_it(still_api: Api) -> None:
    answer = still_api.get("v2/requests", sort="added")
    cursor = header(answer, "Next-After")
    again = still_api.get("v2/requests", sort="added", after=cursor)
    assert (again.ids(), header(again, "Next-After")) == ([], cursor)
    assert still_api.get("v2/requests", after=cursor).ids() == []  # it knows its order
    assert header(still_api.get("v2/requests", service_code="NOTHING"), "Next-After") is None


@pytest.mark.parametrize(
    "parameters",
    [
        {"after": "nonsense"},
        {"after": "W10"},
        {"after": "x" * 5000},
        {"after": "é"},
    ],
)
def test_what_is_no_cursor_is_refused(still_api: Api, parameters: dict[str, Any]) -> None:
    answer = still_api.get("v2/requests", **parameters)
    assert answer.status == 400
    assert "Link" in answer.sentences[0]


def test_a_cursor_goes_with_its_order_and_without_a_page(still_api: Api) -> None:
    cursor = header(still_api.get("v2/requests", sort="added", page_size=1), "Next-After")
    answer = still_api.get("v2/requests", sort="changed", after=cursor)
    assert answer.status == 400
    assert "sort=added" in answer.sentences[0]
    answer = still_api.get("v2/requests", page=1, after=cursor)
    assert answer.status == 400
    assert "page" in answer.sentences[0]


def test_ids_override_all_but_pages(still_api: Api) -> None:
    """LST-14"""
    ids = "20-0000001,26-0000002,26-0000003"
    answer = still_api.get(
        "v2/requests", service_request_id=ids, page_size=2, sort="added", bbox="nonsense", q="!"
    )
    assert answer.ids() == ["20-0000001", "26-0000002"]
    assert header(answer, "Total-Count") == "3"
    assert follow(still_api, answer, "next").ids() == ["26-0000003"]


def test_a_very_long_link_is_left_out_but_not_the_cursor(still_api: Api) -> None:
    answer = still_api.get("v2/requests", page_size=1, service_code="0042,LAMP," + "x" * 5000)
    assert len(answer.ids()) == 1
    assert "Link" not in answer.response.headers
    assert header(answer, "Next-After")


def test_browsers_may_read_the_headers(still_api: Api) -> None:
    answer = still_api.send("GET", "v2/requests", headers={"Origin": "https://map.example"})
    exposed = answer.response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Link", "X-Total-Count", "X-Next-After", "X-Page", "X-Page-Size"} <= set(exposed)


def test_the_test_endpoint_leads_to_itself(api: Api) -> None:
    place = {"service_code": "POTHOLE", "lat": 0.5, "long": 0.5}
    for text in ("one", "another"):
        fields = {"api_key": "sandbox", **place, "description": text}
        assert api.send("POST", "test/v2/requests", data=fields).status == 200
    answer = api.get("test/v2/requests", page_size=1)
    assert "/open311/test/v2/requests." in str(link(answer, "next"))
    assert follow(api, answer, "next").ids()[0].startswith("TEST-")
