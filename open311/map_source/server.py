"""HTTP to a server of boundaries: public addresses only, and limits for all answers together."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests

from open311.errors import InvalidParameters
from open311.messages.map_source import (
    REMOTE_PRIVATE,
    REMOTE_REDIRECT,
    REMOTE_SLOW,
    REMOTE_STATUS,
    REMOTE_TOO_LARGE,
    REMOTE_UNREACHABLE,
    REMOTE_UNREADABLE,
    REMOTE_UNTRUSTED,
    REMOTE_URL,
)
from open311.messages.message import Message
from open311.messages.problem import Problem
from open311.outgoing import (
    AnswerTooLarge,
    RemoteResponse,
    bounded_get,
    is_refused,
    outgoing_session,
    split_plainly,
)
from open311.outgoing_retries import BUSY, seconds_of, try_again

_ACCEPTED = "application/geo+json, application/json, */*;q=0.5"

LONGEST_URL = 2000


class MapServer:
    """What reads boundaries from one address, and from those that its answers link to.

    private_hosts may have private addresses, and HTTP. most_bytes and seconds are limits of all
    answers together. An answer that fails is asked for again after each of these waits in seconds.
    """

    def __init__(
        self,
        *,
        private_hosts: Collection[str] = (),
        most_bytes: int,
        seconds: float,
        waits: Sequence[float] = (),
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._private_hosts = private_hosts
        self._most_bytes = self._bytes_left = most_bytes
        self._deadline = time.monotonic() + seconds
        self._waits = waits
        self._wait = wait
        self._sessions: dict[bool, requests.Session] = {}
        self._has_answered = False

    def check(self, url: str) -> None:
        """Raise InvalidParameters unless an address may be read."""
        check_address(url, self._private_hosts)

    def read_json(self, url: str, parameters: Mapping[str, str], step: Problem) -> dict[str, Any]:
        """Return a JSON object; raises InvalidParameters. step says what it is part of."""
        answer = self.read(url, parameters, step)
        try:
            document = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            raise failure(REMOTE_UNREADABLE, url, step)
        return document

    def read(self, url: str, parameters: Mapping[str, str], step: Problem) -> RemoteResponse:
        """Return an answer with status 200; raises InvalidParameters."""
        self.check(url)
        answer = try_again(
            lambda: self._attempt(url, parameters), self._pause, self._waits, self._wait
        )
        if isinstance(answer, Exception):
            raise self._failure(url, step, answer)
        if answer.status != 200:
            raise failure(REMOTE_STATUS, url, step, number=answer.status)
        return answer

    def _pause(
        self, answer: RemoteResponse | requests.RequestException, planned: float
    ) -> float | None:
        """Return how long to wait before another attempt, if there is time for one."""
        seconds = planned
        if isinstance(answer, RemoteResponse):
            if answer.status not in BUSY:
                return None
            asked = seconds_of(answer)
            seconds = planned if asked is None else asked
        elif isinstance(answer, AnswerTooLarge | requests.exceptions.InvalidURL):
            return None
        return seconds if self._has_answered and seconds < self._seconds_left() else None

    def _attempt(
        self, url: str, parameters: Mapping[str, str]
    ) -> RemoteResponse | requests.RequestException:
        is_private = _host(url) in self._private_hosts
        if is_private not in self._sessions:
            session = outgoing_session(allow_private=is_private)
            session.headers["Accept"] = _ACCEPTED
            self._sessions[is_private] = session
        left = self._seconds_left()
        if left <= 0:
            return requests.Timeout("all answers together take too long")
        try:
            answer = bounded_get(
                self._sessions[is_private],
                url,
                parameters,
                most_bytes=self._bytes_left,
                seconds=left,
                check_redirect=partial(self._check_redirect, is_private),
            )
        except requests.RequestException as error:
            return error
        self._has_answered = True
        self._bytes_left -= len(answer.body)
        return answer

    def _check_redirect(self, is_private: bool, url: str) -> None:
        """Refuse a redirect to what may not be read, and between private hosts and others.

        The session of private hosts connects to any address.
        """
        try:
            self.check(url)
        except InvalidParameters:
            raise requests.exceptions.InvalidURL("a redirect to an address not allowed") from None
        if (_host(url) in self._private_hosts) != is_private:
            raise requests.exceptions.InvalidURL("a redirect into or out of a private network")

    def _seconds_left(self) -> float:
        return self._deadline - time.monotonic()

    def _failure(
        self, url: str, step: Problem, error: requests.RequestException
    ) -> InvalidParameters:
        if is_refused(error):
            return failure(REMOTE_PRIVATE, url, step)
        if isinstance(error, AnswerTooLarge):
            megabytes = self._most_bytes // 1_000_000
            return failure(REMOTE_TOO_LARGE, url, step, limit=megabytes)
        if isinstance(error, requests.exceptions.InvalidURL):
            return failure(REMOTE_REDIRECT, url, step)
        if isinstance(error, requests.exceptions.SSLError):
            return failure(REMOTE_UNTRUSTED, url, step)
        if isinstance(error, requests.Timeout):
            return failure(REMOTE_SLOW, url, step)
        return failure(REMOTE_UNREACHABLE, url, step)


def failure(message: Message, url: str, step: Problem, **values: Any) -> InvalidParameters:
    """Return the error about an address: which host, and at which step."""
    every = {"host": _host(url), "step": step, **values}
    return InvalidParameters.of([Problem(message, every, "url")])


def check_address(url: str, private_hosts: Collection[str]) -> None:
    """Raise InvalidParameters unless an address may be read: HTTPS, or one of private_hosts."""
    parts = split_plainly(url)
    if parts is None or len(url) > LONGEST_URL:
        raise InvalidParameters(REMOTE_URL, field="url")
    schemes = ("http", "https") if parts.hostname in private_hosts else ("https",)
    if parts.scheme not in schemes:
        raise InvalidParameters(REMOTE_URL, field="url")


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
