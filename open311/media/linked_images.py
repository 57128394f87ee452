"""Download of linked images, within limits of time and size."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from http import HTTPStatus

from open311.outgoing import bounded_get, outgoing_session

MOST_SECONDS = 5
"""Limit for all links of one submission together."""

# A slow server may block one of these threads, but never the sender of the submission.
_fetchers = ThreadPoolExecutor(8, thread_name_prefix="linked-images")


class _NotThere(Exception):
    """The other server returned something other than the requested file."""


def fetch_linked(
    links: Sequence[str], most_bytes: int, *, allow_private: bool = False
) -> dict[str, bytes]:
    """Fetch HTTP and HTTPS links; return the content of those that finish in MOST_SECONDS.

    At most most_bytes are read of each. Only public addresses are fetched, unless allow_private is
    set.
    """
    if not links:
        return {}
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
    """Return the content of a link; raises errors of any kind."""
    seconds = max(deadline - time.monotonic(), 0.001)
    with outgoing_session(allow_private=allow_private) as session:
        answer = bounded_get(session, link, {}, most_bytes=most_bytes, seconds=seconds)
    if answer.status != HTTPStatus.OK:
        raise _NotThere(link)
    return answer.body
