"""ETag, Last-Modified and 304, and compressed answers.

Last-Modified is left out while any transaction is open, also one of another database of the server,
in which other tests write: it is waited for.
"""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial

import psycopg
import pytest
import requests
from georeport_client import KEYS, Answer, Api
from servers import PATIENCE, running_server, wait_until

READABLE = [
    "discovery",
    "v2/services",
    "v2/services/SURVEY",
    "v2/requests",
    "v2/requests/26-0000003",
    "v2/request/26-0000003",
]


@pytest.fixture(scope="module")
def aged_database(fresh_database: Callable[[str], str], gridtown: str) -> str:
    """A Gridtown in which nothing has changed for an hour."""
    database = fresh_database(gridtown)
    with psycopg.connect(database) as connection:
        age(connection)
    return database


def age(connection: psycopg.Connection[tuple[object, ...]], by: str = "1 hour") -> None:
    """Let all changes have been some time ago."""
    connection.execute("ALTER TABLE service_requests DISABLE TRIGGER number_change")
    connection.execute(f"UPDATE service_requests SET changed_at = changed_at - interval '{by}'")
    connection.execute("ALTER TABLE service_requests ENABLE TRIGGER number_change")
    connection.execute(
        f"UPDATE jurisdictions SET catalog_changed_at = catalog_changed_at - interval '{by}'"
    )


@pytest.fixture(scope="module")
def aged_server(aged_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(aged_database, tmp_path_factory.mktemp("aged") / "log") as address:
        yield address


@pytest.fixture
def aged(aged_server: str, format: str) -> Api:
    return Api(aged_server, format, KEYS["gridtown.example"])


def get(api: Api, path: str = "v2/requests", query: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.send("GET", path, headers=named, params=query)


def last_modified(api: Api, path: str = "v2/requests", query: str = "") -> str:
    """Return Last-Modified once the answer has it."""
    told: list[str] = []

    def is_told() -> bool:
        told.append(get(api, path, query).response.headers.get("Last-Modified", ""))
        return told[-1] != ""

    assert wait_until(is_told)
    return told[-1]


def assert_not_sent_again(answer: Answer) -> None:
    assert (answer.status, answer.response.content) == (304, b"")
    assert answer.response.headers["ETag"]
    assert answer.response.headers["Cache-Control"] == "no-cache"
    assert "Content-Length" not in answer.response.headers
    assert "Content-Type" not in answer.response.headers


def test_what_a_client_has_is_not_sent_again(still_api: Api) -> None:
    for path in READABLE:
        first = get(still_api, path)
        tag = first.response.headers["ETag"]
        assert tag.startswith('W/"')
        assert first.response.headers["Cache-Control"] == "no-cache"
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            assert_not_sent_again(get(still_api, path, If_None_Match=known))
        for unknown in ('"other"', 'W/"0"', "nonsense"):
            assert get(still_api, path, If_None_Match=unknown).status == 200


def test_both_formats_and_each_list_have_tags_of_their_own(still_server: str) -> None:
    tags = {
        get(Api(still_server, format, ""), query=query).response.headers["ETag"]
        for format in ("xml", "json", "geojson")
        for query in ("", "status=open", "extensions=true")
    }
    assert len(tags) == 9


def test_a_change_is_sent_though_the_client_has_the_old_one(api: Api) -> None:
    tag = get(api).response.headers["ETag"]
    id_ = api.report()
    assert get(api, If_None_Match=tag).ids()[0] == id_


def test_not_sent_again_still_says_where_to_go_on(still_api: Api) -> None:
    first = get(still_api, query="sort=added&page_size=2")
    again = get(
        still_api, query="sort=added&page_size=2", If_None_Match=first.response.headers["ETag"]
    )
    assert again.status == 304
    for name in ("Link", "X-Next-After", "X-Total-Count"):
        assert again.response.headers[name] == first.response.headers[name]


def test_errors_are_never_kept(still_api: Api) -> None:
    for path, query in (
        ("v2/nothing", ""),
        ("v2/requests/unknown", ""),
        ("v2/requests", "status=x"),
    ):
        answer = get(still_api, path, query, If_None_Match="*")
        assert answer.status in (400, 404)
        for name in ("ETag", "Last-Modified", "Cache-Control"):
            assert name not in answer.response.headers


def test_a_post_is_never_kept(api: Api) -> None:
    answer = api.post(service_code="POTHOLE", lat=0.5, long=0.5)
    assert "ETag" not in answer.response.headers


@pytest.mark.both_formats
def test_head_tells_the_same_without_the_body(aged: Api) -> None:
    for path in READABLE:
        url = f"{aged.address}/open311/{path}.{aged.format}"
        whole, head = (
            requests.request(method, url, timeout=PATIENCE) for method in ("GET", "HEAD")
        )
        assert head.content == b""
        for name in ("ETag", "Content-Type", "Content-Length", "Link", "Vary"):
            assert head.headers.get(name) == whole.headers.get(name)
        last = whole.headers.get("Last-Modified")
        assert last is None or wait_until(partial(is_told_by_head, url, last))
        known = {"If-None-Match": head.headers["ETag"]}
        assert requests.head(url, headers=known, timeout=PATIENCE).status_code == 304


def assert_not_sent_since(api: Api, query: str, date: str) -> None:
    def is_known() -> bool:
        answer = get(api, query=query, If_Modified_Since=date)
        if answer.status == 304:
            assert_not_sent_again(answer)
        return answer.status == 304

    assert wait_until(is_known)


def is_told_by_head(url: str, last: str) -> bool:
    return requests.head(url, timeout=PATIENCE).headers.get("Last-Modified") == last


def test_lists_tell_when_the_city_last_changed(aged: Api, aged_database: str) -> None:
    with psycopg.connect(aged_database) as connection:
        [changed_at] = connection.execute(
            "SELECT max(changed_at) FROM service_requests"
        ).fetchone() or [None]
    for query in ("", "sort=changed", "service_request_id=26-0000003"):
        date = last_modified(aged, query=query)
        told = parsedate_to_datetime(date)
        assert timedelta(0) <= told - changed_at < timedelta(seconds=1)
        assert_not_sent_since(aged, query, date)
        for other in (1, -1):
            moved = format_datetime(told + timedelta(seconds=other), usegmt=True)
            assert get(aged, query=query, If_Modified_Since=moved).status == 200


def test_a_tag_counts_more_than_a_date(aged: Api) -> None:
    date, tag = last_modified(aged), get(aged).response.headers["ETag"]
    assert get(aged, If_Modified_Since=date, If_None_Match='"other"').status == 200
    assert_not_sent_again(get(aged, If_Modified_Since="nonsense", If_None_Match=tag))


def test_there_is_no_date_of_what_is_new_or_changes_otherwise(aged: Api, api: Api) -> None:
    for path in ("v2/requests", f"v2/requests/{api.report()}"):
        assert "Last-Modified" not in get(api, path).response.headers
    for path in ("v2/requests", "v2/requests/26-0000003"):
        assert last_modified(aged, path)
        assert "Last-Modified" not in get(aged, path, "extensions=true").response.headers
    assert "Last-Modified" not in get(aged, "test/v2/requests").response.headers
    nothing = get(aged, query="start_date=2020-01-01")
    assert (nothing.ids(), nothing.response.headers.get("Last-Modified")) == ([], None)


def test_a_service_request_tells_when_it_changed_itself(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = fresh_database(gridtown)
    with psycopg.connect(database) as connection:
        age(connection)
        connection.execute(
            "UPDATE service_requests SET zipcode = '1' WHERE service_request_id = '26-0000003'"
        )
    with running_server(database, tmp_path_factory.mktemp("one") / "log") as address:
        api = Api(address, "json", "")
        assert "Last-Modified" not in get(api, "v2/requests/26-0000003").response.headers
        assert "Last-Modified" not in get(api).response.headers
        assert last_modified(api, "v2/requests/26-0000002")


def test_a_list_changes_when_the_oldest_falls_out_of_its_window(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = fresh_database(gridtown)
    left = (datetime.now(UTC) - timedelta(minutes=5)).replace(microsecond=0)
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE service_requests SET requested_datetime = %s"
            " WHERE service_request_id = '26-0000002'",
            [left - timedelta(days=90)],
        )
        age(connection)
    with running_server(database, tmp_path_factory.mktemp("left") / "log") as address:
        api = Api(address, "json", "")
        assert "26-0000002" not in get(api).ids()
        assert parsedate_to_datetime(last_modified(api)) == left
        assert parsedate_to_datetime(last_modified(api, query="sort=changed")) < left


def raw(api: Api, path: str, encoding: str, **headers: str) -> tuple[requests.Response, bytes]:
    """Give an answer and its body as it came over the wire."""
    url = f"{api.address}/open311/{path}.{api.format}"
    response = requests.get(
        url,
        headers={"Accept-Encoding": encoding, **headers},
        timeout=PATIENCE,
        stream=True,
    )
    return response, response.raw.read(decode_content=False)


def test_long_answers_are_compressed_for_who_takes_gzip(still_api: Api) -> None:
    plain, body = raw(still_api, "v2/requests", "identity")
    packed, octets = raw(still_api, "v2/requests", "br, gzip, deflate, zstd")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(octets) < len(body)
    assert gzip.decompress(octets) == body
    assert "Content-Encoding" not in plain.headers
    for name in ("ETag", "Content-Type"):
        assert packed.headers[name] == plain.headers[name]
    for response in (plain, packed):
        assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.both_formats
def test_a_tag_holds_whether_compressed_or_not(still_api: Api) -> None:
    tag = raw(still_api, "v2/requests", "gzip")[0].headers["ETag"]
    for encoding in ("gzip", "identity"):
        answer, body = raw(still_api, "v2/requests", encoding, **{"If-None-Match": tag})
        assert (answer.status_code, body) == (304, b"")
        assert "Content-Encoding" not in answer.headers
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_short_answers_are_not_compressed(still_api: Api) -> None:
    answer, body = raw(still_api, "v2/requests/unknown", "gzip")
    assert "Content-Encoding" not in answer.headers
    assert b"unknown" in body


@pytest.mark.parametrize("path", [path for path in READABLE if path != "discovery"])
def test_no_answer_depends_on_a_cookie(aged_server: str, path: str) -> None:
    url = f"{aged_server}/open311/{path}.json"
    plain = requests.get(url, timeout=PATIENCE)
    sent = {"Cookie": "open311_staff=a.b.c"}
    with_cookie = requests.get(url, headers=sent, timeout=PATIENCE)
    for answer in (plain, with_cookie):
        assert answer.status_code == 200
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert with_cookie.headers["ETag"] == plain.headers["ETag"]
