"""HTTP requests to other servers, limited to public addresses unless private ones are allowed.

A URL from a client could point into the city's own network. The check applies to the connection
itself, before anything is sent, so that neither a redirect nor a name that resolves differently
the second time can bypass it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import ConnectTimeout, InvalidURL, SSLError
from urllib3.exceptions import HTTPError, NewConnectionError

from open311.outgoing_connections import (
    CONNECT_SECONDS,
    PUBLIC_POOLS,
    WATCHED_POOLS,
    NotPublic,
    Watch,
    watched,
)

USER_AGENT = "open311"
SILENT_SECONDS = 60
"""Maximum seconds of silence before and during a response."""
MOST_REDIRECTS = 5
_CHUNK_BYTES = 65_536


class _Adapter(HTTPAdapter):
    """An adapter for any address."""

    pools: Mapping[str, Any] = WATCHED_POOLS

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = self.pools


class _PublicAdapter(_Adapter):
    """An adapter for public addresses."""

    pools: Mapping[str, Any] = PUBLIC_POOLS


def outgoing_session(*, allow_private: bool = False) -> requests.Session:
    """Return a session for HTTP and HTTPS that connects only to public addresses.

    Raises requests.ConnectionError, with NotPublic in its text, for other addresses, and
    requests.exceptions.InvalidSchema for other schemes.
    """
    session = requests.Session()
    session.trust_env = False  # ignore proxies and .netrc of the machine
    session.headers["User-Agent"] = USER_AGENT
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter() if allow_private else _PublicAdapter())
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
    check_redirect: Callable[[str], None] = lambda _url: None,
) -> RemoteResponse:
    """Return the response to a GET, following redirects without reading their bodies.

    check_redirect may raise a requests.RequestException for a URL that must not be followed.
    Raises requests.RequestException: AnswerTooLarge for a body of more than most_bytes after
    decompression, Timeout if it is incomplete after that many seconds, in which the other server
    may do anything, and those of requests.
    """
    with watched(seconds) as watch:
        try:
            found = _follow(session, url, parameters, most_bytes, watch, check_redirect)
        except requests.RequestException as error:
            raise requests.Timeout(error) if watch.is_over else error from None
        if watch.is_over:
            raise requests.Timeout("the response takes too long")
    return found


def _follow(
    session: requests.Session,
    url: str,
    parameters: Mapping[str, str],
    most_bytes: int,
    watch: Watch,
    check_redirect: Callable[[str], None],
) -> RemoteResponse:
    host, adapter = _host(url), session.get_adapter(url)
    for _redirect in range(MOST_REDIRECTS + 1):
        asked = requests.Request("GET", url, params=parameters)
        if _host(url) != host:  # only the host that was asked may be in a private network
            adapter = _PublicAdapter()
        with _send(session, asked, watch.seconds_left, adapter) as response:
            target = session.get_redirect_target(response)
            if target is None:
                body = _read(response, most_bytes)
                return RemoteResponse(response.status_code, response.headers, body)
            url, parameters = _absolute(response.url, target), {}
            check_redirect(url)
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
    """Return the response to a POST, whose body is cut off after most_bytes.

    Redirects are not followed. Raises requests.RequestException, also if it is incomplete after
    that many seconds, in which the other server may do anything.
    """
    request = session.prepare_request(requests.Request("POST", url, headers=headers, data=body))
    adapter = session.get_adapter(url)
    with watched(seconds) as watch:
        try:
            with adapter.send(request, stream=True, timeout=(seconds, seconds)) as response:
                content = _read_some(response, most_bytes)
        except requests.RequestException as error:
            raise requests.Timeout(error) if watch.is_over else error from None
        if watch.is_over:
            raise requests.Timeout("the response takes too long")
    return RemoteResponse(response.status_code, response.headers, content)


def was_not_sent(error: requests.RequestException) -> bool:
    """Return whether a request failed before anything of it was sent."""
    if is_refused(error) or isinstance(error, ConnectTimeout | SSLError | InvalidURL):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def split_plainly(url: str) -> SplitResult | None:
    """Return the parts of a URL with a host and a valid port.

    None for any other, and for one with a user, blanks, or characters beyond ASCII.
    """
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return None
    is_plain = url.isascii() and url.isprintable() and " " not in url
    has_user = parts.username is not None or parts.password is not None
    return parts if has_host and is_plain and not has_user else None


def may_post_to(url: str, private_hosts: Collection[str] = ()) -> bool:
    """Return whether a URL that a client chose may get messages: HTTPS on port 443 or 8443.

    HTTP and other ports are for private_hosts only. Whether an address is public is checked when
    it is connected to.
    """
    parts = split_plainly(url)
    if parts is None or parts.fragment:
        return False
    host, port = parts.hostname, parts.port
    if host in private_hosts:
        return parts.scheme in ("http", "https")
    return parts.scheme == "https" and port in (None, 443, 8443)


def _read_some(response: requests.Response, most_bytes: int) -> bytes:
    body = bytearray()
    for chunk in _chunks(response):
        body += chunk
        if len(body) >= most_bytes:
            break
    return bytes(body[:most_bytes])


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _send(
    session: requests.Session, request: requests.Request, seconds: float, adapter: BaseAdapter
) -> requests.Response:
    """Send through the adapter, because the session would read the whole body of a redirect."""
    prepared = session.prepare_request(request)
    session.get_adapter(prepared.url or "")  # raises InvalidSchema
    timeout = (min(CONNECT_SECONDS, seconds), min(SILENT_SECONDS, seconds))
    return adapter.send(prepared, stream=True, timeout=timeout)


def _absolute(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError as error:
        raise requests.exceptions.InvalidURL(error) from None


def _read(response: requests.Response, most_bytes: int) -> bytes:
    body = bytearray()
    for chunk in _chunks(response):
        body += chunk
        if len(body) > most_bytes:
            raise AnswerTooLarge(f"more than {most_bytes:,} bytes")
    return bytes(body)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield data as it arrives, so that a slow response cannot outlast the deadline."""
    try:
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            yield chunk
    except (HTTPError, OSError) as error:
        raise requests.ConnectionError(error) from error
