"""HTTP requests to another GeoReport server: one at a time, with retries and limits."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from open311.errors import SourceFailed
from open311.georeport_source.documents import (
    ErrorList,
    Refused,
    Unreadable,
    parse_document,
    refuse_errors,
)
from open311.messages.imports import (
    SOURCE_BUSY,
    SOURCE_PRIVATE,
    SOURCE_TOO_LARGE,
    SOURCE_UNREACHABLE,
    SOURCE_UNREADABLE,
    SOURCE_UNTRUSTED,
)
from open311.outgoing import AnswerTooLarge, RemoteResponse, bounded_get, is_refused
from open311.outgoing_retries import BUSY, seconds_of, try_again

Read = TypeVar("Read")

MOST_BYTES = 100_000_000
MOST_SECONDS = 300  # per response
WAITS = (1, 5, 20, 60)
"""Seconds before each further attempt, if the server does not send Retry-After."""
LONGEST_WAIT = 300


class RemoteServer:
    """An endpoint of another server, with an optional jurisdiction_id.

    formats are tried in order; the one that worked is tried first the next time. seconds is the
    limit for each answer.
    """

    def __init__(
        self,
        session: requests.Session,
        endpoint: str,
        jurisdiction_id: str | None = None,
        *,
        formats: tuple[str, ...] = ("json", "xml"),
        wait: Callable[[float], None] = time.sleep,
        seconds: float = MOST_SECONDS,
    ) -> None:
        self.session = session
        self.endpoint = endpoint
        self.jurisdiction = {"jurisdiction_id": jurisdiction_id} if jurisdiction_id else {}
        self.formats = formats
        self.wait = wait
        self.seconds = seconds
        self.has_answered = False

    @property
    def name(self) -> str:
        """The endpoint and the jurisdiction, which identify an import.

        It has no scheme: a server that moves to HTTPS is still the same.
        """
        chosen = "".join(f"?jurisdiction_id={id_}" for id_ in self.jurisdiction.values())
        return f"{self.endpoint.partition('://')[2]}{chosen}"

    def read(
        self, path: str, reader: Callable[[Any], Read], parameters: Mapping[str, str] | None = None
    ) -> Read:
        """Get a document in the first available format, and return the result of reader.

        reader raises Unreadable for unusable documents. Raises Unreadable with the problem if all
        formats fail; Refused, if the first one was refused; and SourceFailed without any response.
        """
        wrong: list[Unreadable] = []
        for format in self.formats:
            url = f"{self.endpoint}/{path}.{format}"
            answer = self.get(url, {**self.jurisdiction, **(parameters or {})})
            try:
                read = reader(_document(answer, format))
            except Unreadable as error:
                wrong.append(error)
            else:
                self.formats = (format, *(each for each in self.formats if each != format))
                return read
        answers = [
            f"The response of {self.endpoint}/{path}.{format} {error}"
            for format, error in zip(self.formats, wrong, strict=True)
        ]
        raise type(wrong[0])(". ".join(answers))

    def get(self, url: str, parameters: Mapping[str, str]) -> RemoteResponse:
        """Get a response, with retries while the server is busy or silent; raises SourceFailed.

        A server that has never responded is not tried again: its address may be wrong.
        """
        result = try_again(lambda: self._attempt(url, parameters), self._pause, WAITS, self.wait)
        if isinstance(result, _Failure):
            raise SourceFailed(SOURCE_UNREADABLE, answer=result.sentence)
        return result

    def _pause(self, result: "RemoteResponse | _Failure", planned: float) -> float | None:
        if isinstance(result, RemoteResponse) or not self.has_answered:
            return None
        return planned if result.seconds is None else result.seconds

    def _attempt(self, url: str, parameters: Mapping[str, str]) -> "RemoteResponse | _Failure":
        try:
            answer = bounded_get(
                self.session, url, parameters, most_bytes=MOST_BYTES, seconds=self.seconds
            )
        except requests.RequestException as error:
            return _Failure(_sentence(url, error))
        self.has_answered = True
        if answer.status not in BUSY:
            return answer
        seconds = seconds_of(answer)
        if seconds is not None and seconds > LONGEST_WAIT:
            raise SourceFailed(SOURCE_BUSY, host=_host(url), seconds=round(seconds))
        return _Failure(
            f"{_host(url)} is busy (status {answer.status}). Run this command again later", seconds
        )


@dataclass(frozen=True)
class _Failure:
    """A failure worth a retry, with the seconds to wait if the server sent them."""

    sentence: str
    seconds: float | None = None


def _document(answer: RemoteResponse, format: str) -> Any:
    """Parse a response; raises Unreadable with its status and its error, if any."""
    if answer.status == 200:
        return parse_document(format, answer.body)
    kind = Refused if answer.status in (400, 404) else Unreadable
    try:
        refuse_errors(parse_document(format, answer.body))
    except ErrorList as error:
        raise kind(f"has status {answer.status} and {error}") from None
    except Unreadable:
        pass  # an error page of any kind: the status is enough
    raise kind(f"has status {answer.status}")


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _sentence(url: str, error: requests.RequestException) -> str:
    """Return a sentence on the failure; raises SourceFailed if a retry would not help."""
    host = _host(url)
    if is_refused(error):
        raise SourceFailed(SOURCE_PRIVATE, host=host) from None
    if isinstance(error, AnswerTooLarge):
        raise SourceFailed(SOURCE_TOO_LARGE, url=url, limit=MOST_BYTES) from None
    if isinstance(error, requests.exceptions.SSLError):
        raise SourceFailed(SOURCE_UNTRUSTED, host=host) from None
    if isinstance(error, requests.Timeout):
        return f"{host} did not respond in time"
    if isinstance(error, requests.ConnectionError):
        return f"{host} cannot be reached"
    raise SourceFailed(SOURCE_UNREACHABLE, url=url, error=type(error).__name__) from None
