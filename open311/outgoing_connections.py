"""Connections to other servers: checked before they are opened, and cut when time is over."""

import contextlib
import ipaddress
import os
import queue
import socket
import threading
import time
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

CONNECT_SECONDS = 10

MOST_ADDRESSES = 3
"""Maximum addresses of a name that are tried."""

# Unicast addresses of the public internet, and prefixes that embed an IPv4 address:
# IPv4-mapped addresses (RFC 4291, 2.5.5.2) and NAT64 (RFC 6052).
_UNICAST = ipaddress.IPv6Network("2000::/3")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_BEFORE_IPV4 = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))


class NotPublic(OSError):
    """The address is in a private or special-purpose network."""


def is_public(address: str) -> bool:
    """Return whether an IP address is public (RFC 6890).

    The embedded address decides for IPv4-mapped and NAT64 addresses; 6to4 is never public
    (RFC 7526).
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if not any(found in prefix for prefix in _BEFORE_IPV4):
            return found.is_global and found in _UNICAST and found not in _SIX_TO_FOUR
        found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    return found.is_global and not found.is_multicast


def _look_up(name: str, port: int, seconds: float) -> list[str]:
    """List the addresses of a name; raises OSError without one, or if it takes too long.

    The resolver of the system has a time limit of its own, which is longer.
    """
    found: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            found.put([str(address[0]) for *_kind, address in answers])
        except (OSError, UnicodeError) as error:
            found.put(OSError(error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        raise OSError("the name was not found in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _check_public(addresses: Collection[str]) -> None:
    for address in addresses:
        if not is_public(address):
            raise NotPublic(f"{address} is not a public address")


class Watch:
    """A request that has to end at a moment, whatever the other server does until then."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self.is_over = False

    @property
    def seconds_left(self) -> float:
        """Seconds until it has to end; never 0, which sockets read as none at all."""
        return max(self._deadline - time.monotonic(), 0.001)

    def follow(self, connected: socket.socket) -> None:
        """Watch a connection. A second descriptor reaches it below TLS, also in the handshake."""
        with self._lock:
            self._close()
            self._socket = socket.socket(fileno=os.dup(connected.fileno()))
        if self.is_over:
            self.end()

    def end(self) -> None:
        """Cut the connection, so that the thread that waits for it continues."""
        with self._lock:
            self.is_over = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop watching."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextlib.contextmanager
def watched(seconds: float) -> Iterator[Watch]:
    """Cut the connections of the requests in a block after that many seconds."""
    watch = Watch(seconds)
    timer = threading.Timer(seconds, watch.end)
    timer.daemon = True
    timer.start()
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)
        timer.cancel()
        watch.close()


class _Watched(HTTPConnection):
    """A connection that is cut when the time of its request is over."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if (watch := _watch.get()) is not None:
            watch.follow(connected)
        return connected

    def request(self, *arguments: Any, **options: Any) -> None:
        if (watch := _watch.get()) is not None and self.sock is not None:
            watch.follow(self.sock)
        super().request(*arguments, **options)


class _Public(_Watched):
    """A connection to a public address only.

    The name is looked up once, and all of its addresses are checked before the connection to one of
    them: no second answer of its server counts, and nobody learns what private addresses do.
    """

    def _new_conn(self) -> socket.socket:
        name, limit = self._dns_host, self.timeout
        watch = _watch.get()
        seconds = CONNECT_SECONDS if watch is None else min(CONNECT_SECONDS, watch.seconds_left)
        try:
            addresses = _look_up(name, self.port, seconds)
            _check_public(addresses)
            *others, last = addresses[:MOST_ADDRESSES]
            for address in others:
                self._limit(limit, watch)
                self._dns_host = address
                with contextlib.suppress(HTTPError):
                    return self._connect()
            self._limit(limit, watch)
            self._dns_host = last
            return self._connect()
        except NotPublic:
            raise
        except OSError as error:
            raise NameResolutionError(name, self, socket.gaierror(str(error))) from error
        finally:
            self._dns_host, self.timeout = name, limit

    def _limit(self, limit: Any, watch: Watch | None) -> None:
        if watch is not None:
            self.timeout = min(limit or watch.seconds_left, watch.seconds_left)

    def _connect(self) -> socket.socket:
        connected = super()._new_conn()
        try:
            _check_public([connected.getpeername()[0]])
        except OSError:
            connected.close()
            raise
        return connected


class _WatchedHTTPSConnection(_Watched, HTTPSConnection):
    pass


class _PublicHTTPSConnection(_Public, HTTPSConnection):
    pass


class _WatchedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _WatchedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPSConnection


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _Public


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


WATCHED_POOLS = {"http": _WatchedHTTPPool, "https": _WatchedHTTPSPool}
PUBLIC_POOLS = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}
"""Connection pools by scheme, to any address and to public ones."""
