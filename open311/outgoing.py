"""HTTP requests to other servers, limited to public addresses unless private ones are allowed.

A URL from a client could point into the city's own network. The check applies to the connection
itself, before anything is sent, so that neither a redirect nor a name that resolves differently
the second time can bypass it.
"""

import ipaddress
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, InvalidURL, SSLError
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

USER_AGENT = "open311"
CONNECT_SECONDS = 10
SILENT_SECONDS = 60
"""Maximum seconds of silence before and during a response."""
MOST_REDIRECTS = 5
_CHUNK_BYTES = 65_536

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


def _checked(connected: socket.socket) -> socket.socket:
    address = connected.getpeername()[0]
    if not is_public(address):
        connected.close()
        raise NotPublic(f"{address} is not a public address")
    return connected


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PublicHTTPPool,
            "https": _PublicHTTPSPool,
        }


def outgoing_session(*, allow_private: bool = False) -> requests.Session:
    """Return a session for HTTP and HTTPS that connects only to public addresses.

    Raises requests.ConnectionError, with NotPublic in its text, for other addresses, and
    requests.exceptions.InvalidSchema for other schemes.
    """
    session = requests.Session()
    session.trust_env = False  # ignore proxies and .netrc of the machine
    session.headers["User-Agent"] = USER_AGENT
    if not allow_private:
        for scheme in ("http://", "https://"):
            session.mount(scheme, _PublicAdapter())
    return session


def is_refused(error: BaseException | None) -> bool:
    """Return whether a request failed because its address is not public."""
    while error is not None and not isinstance(error, NotPublic):
        error = error.__context__
    return error is not None


class AnswerTooLarge(requests.RequestException):
    """The response body exceeds the size limit."""


@dataclass(frozen=True)
class RemoteResponse:
    """A response that was read completely, with its body decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def bounded_get(
    session: requests.Session,
    url: str,
    parameters: Mapping[str, str],
    *,
    most_bytes: int,
    seconds: float,
) -> RemoteResponse:
    """Return the response to a GET, following redirects without reading their bodies.

    Raises requests.RequestException: AnswerTooLarge for a body of more than most_bytes after
    decompression, Timeout if it is incomplete after that many seconds, and those of requests.
    """
    deadline = time.monotonic() + seconds
    for _redirect in range(MOST_REDIRECTS + 1):
        asked = requests.Request("GET", url, params=parameters)
        with _send(session, asked, seconds) as response:
            target = session.get_redirect_target(response)
            if target is None:
                body = _read(response, most_bytes, deadline)
                return RemoteResponse(response.status_code, response.headers, body)
            url, parameters = _absolute(response.url, target), {}
    raise requests.TooManyRedirects(f"more than {MOST_REDIRECTS} redirects")


def bounded_post(
    session: requests.Session,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    most_bytes: int,
    seconds: float,
) -> RemoteResponse:
    """Return the response to a POST. A redirect is the response: it is not followed.

    Raises requests.RequestException as bounded_get does.
    """
    deadline = time.monotonic() + seconds
    asked = requests.Request("POST", url, data=body, headers=dict(headers))
    with _send(session, asked, seconds) as response:
        read = _read(response, most_bytes, deadline)
        return RemoteResponse(response.status_code, response.headers, read)


def was_not_sent(error: requests.RequestException) -> bool:
    """Return whether a request failed before anything of it was sent."""
    if is_refused(error) or isinstance(error, ConnectTimeout | SSLError | InvalidURL):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _send(
    session: requests.Session, request: requests.Request, seconds: float
) -> requests.Response:
    """Send through the adapter, because the session would read the whole body of a redirect."""
    prepared = session.prepare_request(request)
    adapter = session.get_adapter(prepared.url or "")
    timeout = (min(CONNECT_SECONDS, seconds), min(SILENT_SECONDS, seconds))
    return adapter.send(prepared, stream=True, timeout=timeout)


def _absolute(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError as error:
        raise requests.exceptions.InvalidURL(error) from None


def _read(response: requests.Response, most_bytes: int, deadline: float) -> bytes:
    body = bytearray()
    for chunk in _chunks(response):
        body += chunk
        if len(body) > most_bytes:
            raise AnswerTooLarge(f"more than {most_bytes:,} bytes")
        if time.monotonic() > deadline:
            raise requests.Timeout("the response takes too long")
    return bytes(body)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield data as it arrives, so that a slow response cannot outlast the deadline."""
    try:
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            yield chunk
    except (HTTPError, OSError) as error:
        raise requests.ConnectionError(error) from error
