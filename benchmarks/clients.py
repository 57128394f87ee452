"""HTTP clients that cost little themselves: sockets, and answers that are only counted."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

PATIENCE = 60  # seconds
WARM_SECONDS = 0.3  # in which all clients connect and get a first answer
Message = Callable[[], bytes]


class AnswerError(Exception):
    """An answer that was not asked for, such as 503."""


class Client:
    """A client with one connection, which is renewed if the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._connect()

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def close(self) -> None:
        self._socket.close()

    def send(self, message: bytes) -> int:
        """Send a message, and return the length of the answer's body; raises AnswerError."""
        try:
            return self._exchange(message)
        except ConnectionError:  # gunicorn replaces its workers now and then
            self._socket.close()
            self._socket = self._connect()
            return self._exchange(message)

    def _exchange(self, message: bytes) -> int:
        self._socket.sendall(message)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._received()
        head, _, body = head.partition(b"\r\n\r\n")
        length = _length(head)
        missing = length - len(body)
        while missing > 0:
            missing -= len(self._received())
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise AnswerError(head.partition(b"\r\n")[0].decode("latin-1"))
        return length

    def _received(self) -> bytes:
        some = self._socket.recv(1 << 18)
        if not some:
            raise ConnectionResetError("The server closed the connection.")
        return some


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise AnswerError("an answer without Content-Length")


@contextlib.contextmanager
def client_of(port: int) -> Iterator[Client]:
    """Yield a client with a new connection."""
    client = Client(port)
    try:
        yield client
    finally:
        client.close()


def seconds_of(client: Client, message: Message, times: int) -> list[float]:
    """Send a message one after another; return the seconds that each answer took."""
    taken = []
    for _time in range(times):
        sent = message()
        started = time.perf_counter()
        client.send(sent)
        taken.append(time.perf_counter() - started)
    return taken


def throughput(port: int, message: Message, clients: int, seconds: float) -> float:
    """Let several clients send at the same time; return the answers per second of all."""
    starts = time.perf_counter() + WARM_SECONDS

    def run() -> int:
        with client_of(port) as client:
            client.send(message())
            time.sleep(max(0, starts - time.perf_counter()))
            answers = 0
            while time.perf_counter() < starts + seconds:
                client.send(message())
                answers += 1
            return answers

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(run) for _client in range(clients)]
        answers = sum(one.result() for one in running)
        return answers / (time.perf_counter() - starts)
