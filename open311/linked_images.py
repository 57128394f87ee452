"""Fetching what links lead to, within bounds of time and size that no other server can stretch."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from open311.outgoing import outgoing_session

MOST_SECONDS = 5
"""For all links of one report together."""

MOST_REDIRECTS = 5

_CHUNK = 65_536  # bytes

# A server that sends drop by drop may keep one of these waiting, and never who sent the report.
_fetchers = ThreadPoolExecutor(8, thread_name_prefix="linked-images")


class _TooMuch(Exception):
    """More bytes than are taken, or more time."""


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
    content = bytearray()
    with outgoing_session(allow_private=allow_private) as session:
        session.max_redirects = MOST_REDIRECTS
        session.headers["Accept-Encoding"] = "identity"
        with session.get(link, stream=True, timeout=MOST_SECONDS) as response:
            response.raise_for_status()
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if len(content) > most_bytes or time.monotonic() > deadline:
                    raise _TooMuch
    return bytes(content)
