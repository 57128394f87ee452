"""How much longer a POST takes where emails are configured."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping

from benchmarks.clients import Client, client_of
from benchmarks.servers import running_product

POSTS, FIRST = 400, 20  # of each server; the first are not counted


def post_seconds(
    url: str, secret_key: str, mail: Mapping[str, str], submit: Callable[[Client], None]
) -> tuple[list[float], list[float]]:
    """Return how long POSTs took without emails and with them, in seconds.

    Two servers of the same database get them in turn, so that other work slows both alike. Each
    other time, the second one is first.
    """
    with (
        running_product(url, secret_key) as plain,
        running_product(url, secret_key, mail) as telling,
        client_of(plain.port) as without,
        client_of(telling.port) as with_mail,
    ):
        taken: tuple[list[float], list[float]] = ([], [])
        for which in itertools.islice(_turns(), 2 * (POSTS + FIRST)):
            started = time.perf_counter()
            submit((without, with_mail)[which])
            taken[which].append(time.perf_counter() - started)
    return taken[0][FIRST:], taken[1][FIRST:]


def _turns() -> Iterator[int]:
    return itertools.cycle((0, 1, 1, 0))
