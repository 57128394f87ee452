"""Many clients that send or read as slowly as they can, for the duration of a block."""

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from open311 import client_connections, gunicorn_worker

RARELY = 1  # seconds between two bytes
FEW_BYTES = 4_096  # that a client's socket takes in before it reads

HEAD = b"GET /open311/v2/services.json HTTP/1.1\r\nHost: x\r\nX-Slow: "
POST = (
    b"POST /open311/v2/requests.json HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
)
# Together more than the buffers of both sockets hold.
LARGE = b"GET /open311/static/vendor/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n" * 4

KINDS = {"idle": b"", "head": HEAD, "body": POST, "reader": LARGE}
"""What clients of each kind send first. Those of head and body then send a byte now and then."""

TRICKLES = ("head", "body")

HOURS = 36_000  # seconds


def wait_for_slow_clients() -> None:
    """Let a server of this process cut off a client only where another waits for its thread."""
    for module in (client_connections, gunicorn_worker):
        for name in ("HEAD_SECONDS", "BODY_SECONDS", "ANSWER_SECONDS"):
            if hasattr(module, name):
                setattr(module, name, HOURS)


@dataclass(frozen=True)
class SlowClients:
    """How many connections of each kind have begun, and how many of them the server closed.

    One that does not read does not see that its connection is closed.
    """

    begun: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)


@contextlib.contextmanager
def slow_clients(
    port: int, of_each_kind: int, sources: Sequence[str] = ("127.0.0.1",)
) -> Iterator[SlowClients]:
    """Keep clients of all kinds connected, from the addresses of sources in turn."""
    counts = SlowClients()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    clients = [
        _client(kind, port, counts, sources[number % len(sources)])
        for kind in KINDS
        for number in range(of_each_kind)
    ]
    thread = threading.Thread(target=loop.run_until_complete, args=(_run(clients, stop),))
    thread.start()
    try:
        yield counts
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _run(clients: Iterable[Coroutine[None, None, None]], stop: asyncio.Event) -> None:
    tasks = [asyncio.create_task(client) for client in clients]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _client(kind: str, port: int, counts: SlowClients, source: str) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, FEW_BYTES)
            connection.setblocking(False)
            connection.bind((source, 0))
            await loop.sock_connect(connection, ("127.0.0.1", port))
            with contextlib.suppress(ConnectionError):
                await loop.sock_sendall(connection, KINDS[kind])
                counts.begun[kind] += 1
                await _stay(kind, connection)
        counts.closed[kind] += 1


async def _stay(kind: str, connection: socket.socket) -> None:
    """Return when the server has closed the connection; never for one that does not read."""
    loop = asyncio.get_running_loop()
    while True:
        if kind in TRICKLES:
            await loop.sock_sendall(connection, b"x")
        await asyncio.sleep(RARELY)
        with contextlib.suppress(BlockingIOError):
            if kind != "reader" and not connection.recv(FEW_BYTES):
                return
