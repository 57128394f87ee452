"""Requests to other servers: never into the city's own network."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests
from foreign_server import Answerer, Reply, files, foreign_server
from servers import PATIENCE

from open311.outgoing import (
    AnswerTooLarge,
    RemoteResponse,
    bounded_get,
    is_refused,
    outgoing_session,
)
from open311.outgoing_connections import is_public


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::"),
    ],
)
def test_all_others_are_not(address: str) -> None:
    assert not is_public(address)


def test_a_session_does_not_connect_to_this_machine_unless_it_may(server: str) -> None:
    url = f"{server}/health"
    with pytest.raises(requests.ConnectionError, match="not a public address"):
        outgoing_session().get(url, timeout=PATIENCE)
    with outgoing_session(allow_private=True) as session:
        assert session.get(url, timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        outgoing_session().get(url, timeout=PATIENCE)


@pytest.mark.parametrize(
    "address",
    [
        *("64:ff9b::7f00:1", "64:ff9b::a01:203", "64:ff9b:1::1", "2002:7f00:1::", "2002:a01:203::"),
        *("::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "5f00::1", "ff02::1", "2001:0:7f00:1::"),
    ],
)
def test_an_address_that_stands_for_a_private_one_is_not_public(address: str) -> None:
    assert not is_public(address)


def test_an_address_of_the_internet_behind_a_translator_is_public() -> None:
    assert is_public("64:ff9b::5db8:d70e")


BOUNDS = {"most_bytes": 1000, "seconds": 5.0}


def get(answer: Answerer, path: str = "/", **bounds: float) -> RemoteResponse:
    with foreign_server(answer) as server, outgoing_session(allow_private=True) as session:
        return bounded_get(session, server.address + path, {}, **{**BOUNDS, **bounds})


def test_redirects_are_followed_and_their_bodies_not_read() -> None:
    documents = {
        "/": Reply(b"x" * 5000, 301, {"Location": "/b"}),
        "/b": Reply(b"", 302, {"Location": "c"}),
        "/c": Reply(b"here", headers={"X-Way": "two"}),
    }
    answer = get(files(documents))
    assert (answer.status, answer.body, answer.headers["X-Way"]) == (200, b"here", "two")


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/", requests.TooManyRedirects),
        ("file:///etc/passwd", requests.exceptions.InvalidSchema),
        ("http://[bad", requests.exceptions.InvalidURL),
    ],
)
def test_a_redirect_leads_nowhere_else(target: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        get(files({"/": Reply(b"", 302, {"Location": target})}))


def test_a_redirect_to_another_host_leads_to_public_addresses_only() -> None:
    """Also where the session may connect to a private address, such as that of the first host."""
    with foreign_server(files({"/": Reply(b"secret")})) as inside:
        other = inside.address.replace("127.0.0.1", "localhost")
        with pytest.raises(requests.ConnectionError) as refused:
            get(files({"/": Reply(b"", 302, {"Location": other})}))
        assert is_refused(refused.value)
        assert not inside.asked


def test_a_large_answer_is_not_read_to_its_end() -> None:
    assert get(files({"/": Reply(b"x" * 1000)})).body == b"x" * 1000
    with pytest.raises(AnswerTooLarge):
        get(files({"/": Reply(b"x" * 1001)}))


def test_an_answer_that_is_packed_counts_as_what_it_becomes() -> None:
    packed = Reply(gzip.compress(b"x" * 1000), headers={"Content-Encoding": "gzip"})
    assert get(files({"/": packed})).body == b"x" * 1000
    bomb = Reply(gzip.compress(b"x" * 10_000_000), headers={"Content-Encoding": "gzip"})
    with pytest.raises(AnswerTooLarge):
        get(files({"/": bomb}), most_bytes=20_000)
    with pytest.raises(requests.ConnectionError):
        get(files({"/": Reply(b"x" * 50, headers={"Content-Encoding": "gzip"})}))


@contextlib.contextmanager
def raw_server(*pieces: bytes) -> Iterator[str]:
    """Send pieces of an answer, half a second after one another, and hang up."""

    def serve(listener: socket.socket) -> None:
        connection, _address = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(10_000)
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.5)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_an_answer_that_trickles_is_given_up() -> None:
    """One that is waited for ends with a ConnectionError, as it breaks off."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
    with (
        raw_server(head, *[b"x"] * 800) as address,
        outgoing_session(allow_private=True) as session,
        pytest.raises(requests.Timeout),
    ):
        bounded_get(session, address, {}, most_bytes=1000, seconds=1)


def test_headers_that_trickle_are_given_up() -> None:
    with (
        raw_server(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 50) as address,
        outgoing_session(allow_private=True) as session,
        pytest.raises(requests.Timeout),
    ):
        bounded_get(session, address, {}, most_bytes=1000, seconds=1)


@pytest.mark.parametrize(
    "head", [b"Content-Length: 900\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\nx"]
)
def test_an_answer_that_breaks_off_is_no_answer(head: bytes) -> None:
    with (
        raw_server(b"HTTP/1.1 200 OK\r\n" + head + b"x") as address,
        outgoing_session(allow_private=True) as session,
        pytest.raises(requests.ConnectionError),
    ):
        bounded_get(session, address, {}, most_bytes=1000, seconds=PATIENCE)


def test_chunks_are_put_together() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with (
        raw_server(head, b"3\r\nabc\r\n2\r\n", b"de\r\n", b"0\r\n\r\n") as address,
        outgoing_session(allow_private=True) as session,
    ):
        assert bounded_get(session, address, {}, most_bytes=10, seconds=PATIENCE).body == b"abcde"


def test_a_private_address_is_refused_before_a_connection_and_other_failures_differ() -> None:
    with outgoing_session() as session, socket.create_server(("127.0.0.1", 0)) as listener:
        for port in (listener.getsockname()[1], 9):
            with pytest.raises(requests.ConnectionError) as private:
                session.get(f"http://127.0.0.1:{port}/", timeout=PATIENCE)
            assert is_refused(private.value)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
        with pytest.raises(requests.ConnectionError) as unknown:
            session.get("http://unknown.invalid/", timeout=PATIENCE)
        assert not is_refused(unknown.value)
