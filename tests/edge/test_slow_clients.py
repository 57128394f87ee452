"""Clients that are slow, that hang up, or that send too much."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from georeport_client import KEYS
from servers import PATIENCE, running_server, wait_until
from slow_clients import KINDS, slow_clients, wait_for_slow_clients

from open311 import client_connections
from open311.client_connections import ANSWER_SECONDS, BODY_SECONDS, ClientSocket, Connection

KEY = KEYS["gridtown.example"]
POTHOLE = {"api_key": KEY, "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
POSTED = f"api_key={KEY}&service_code=POTHOLE&lat=0.5&long=0.5&description=cut+off".encode()

FEW_CONNECTIONS = 30


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gunicorn") / "slow.log"


@pytest.fixture(scope="module")
def town(fresh_database: Callable[[str], str], gridtown: str, log: Path) -> Iterator[str]:
    with running_server(fresh_database(gridtown), log) as address:
        yield address


def test_slow_clients_of_all_kinds_stop_nobody(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    """All have one address. The server would wait hours for each: nobody would get its thread."""
    settings = {"OPEN311_WORKERS": "2", "OPEN311_CONNECTIONS_PER_ADDRESS": "64"}
    log, url = tmp_path / "log", fresh_database(gridtown)
    with (
        running_server(url, log, settings, wait_for_slow_clients) as address,
        slow_clients(urlsplit(address).port, of_each_kind=60) as slow,
    ):
        assert wait_until(lambda: all(slow.begun[kind] >= 60 for kind in KINDS))
        for number in range(10):
            report = {**POTHOLE, "description": f"number {number}"}
            posted = f"{address}/open311/v2/requests.json"
            requests.post(posted, report, timeout=PATIENCE).raise_for_status()
            requests.get(posted, timeout=PATIENCE).raise_for_status()
        assert wait_until(lambda: slow.closed["body"] > 0)  # they had all threads
        assert slow.closed["idle"] == slow.closed["head"] == 0  # these need none
    assert "failed, reference" not in log.read_text()


def test_clients_that_are_too_slow_are_disconnected_though_nobody_waits(
    town: str, log: Path
) -> None:
    with slow_clients(urlsplit(town).port, of_each_kind=1) as slow:
        assert wait_until(lambda: all(slow.closed[kind] for kind in ("idle", "head", "body")))
    assert "failed, reference" not in log.read_text()


def head_of(path: str, *headers: str) -> bytes:
    form = "Content-Type: application/x-www-form-urlencoded"
    lines = [f"POST {path} HTTP/1.1", "Host: x", form, *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextlib.contextmanager
def connected(address: str, source: str = "127.0.0.1") -> Iterator[socket.socket]:
    place = urlsplit(address)
    with socket.create_connection(
        (place.hostname, place.port), timeout=PATIENCE, source_address=(source, 0)
    ) as connection:
        yield connection


@pytest.fixture(scope="module")
def small_town(
    fresh_database: Callable[[str], str],
    gridtown: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a Gridtown with two threads, one for each address, and few connections."""
    settings = {
        "OPEN311_THREADS": "2",
        "OPEN311_CONNECTIONS_PER_ADDRESS": "1",
        "GUNICORN_CMD_ARGS": f"--worker-connections={FEW_CONNECTIONS}",
    }
    log = tmp_path_factory.mktemp("gunicorn") / "small.log"
    with running_server(fresh_database(gridtown), log, settings) as address:
        yield address


def ask(address: str, source: str) -> None:
    with connected(address, source) as connection:
        connection.sendall(b"GET /open311/v2/services.json HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert everything_from(connection).startswith(b"HTTP/1.1 200 ")


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


def everything_from(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize(
    "sent",
    [
        head_of("/open311/v2/requests.json", f"Content-Length: {len(POSTED) + 9}") + POSTED,
        head_of("/open311/v2/requests.json", "Transfer-Encoding: chunked")
        + b"%x\r\n%s" % (len(POSTED) + 9, POSTED),
        head_of("/open311/v2/requests.json", "Transfer-Encoding: chunked")
        + b"%x\r\n%s\r\n" % (len(POSTED), POSTED),
        head_of("/ogc/collections/requests/search", "Content-Length: 99") + b"limit=1",
    ],
)
@pytest.mark.parametrize("abruptly", [False, True])
def test_a_client_that_hangs_up_stores_nothing_and_is_no_failure(
    town: str, log: Path, sent: bytes, abruptly: bool
) -> None:
    with connected(town) as connection:
        connection.sendall(sent)
        if abruptly:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01" + bytes(7))
        else:
            connection.shutdown(socket.SHUT_WR)
            assert everything_from(connection).startswith(b"HTTP/1.1 400 ")
    found = requests.get(
        f"{town}/open311/v2/requests.json", params={"q": "cut off"}, timeout=PATIENCE
    )
    assert found.json() == []
    assert "failed, reference" not in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("content_type", "length"),
    [("application/x-www-form-urlencoded", 1_000_001), ("multipart/form-data", 10**12)],
)
def test_a_body_declared_too_large_is_refused_before_it_is_sent(
    town: str, content_type: str, length: int
) -> None:
    with connected(town) as connection:
        head = head_of("/open311/v2/requests.json", f"Content-Length: {length}")
        connection.sendall(
            head.replace(b"application/x-www-form-urlencoded", content_type.encode())
        )
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_chunked_body_that_is_too_large_is_refused(town: str) -> None:
    pieces = iter([b"description=", *[b"x" * 100_000] * 11])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(
        f"{town}/open311/v2/requests.json", data=pieces, headers=form, timeout=PATIENCE
    )
    assert answer.status_code == 413


HALF_SENT = head_of("/open311/v2/requests.json", "Content-Length: 999") + b"api_key="


def test_an_address_has_its_share_of_threads_and_the_slowest_make_room(small_town: str) -> None:
    with connected(small_town, "127.0.0.2") as slow:
        slow.sendall(HALF_SENT)
        ask(small_town, "127.0.0.1")
        assert is_open(slow)  # it bothers nobody at another address
        assert asking_closes_one_of([slow], small_town, "127.0.0.2")
    with connected(small_town, "127.0.0.2") as slow, connected(small_town, "127.0.0.3") as slower:
        slow.sendall(HALF_SENT)
        slower.sendall(HALF_SENT)
        assert asking_closes_one_of([slow, slower], small_town, "127.0.0.1")
        assert is_open(slow) + is_open(slower) == 1


def test_an_address_with_too_many_connections_makes_room_for_others(small_town: str) -> None:
    with contextlib.ExitStack() as stack:
        slow = []
        for _number in range(FEW_CONNECTIONS + 10):
            slow.append(stack.enter_context(connected(small_town, "127.0.0.2")))
            slow[-1].sendall(HALF_SENT)
        # It would take more than a minute until these had a thread and were cut off there.
        assert asking_closes_one_of(slow[FEW_CONNECTIONS:], small_town, "127.0.0.1")


def asking_closes_one_of(slow: list[socket.socket], address: str, source: str) -> bool:
    """Ask until one is closed: a request may be answered before a slow one has its thread."""

    def closes_one() -> bool:
        ask(address, source)
        return not all(map(is_open, slow))

    return wait_until(closes_one)


def test_what_follows_an_http_request_gets_no_thread_before_it_is_one(small_town: str) -> None:
    head = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    with connected(small_town, "127.0.0.2") as connection:
        connection.sendall(head + head[:1])
        assert answer_on(connection) == 200
        ask(small_town, "127.0.0.2")
        connection.sendall(head[1:] + head + head)
        assert [answer_on(connection) for _number in range(3)] == [200] * 3


def answer_on(connection: socket.socket) -> int:
    """Return the status of an answer, after which the connection may stay open."""
    received = b""
    while not received.endswith(b"\n\r\n") and (piece := connection.recv(1)):
        received += piece
    [length] = re.findall(rb"Content-Length: (\d+)", received)
    connection.recv(int(length), socket.MSG_WAITALL)
    return int(received.split()[1])


@pytest.fixture
def pair() -> Iterator[tuple[ClientSocket, socket.socket]]:
    """The two ends of a connection: the server's, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(listener.getsockname())
        accepted, _address = listener.accept()
        with ClientSocket(accepted) as server:
            yield server, client


def test_a_client_that_sends_is_behind_by_what_it_has_not_sent(
    pair: tuple[ClientSocket, socket.socket],
) -> None:
    server, client = pair
    server.expect(BODY_SECONDS)
    client.sendall(bytes(80_000))
    left = 80_000
    while left:
        left -= len(server.recv(65_536))
    assert server.seconds_behind(time.monotonic() + 1_000) == 0  # nobody waits for it
    received: list[bytes] = []
    begin = time.monotonic()
    waiting = threading.Thread(target=lambda: received.append(server.recv(1)))
    waiting.start()
    assert wait_until(lambda: server.seconds_behind(time.monotonic() + 1_000) > 0)
    assert server.seconds_behind(begin + 5) < 0  # 80,000 bytes are worth ten seconds
    server.cut_off()
    waiting.join()
    assert received == [b""]


def test_a_client_that_does_not_read_is_behind_whatever_the_buffers_hold(
    pair: tuple[ClientSocket, socket.socket],
) -> None:
    server, client = pair
    server.expect(BODY_SECONDS)
    sending = threading.Thread(target=server.sendall, args=(bytes(20_000_000),))
    sending.start()
    assert wait_until(lambda: server.seconds_behind(time.monotonic() + 1_000) > 900)
    assert server.patience == ANSWER_SECONDS
    left = 20_000_000
    while left:
        left -= len(client.recv(65_536))
    sending.join()
    assert server.seconds_behind(time.monotonic() + 1_000) == 0


def test_a_thread_does_not_discard_what_a_client_sends_forever(
    pair: tuple[ClientSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = pair
    monkeypatch.setattr(client_connections, "DISCARD_SECONDS", 0.1)
    client.sendall(bytes(80_000))  # worth ten seconds
    connection = Connection(None, server, client.getsockname(), server.getsockname())
    closing = threading.Thread(target=connection.say_goodbye, daemon=True)
    closing.start()
    assert wait_until(lambda: not closing.is_alive())
