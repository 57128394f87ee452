"""Counters of what an address or a user does, in one storage for all workers or in each worker."""

import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

STORAGE_SECONDS = 1  # a Redis that takes longer counts as down
STORAGE_OPTIONS: dict[str, Any] = {
    "wrap_exceptions": True,
    "socket_connect_timeout": STORAGE_SECONDS,
    "socket_timeout": STORAGE_SECONDS,
}

Answer = TypeVar("Answer")


class Counters:
    """Counters in OPEN311_RATE_LIMIT_STORAGE, or in this process while that is down."""

    def __init__(self, storage: str) -> None:
        self._shared = FixedWindowRateLimiter(storage_from_string(storage, **STORAGE_OPTIONS))
        self._own = FixedWindowRateLimiter(MemoryStorage())

    def count(self, item: RateLimitItem, *names: str) -> bool:
        """Count one, and return whether the limit allowed it."""
        return self._ask(lambda limiter: limiter.hit(item, *names))

    def left(self, item: RateLimitItem, *names: str) -> int:
        """Return how many more the limit allows."""
        return self._ask(lambda limiter: limiter.get_window_stats(item, *names).remaining)

    def is_reached(self, item: RateLimitItem, *names: str) -> bool:
        """Return whether as many are counted as the limit allows."""
        return not self._ask(lambda limiter: limiter.test(item, *names))

    def seconds(self, item: RateLimitItem, *names: str) -> int:
        """Return the seconds until the count starts again, at least 1."""
        stats = self._ask(lambda limiter: limiter.get_window_stats(item, *names))
        return max(1, math.ceil(stats.reset_time - time.time()))

    def forget(self, item: RateLimitItem, *names: str) -> None:
        """Start the count again."""
        self._ask(lambda limiter: limiter.clear(item, *names))

    def _ask(self, ask: Callable[[FixedWindowRateLimiter], Answer]) -> Answer:
        try:
            return ask(self._shared)
        except StorageError:
            return ask(self._own)


def keep_counters(app: Flask) -> None:
    """Set up the counters of failed sign-ins, reports, and reactions."""
    app.extensions["counters"] = Counters(app.config["OPEN311_RATE_LIMIT_STORAGE"])


def counters() -> Counters:
    """Return the counters of the application."""
    found: Counters = current_app.extensions["counters"]
    return found
