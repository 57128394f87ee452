"""Who has changed something in the last seconds, known to all workers of this machine.

With Redis, other machines know it as well.
"""

import mmap
import struct
import time
import zlib

from limits import RateLimitItemPerSecond

from open311.web.counters import Counters

SECONDS = 5
"""Seconds for which a client counts."""

_SLOTS = 1 << 16
_TIME = struct.Struct("d")

# The workers are forked from the process that imports this, and share its memory. Two clients may
# have one slot: then both count.
_times = mmap.mmap(-1, _SLOTS * _TIME.size)

_WROTE = RateLimitItemPerSecond(1, SECONDS)


class RecentWriters:
    """Names of clients, such as their addresses."""

    def __init__(self, storage: str) -> None:
        self._others = None if storage.startswith("memory") else Counters(storage)

    def note(self, name: str) -> None:
        """Note that a client has changed something now."""
        _TIME.pack_into(_times, _place(name), time.monotonic())
        if self._others is not None:
            self._others.count(_WROTE, "wrote", name)

    def wrote_lately(self, name: str) -> bool:
        """Return whether a client, or another one in its slot, has changed something lately."""
        [at] = _TIME.unpack_from(_times, _place(name))
        if at and time.monotonic() - at < SECONDS:
            return True
        return self._others is not None and self._others.is_reached(_WROTE, "wrote", name)


def _place(name: str) -> int:
    return zlib.crc32(name.encode()) % _SLOTS * _TIME.size
