"""Many clients that send or read as slowly as they can, for the duration of a block."""

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator, Sequence

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


@contextlib.contextmanager
def slow_clients(
    port: int, of_each_kind: int, sources: Sequence[str] = ("127.0.0.1",)
) -> Iterator[Counter[str]]:
    """Keep clients of all kinds connected; yield how many connections of each the server closed.

    They come from the addresses of sources in turn.
    """
    closed: Counter[str] = Counter()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    clients = [
        _client(kind, port, closed, sources[number % len(sources)])
        for kind in KINDS
        for number in range(of_each_kind)
    ]
    thread = threading.Thread(target=loop.run_until_complete, args=(_run(clients, stop),))
    thread.start()
    try:
        yield closed
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


async def _client(kind: str, port: int, closed: Counter[str], source: str) -> None:
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, FEW_BYTES)
            connection.setblocking(False)
            connection.bind((source, 0))
            await loop.sock_connect(connection, ("127.0.0.1", port))
            with contextlib.suppress(ConnectionError):
                await loop.sock_sendall(connection, KINDS[kind])
                await _stay(kind, connection)
        closed[kind] += 1


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
