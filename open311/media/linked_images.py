"""Fetching what links lead to, within bounds of time and size that no other server can stretch."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from http import HTTPStatus

from open311.outgoing import bounded_get, outgoing_session

MOST_SECONDS = 5
"""For all links of one report together."""

# A server that sends drop by drop may keep one of these waiting, and never who sent the report.
_fetchers = ThreadPoolExecutor(8, thread_name_prefix="linked-images")


class _NotThere(Exception):
    """The other server answered something else than what was asked for."""


def fetch_linked(
    links: Sequence[str], most_bytes: int, *, allow_private: bool = False
) -> dict[str, bytes]:
    """Fetch http and https links, and give what those hold that could be had in MOST_SECONDS.

    At most most_bytes are read of each. Only public addresses are asked, unless more is allowed.
    """
    deadline = time.monotonic() + MOST_SECONDS
    fetching = {
        link: _fetchers.submit(_fetch, link, most_bytes, deadline, allow_private) for link in links
    }
    done, late = wait(fetching.values(), MOST_SECONDS)
    for future in late:
        future.cancel()
    return {
        link: future.result()
        for link, future in fetching.items()
        if future in done and future.exception() is None
    }


def _fetch(link: str, most_bytes: int, deadline: float, allow_private: bool) -> bytes:
    """Fetch one link; raises whatever is in the way."""
    seconds = max(deadline - time.monotonic(), 0.001)
    with outgoing_session(allow_private=allow_private) as session:
        answer = bounded_get(session, link, {}, most_bytes=most_bytes, seconds=seconds)
    if answer.status != HTTPStatus.OK:
        raise _NotThere(link)
    return answer.body
