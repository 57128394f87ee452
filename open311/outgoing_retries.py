"""Further attempts when another server is busy, after the time that it asks for."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from open311.outgoing import RemoteResponse

Result = TypeVar("Result")

BUSY = (429, 502, 503, 504)
"""Statuses that are worth another attempt."""


def try_again(
    attempt: Callable[[], Result],
    pause_after: Callable[[Result, float], float | None],
    waits: Iterable[float],
    wait: Callable[[float], None],
) -> Result:
    """Return the result of an attempt, or of the last one of several.

    pause_after gets a result and the next of waits, in seconds. It returns how long to wait before
    another attempt, or None if the result stands.
    """
    result = attempt()
    for planned in waits:
        seconds = pause_after(result, planned)
        if seconds is None:
            break
        wait(seconds)
        result = attempt()
    return result


def seconds_of(answer: RemoteResponse) -> float | None:
    """Return how many seconds from now on a server asks to wait; None if it does not say."""
    return seconds_asked(answer.headers.get("Retry-After"), datetime.now(UTC))


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, which is a number or a date (RFC 9110)."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
