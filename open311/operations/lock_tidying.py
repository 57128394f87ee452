"""The lock that lets one process tidy at a time, whatever machine it runs on."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import func, select

from open311.database import db

_NUMBER = 311_0330  # any number that nothing else locks


@contextlib.contextmanager
def tidying_lock() -> Iterator[bool]:
    """Tell whether the lock could be had; it is held until the block ends.

    It lies on a connection of its own, so that it outlasts the transactions of the jobs.
    """
    with db.engine.connect() as connection:
        yield bool(connection.scalar(select(func.pg_try_advisory_xact_lock(_NUMBER))))
