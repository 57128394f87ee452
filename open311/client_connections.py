"""Connections that measure how slow their clients are."""

import contextlib
import errno
import fcntl
import select
import socket
import struct
import termios
import time
from typing import Any

from gunicorn.util import close
from gunicorn.workers.gthread import TConn

SLOWEST = 8_000
"""Bytes per second that a client must send or receive, after some seconds of patience."""

HEAD_SECONDS = 10
"""Maximum time from the start of a connection or of its next HTTP request to the end of a head."""

BODY_SECONDS = 15
ANSWER_SECONDS = 30
CLOSING_SECONDS = 2
"""Seconds that a client may be behind the slowest rate: with a body, an answer, and at the end."""

MOST_DISCARDED = 200_000_000
DISCARD_SECONDS = 60
"""Bytes that a client may still send after its answer, and for how long."""

_LONGEST_HEAD = 131_072  # bytes to collect; gunicorn refuses most heads of that length
_AT_ONCE = 65_536  # bytes


class ClientSocket(socket.socket):
    """Socket that measures how long a thread waits for its client.

    Other threads may cut the connection off: what waits for the client then ends.
    """

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self.is_cut_off = False
        self.asks_for_json = False  # by the path of the HTTP request
        self._awaited = select.POLLIN
        self._held: bytes | None = None
        self.expect(HEAD_SECONDS)

    def expect(self, patience: float, *, sends_answer: bool = False) -> None:
        """Restart the measurement; the client may be patience seconds behind the slowest rate."""
        self.patience = patience
        self._sends_answer = sends_answer
        # Seconds waited, start of the present wait, and bytes moved, replaced together.
        self._measured: tuple[float, float | None, int] = (0.0, None, 0)

    def recv(self, size: int, flags: int = 0) -> bytes:
        self._begin(select.POLLIN)
        received = b""
        try:
            received = super().recv(size, flags)
        finally:
            self._end(len(received))
        return received

    def hold_head(self) -> None:
        """Keep what is sent first, the head of an answer, until its body or release follows."""
        self._held = b""

    def release(self) -> None:
        """Send a head that no body has followed."""
        held, self._held = self._held, None
        if held:
            self.sendall(held)

    def sendall(self, data: Any, flags: int = 0) -> None:
        if self._held == b"":
            self._held = data
            return
        if self._held:
            data, self._held = self._held + data, None
        if not self._sends_answer:
            self.expect(ANSWER_SECONDS, sends_answer=True)
            self._measured = (0.0, None, self._unconfirmed())  # of the answer before
        rest = memoryview(data)
        while rest:
            self._begin(select.POLLOUT)
            sent = 0
            try:
                sent = self.send(rest[:_AT_ONCE], flags)
            except OSError as error:  # gunicorn logs most of them as failures
                raise ConnectionResetError(errno.ECONNRESET, "the client is gone") from error
            finally:
                self._end(sent)
            rest = rest[sent:]

    def _begin(self, event: int) -> None:
        self._awaited = event
        waited, _since, moved = self._measured
        self._measured = (waited, time.monotonic(), moved)

    def _end(self, more: int) -> None:
        waited, since, moved = self._measured
        now = time.monotonic()
        self._measured = (waited + now - (since or now), None, moved + more)

    def seconds_behind(self, now: float) -> float:
        """Return how far the client is behind the slowest rate; 0 while no thread waits for it.

        A thread that could go on waits for a processor, and not for the client.
        """
        waited, since, moved = self._measured
        if since is None or self._is_ready():
            return 0.0
        if self._sends_answer:
            moved -= self._unconfirmed()
        return waited + (now - since) - moved / SLOWEST

    def _is_ready(self) -> bool:
        poll = select.poll()
        try:
            poll.register(self, self._awaited)
        except ValueError:  # closed by the other thread
            return True
        return bool(poll.poll(0))

    def _unconfirmed(self) -> int:
        """Return the bytes that were sent and that the client has not confirmed (SIOCOUTQ)."""
        try:
            [count] = struct.unpack("i", fcntl.ioctl(self, termios.TIOCOUTQ, bytes(4)))
        except (OSError, ValueError):  # closed by the other thread
            return 0
        return int(count)

    def cut_off(self) -> None:
        """End the connection, and with it every wait for its client."""
        self.is_cut_off = True
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)


class Connection(TConn):  # type: ignore[misc]
    """Connection that collects the head of an HTTP request before a thread reads it."""

    def __init__(self, cfg: Any, client_socket: ClientSocket, client: Any, server: Any) -> None:
        super().__init__(cfg, client_socket, client, server)
        self.data_ready = True
        self.head = b""
        # The address of the client; None if it has none, as on a Unix socket.
        self.peer: str | None = client[0] if isinstance(client, tuple) else None

    def has_head(self) -> bool:
        """Read what has arrived, and return whether a thread can continue without waiting."""
        if self._is_head_complete():  # it arrived with the HTTP request before
            return True
        try:
            received = self.sock.recv(_AT_ONCE)
        except BlockingIOError:
            return False
        except OSError:
            received = b""
        self.head += received
        return not received or self._is_head_complete()

    def _is_head_complete(self) -> bool:
        return b"\r\n\r\n" in self.head or len(self.head) > _LONGEST_HEAD

    def take_back_read_ahead(self) -> bool:
        """Take what the parser has read of the next HTTP request; return whether there is any."""
        self.head = self.parser.unreader.take_buffered()
        self.sock.setblocking(False)
        return bool(self.head)

    def pass_on_head(self) -> None:
        """Hand what was collected to gunicorn's parser."""
        _method, _blank, rest = self.head.lstrip().partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        self.sock.asks_for_json = path.endswith(b".json")
        self.init()
        self.parser.unreader.unread(self.head)
        self.head = b""

    def close(self, graceful: bool = False) -> None:
        """Close at once, because say_goodbye has waited for the last bytes of the client."""
        close(self.sock)

    def say_goodbye(self) -> None:
        """Let the client receive its answer even if it is still sending (RFC 9112, 9.6)."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.expect(CLOSING_SECONDS)
            left, end = MOST_DISCARDED, time.monotonic() + DISCARD_SECONDS
            while left > 0 and (seconds := end - time.monotonic()) > 0:
                self.sock.settimeout(seconds)
                received = self.sock.recv(_AT_ONCE)
                if not received:
                    return
                left -= len(received)
