"""No address that somebody enters makes this server call its own network, or tells about it."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import text
from webhook_receiver import webhook_receiver

from open311.database import db
from open311.operations.webhooks.runs import LEASE
from open311.outgoing import bounded_post, may_post_to, outgoing_session
from open311.outgoing_connections import is_public
from open311.queries.webhooks.log import list_attempts
from open311.web import webhooks
from open311.web.webhooks import Settings, _session, ping
from tests.webhooks.hooks import GRIDTOWN, Hooks

PRIVATE = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "::127.0.0.1"),
)
PUBLIC = "93.184.215.14"

Resolver = Callable[..., list[tuple[Any, ...]]]


def answers(*addresses: str) -> Resolver:
    """A resolver that returns these addresses for any name."""
    found = [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443))
        for one in addresses
    ]
    return lambda *_arguments, **_options: found


@contextlib.contextmanager
def quiet_listener() -> Iterator[socket.socket]:
    """A listener on this machine that nobody may have connected to at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def post(url: str, **options: Any) -> int:
    bounds = {"most_bytes": 1_000, "seconds": 5.0, **options}
    with outgoing_session() as session:
        return bounded_post(session, url, b"{}", {}, **bounds).status


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_with_a_private_address_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Also if the name has a public address besides."""
    assert not is_public(address)
    for found in ((address,), (PUBLIC, address), (address, PUBLIC)):
        monkeypatch.setattr(socket, "getaddrinfo", answers(*found))
        with pytest.raises(requests.ConnectionError, match="not a public address"):
            post("https://hook.example.org/")


def test_a_name_that_changes_its_address_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the checked address is the one that is connected to."""
    asked, connected = [], []

    def resolve(name: str, *arguments: Any, **options: Any) -> list[tuple[Any, ...]]:
        asked.append(name)
        is_address = name[0].isdigit()
        return answers(name if is_address else PUBLIC if len(asked) == 1 else "127.0.0.1")()

    def connect(_socket: socket.socket, address: tuple[Any, ...]) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(requests.ConnectionError):
        post("https://hook.example.org/")
    assert asked[0] == "hook.example.org"
    assert asked.count("hook.example.org") == 1
    assert connected == [PUBLIC]


def test_the_certificate_is_that_of_the_name_not_of_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name is in the first message of TLS, to an address that counts as public here."""
    heard = []

    def serve() -> None:
        connection, _address = listener.accept()
        with connection:
            heard.append(connection.recv(10_000))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        monkeypatch.setattr("open311.outgoing_connections.is_public", lambda _address: True)
        port = listener.getsockname()[1]
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda *_arguments, **_options: [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))],
        )
        with pytest.raises(requests.RequestException):
            post("https://hook.example.org/")
        thread.join()
    assert b"hook.example.org" in heard[0]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "https://localhost:{port}/", "https://[::1]:{port}/"]
)
def test_the_answer_does_not_tell_which_ports_are_open(hooks: Hooks, url: str) -> None:
    """The URLs are stored as if they had been allowed before."""
    with quiet_listener() as listener:
        seen = set()
        for port in (listener.getsockname()[1], 9):
            hook = hooks.add()
            _set_url(hook.id, url.format(port=port))
            answer = ping_as_public(hooks, hook.id)
            [logged] = list_attempts(hook.id)
            seen.add((answer, logged.failure, logged.http_status, logged.milliseconds))
    assert len(seen) == 1
    assert next(iter(seen))[1:] == ("unreachable", None, None)


def ping_as_public(hooks: Hooks, number: int) -> object:
    """Ping without OPEN311_WEBHOOK_PRIVATE."""
    private = hooks.app.config["OPEN311_WEBHOOK_PRIVATE"]
    hooks.app.config["OPEN311_WEBHOOK_PRIVATE"] = frozenset()
    try:
        return ping(GRIDTOWN, number)
    finally:
        hooks.app.config["OPEN311_WEBHOOK_PRIVATE"] = private


def _set_url(number: int, url: str) -> None:
    statement = text("UPDATE webhook_endpoints SET url = :url WHERE id = :id")
    db.session.execute(statement, {"url": url, "id": number})
    db.session.commit()


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.org/hook?a=b", True),
        ("https://example.org:443/", True),
        ("https://example.org:8443/", True),
        ("https://example.org:22/", False),
        ("https://example.org:80/", False),
        ("http://example.org/", False),
        ("https://user@example.org/", False),
        ("https://:word@example.org/", False),
        ("https://example.org\\@private.example/", False),
        ("https://[::1", False),
        ("http://private.example:8080/", True),
        ("https://PRIVATE.example:1/", True),
        ("http://other.private.example/", False),
        ("ftp://private.example/", False),
    ],
)
def test_addresses_that_may_be_entered(url: str, allowed: bool) -> None:
    assert may_post_to(url, {"private.example"}) is allowed


@contextlib.contextmanager
def dripping_server(piece: bytes) -> Iterator[str]:
    """Send a byte again and again until the other side hangs up."""

    def serve() -> None:
        connection, _address = listener.accept()
        with connection, contextlib.suppress(OSError):
            while not stopped.wait(0.05):
                connection.sendall(piece)

    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        stopped.set()
        thread.join()


@pytest.mark.parametrize("piece", [b"", b"x", b"HTTP/1.1 200 OK\r\nX: y\r\n", b"X: y\r\n"])
def test_a_server_that_drips_is_cut_off(piece: bytes) -> None:
    with (
        dripping_server(piece) as address,
        outgoing_session(allow_private=True) as session,
        pytest.raises(requests.RequestException),
    ):
        bounded_post(session, f"http://{address}/", b"{}", {}, most_bytes=1_000, seconds=0.5)


def test_a_server_that_drips_in_the_handshake_is_cut_off() -> None:
    record = b"\x16\x03\x03\x40\x00"  # of a handshake, 16 kB to come
    with (
        dripping_server(record) as address,
        outgoing_session(allow_private=True) as session,
        pytest.raises(requests.RequestException),
    ):
        bounded_post(session, f"https://{address}/", b"{}", {}, most_bytes=1_000, seconds=0.5)


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def resolve(*_arguments: Any, **_options: Any) -> list[tuple[Any, ...]]:
        go_on.wait(60)
        return answers(PUBLIC)()

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(requests.RequestException):
        post("https://hook.example.org/", seconds=0.2)
    go_on.set()


def test_a_response_is_read_up_to_a_limit() -> None:
    with webhook_receiver() as receiver, outgoing_session(allow_private=True) as session:
        inbox = receiver.inbox()
        inbox.take = lambda _headers, _body: (200, {"Content-Length": "50"})  # type: ignore[method-assign]
        with pytest.raises(requests.RequestException):
            bounded_post(session, inbox.url, b"{}", {}, most_bytes=100, seconds=0.5)


def test_the_deadline_of_a_message_is_shorter_than_the_lease() -> None:
    assert LEASE.total_seconds() >= webhooks.SECONDS * 1.5


@pytest.mark.parametrize("host", ["10.0.0.5", "10.0.0.6"])
def test_a_private_host_may_be_called_with_https_too(host: str) -> None:
    url = f"https://{host}/hook"
    settings = Settings(secret_key="", private_hosts=["10.0.0.5"], public_url="")
    with _session(url, settings) as session, outgoing_session() as public:
        checks = type(session.get_adapter(url)) is type(public.get_adapter(url))
    assert checks == (host != "10.0.0.5")
