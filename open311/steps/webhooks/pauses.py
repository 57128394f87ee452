"""When a message that failed is sent again. Nothing here reads or writes the database."""

import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from open311.steps.values.webhooks import Answer

_MINUTE, _HOUR = 60, 3_600

PAUSES = (
    *(5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR),
    *(10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR),
)
"""Seconds after each failed attempt; after one more, the message is dead."""

SPREAD = 0.1
"""Part of a pause by which it is shorter or longer, so that not all come back at once."""

LONGEST_WISH = timedelta(hours=24)
"""Longest pause that a server can ask for."""

DOWN_AFTER = 5
"""Failures in a row after which a whole endpoint waits, as its server seems to be down."""

LONGEST_HOLD = timedelta(minutes=5)
"""Longest time until a server that seems to be down is tried again."""

PATIENCE = timedelta(days=3)
"""Time without a success after which an endpoint is paused."""

BUSY = (429, 503)
"""Statuses whose Retry-After is about the whole server."""


def next_attempt(attempts: int, answer: Answer, now: datetime) -> datetime | None:
    """Return when to send again after so many attempts, all of which failed; None for never.

    A server can ask for a longer pause, not for a shorter one.
    """
    if attempts > len(PAUSES):
        return None
    spread = random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311
    usual = now + timedelta(seconds=PAUSES[attempts - 1] * spread)
    return max(usual, wished(answer, now) or usual)


def wished(answer: Answer, now: datetime) -> datetime | None:
    """Return the time of Retry-After, seconds or a date (RFC 9110, 10.2.3); None without one."""
    text = (answer.retry_after or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        wish = now + timedelta(seconds=int(text))
    else:
        try:
            wish = parsedate_to_datetime(text)
            wish = wish if wish.tzinfo else wish.replace(tzinfo=now.tzinfo)
        except (ValueError, OverflowError):
            return None
    return min(max(wish, now), now + LONGEST_WISH)


def end_of_hold(failures: int, answer: Answer, now: datetime) -> datetime | None:
    """Return until when a whole endpoint waits after so many failures in a row; None for not."""
    wish = wished(answer, now) if answer.status in BUSY else None
    if failures < DOWN_AFTER:
        return wish
    seconds = PAUSES[0] * 2.0 ** min(failures - DOWN_AFTER, 10)
    hold = now + min(timedelta(seconds=seconds), LONGEST_HOLD)
    return max(hold, wish or hold)
