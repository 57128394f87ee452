"""Asking a server: formats, waiting, bounds, addresses."""

import gzip
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from foreign_server import NOT_FOUND, Answerer, Reply, files, foreign_server

from open311.errors import InvalidParameters, SourceFailed
from open311.georeport_source import fetch
from open311.georeport_source.catalog import list_services
from open311.georeport_source.documents import Unreadable
from open311.georeport_source.endpoint import find_endpoint, normalized_address
from open311.georeport_source.fetch import RemoteServer
from open311.outgoing import outgoing_session
from open311.outgoing_retries import seconds_asked

LAMP = [{"service_code": "LAMP"}]
LAMP_XML = b"<services><service><service_code>LAMP</service_code></service></services>"


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with outgoing_session(allow_private=True) as session:
        yield session


def read_from(answer: Answerer, **options: Any) -> Any:
    """Read the service list of a server, which may be asked for in both formats."""
    with foreign_server(answer) as server, outgoing_session(allow_private=True) as session:
        return RemoteServer(session, server.address, **options).read("services", list_services)


def one_after_the_other(*replies: Reply) -> Answerer:
    """Answer with these, and then with the last one for ever."""
    left = itertools.chain(replies, itertools.repeat(replies[-1]))
    return lambda _path, _parameters: next(left)


def test_json_is_asked_for_first_and_with_the_jurisdiction(session: requests.Session) -> None:
    with foreign_server(files({"/services.json": Reply(LAMP)})) as server:
        assert (
            RemoteServer(session, server.address, "a.example").read("services", list_services)
            == LAMP
        )
    assert server.asked == [("/services.json", {"jurisdiction_id": "a.example"})]


@pytest.mark.parametrize(
    "json",
    [
        NOT_FOUND,
        Reply(b"<html>Welcome</html>"),
        Reply(b'[{"service_code":001}]'),
        Reply([{"code": 500, "description": "Broken."}], 500),
        Reply({"message": "Use XML."}, 400),
    ],
)
def test_xml_is_asked_for_where_json_is_not_to_be_had_or_broken(
    session: requests.Session, json: Reply
) -> None:
    documents = {"/services.json": json, "/services.xml": Reply(LAMP_XML)}
    with foreign_server(files(documents)) as server:
        source = RemoteServer(session, server.address)
        for _time in range(2):
            assert source.read("services", list_services) == LAMP
    assert [path for path, _parameters in server.asked] == [
        *("/services.json", "/services.xml"),
        "/services.xml",
    ]


def test_what_both_formats_answer_is_told() -> None:
    error = b"<errors><error><description>No such city.</description></error></errors>"
    told = (
        r"^The response of \S+/services\.json has status 404\. The response of \S+/services\.xml "
        r"has status 400 and contains the error 'No such city\.'$"
    )
    with pytest.raises(Unreadable, match=told):
        read_from(files({"/services.xml": Reply(error, 400)}))


def test_a_busy_server_is_asked_again_after_the_time_it_names(session: requests.Session) -> None:
    busy = Reply(b"Slow down.", 429, {"Retry-After": "7"})
    waits: list[float] = []
    with foreign_server(one_after_the_other(busy, Reply(b"", 503), Reply(LAMP))) as server:
        source = RemoteServer(session, server.address, wait=waits.append)
        assert source.read("services", list_services) == LAMP
    assert waits == [7, 5]


def test_a_server_that_stays_busy_stops_the_import(session: requests.Session) -> None:
    waits: list[float] = []
    with foreign_server(one_after_the_other(Reply(b"", 503))) as server:
        source = RemoteServer(session, server.address, wait=waits.append)
        with pytest.raises(
            SourceFailed, match=r"is busy \(status 503\)\. Run this command again later\.$"
        ):
            source.read("services", list_services)
    assert waits == list(fetch.WAITS)
    assert len(server.asked) == len(waits) + 1


def test_nobody_waits_for_hours() -> None:
    busy = Reply(b"", 429, {"Retry-After": "3600"})
    with pytest.raises(SourceFailed, match="asks to wait 3,600 seconds"):
        read_from(one_after_the_other(busy), wait=pytest.fail)


def test_a_connection_that_breaks_is_tried_again_where_one_was_good() -> None:
    waits: list[float] = []
    with (
        foreign_server(files({"/services.json": Reply(LAMP)})) as server,
        outgoing_session(allow_private=True) as session,
    ):
        source = RemoteServer(session, server.address, wait=waits.append)
        source.read("services", list_services)
    with pytest.raises(SourceFailed, match=r"127\.0\.0\.1:\d+ cannot be reached\.$"):
        source.read("services", list_services)
    assert waits == list(fetch.WAITS)


def test_a_server_that_has_never_answered_is_not_tried_again(session: requests.Session) -> None:
    with foreign_server(files({})) as server:
        address = server.address
    with pytest.raises(SourceFailed, match="cannot be reached"):
        RemoteServer(session, address, wait=pytest.fail).read("services", list_services)


NOW = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("9" * 400, 999_999_999),
        ("Mon, 09 Mar 2026 14:06:00 GMT", 60),
        ("Mon, 09 Mar 2026 14:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, NOW) == seconds


@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_answer_is_refused(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 1_000_000)
    body = b"[" + b" " * 1_000_000 + b"]"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    reply = Reply(gzip.compress(body) if packed else body, headers=headers)
    with pytest.raises(SourceFailed, match="is larger than 1,000,000 bytes"):
        read_from(files({"/services.json": reply}))


def test_a_private_address_is_not_asked_unless_it_may_be() -> None:
    with (
        foreign_server(files({"/services.json": Reply(LAMP)})) as server,
        outgoing_session() as session,
        pytest.raises(SourceFailed, match="is not an address on the public internet"),
    ):
        RemoteServer(session, server.address).read("services", list_services)
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "normalized"),
    [
        ("https://A.example/open311/v2", "https://a.example/open311/v2"),
        ("https://a.example/open311/v2/", "https://a.example/open311/v2"),
        (" http://a.example:8080 ", "http://a.example:8080"),
        ("https://a.example/Open311/v2/services.json", "https://a.example/Open311/v2"),
        ("https://a.example/v2/requests.xml", "https://a.example/v2"),
        ("https://a.example/discovery.xml", "https://a.example/discovery.xml"),
        ("http://[::1]/v2", "http://[::1]/v2"),
    ],
)
def test_an_address_is_normalized(address: str, normalized: str) -> None:
    assert normalized_address(address) == normalized


@pytest.mark.parametrize(
    "address",
    [
        *("", "a.example/v2", "ftp://a.example", "file:///etc/passwd", "https://", "http://[bad"),
        *("https://user:pass@a.example/v2", "https://a.example/v2?x=1", "https://a.example/v2#x"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InvalidParameters, match="URL must be the HTTP or HTTPS address"):
        normalized_address(address)


def endpoint(url: str, **changes: Any) -> dict[str, Any]:
    standard = "http://wiki.open311.org/GeoReport_v2"
    return {"specification": standard, "url": url, "type": "production", **changes}


@pytest.mark.parametrize(
    "document",
    [
        {"endpoints": [endpoint("https://a.example/v2/")]},
        {"discovery": {"endpoints": {"endpoint": [endpoint("https://a.example/v2")]}}},
        {
            "endpoints": [
                endpoint("https://test.example", type="test"),
                endpoint(
                    "https://old.example", specification="http://wiki.open311.org/GeoReport_v1"
                ),
                endpoint("https://a.example/v2"),
                endpoint("https://b.example/v2"),
            ]
        },
    ],
)
def test_discovery_leads_to_the_first_endpoint_for_production(
    session: requests.Session, document: dict[str, Any]
) -> None:
    with foreign_server(files({"/x/discovery.json": Reply(document)})) as server:
        source = RemoteServer(session, f"{server.address}/x/discovery.json")
        find_endpoint(source)
    assert source.endpoint == "https://a.example/v2"


@pytest.mark.parametrize(
    "reply", [NOT_FOUND, Reply({"endpoints": []}), Reply({"endpoints": [endpoint("")]}), Reply([7])]
)
def test_discovery_without_an_endpoint_is_told(session: requests.Session, reply: Reply) -> None:
    with (
        foreign_server(files({"/discovery.json": reply})) as server,
        pytest.raises(
            SourceFailed, match=r"does not name a GeoReport v2 endpoint|\.json has status 404"
        ),
    ):
        find_endpoint(RemoteServer(session, f"{server.address}/discovery.json"))
