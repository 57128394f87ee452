"""The head of an answer and its body leave the server together; a head alone leaves at the end."""

import socket
from collections.abc import Iterator

import pytest

from open311.client_connections import ClientSocket

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[ClientSocket, socket.socket]]:
    """The two ends of a connection: the server's, and the client's."""
    one, client = socket.socketpair()
    client.setblocking(False)
    with ClientSocket(one) as server, client:
        yield server, client


def received(client: socket.socket) -> bytes:
    """Return what has arrived, without waiting."""
    try:
        return client.recv(1_000)
    except BlockingIOError:
        return b""


def test_the_head_waits_for_the_body(pair: tuple[ClientSocket, socket.socket]) -> None:
    server, client = pair
    server.hold_head()
    server.sendall(HEAD)
    assert received(client) == b""
    server.sendall(b"one")
    assert received(client) == HEAD + b"one"
    server.sendall(b"two")
    assert received(client) == b"two"
    server.release()
    assert received(client) == b""


def test_a_head_without_a_body_is_sent_at_the_end(
    pair: tuple[ClientSocket, socket.socket],
) -> None:
    server, client = pair
    server.hold_head()
    server.sendall(HEAD)
    server.release()
    assert received(client) == HEAD


def test_nothing_is_held_outside_of_an_answer(pair: tuple[ClientSocket, socket.socket]) -> None:
    server, client = pair
    server.hold_head()
    server.release()  # the application has failed
    server.sendall(HEAD)
    assert received(client) == HEAD
