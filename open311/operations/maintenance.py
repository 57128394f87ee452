"""Nightly maintenance: expired receipts, the sandbox, unused photo files."""

import contextlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from open311.database import db, end_reads, lift_time_limit
from open311.media.store import MediaStore, photo_of
from open311.models import Receipt, ServiceRequest
from open311.operations.transaction import operation
from open311.queries.media import find_named
from open311.queries.requests.receipts import KEY_LIFETIME


@operation
def forget_receipts() -> int:
    """Delete the receipts that have expired, and give their number."""
    lift_time_limit()
    expired = Receipt.received_at <= datetime.now(UTC) - KEY_LIFETIME
    statement = delete(Receipt).where(expired)
    return db.session.connection().execute(statement).rowcount


@operation
def empty_sandbox() -> int:
    """Delete all service requests of the test endpoint, and give their number.

    The database deletes with them whatever belongs to them: boundaries, history, reporters,
    receipts, updates, media. Files of photos are then named nowhere any more, and are removed
    as such.
    """
    lift_time_limit()
    statement = delete(ServiceRequest).where(ServiceRequest.sandbox)
    return db.session.connection().execute(statement).rowcount


GRACE = timedelta(hours=1)
"""A younger file may be one whose row is about to be stored."""

BATCH = 5_000  # names that the database is asked for at a time


def sweep_media(store: MediaStore, now: datetime) -> int:
    """Remove files of photos that are older than GRACE at now and named by no row.

    now is aware. Gives how many files were removed. Files of other kinds are left alone. Changes
    nothing in the database.
    """
    photos: dict[str, list[str]] = {}
    for file_name in store.list_files():
        photos.setdefault(str(photo_of(file_name)), []).append(file_name)
    names = sorted(photos)
    removed = 0
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        unnamed = sorted(set(batch) - find_named(batch))
        end_reads()  # the store may be slow: no transaction waits for it
        for name in unnamed:
            removed += sum(_remove_old(store, file_name, now) for file_name in photos[name])
    return removed


def _remove_old(store: MediaStore, file_name: str, now: datetime) -> bool:
    with suppress(FileNotFoundError):  # somebody else was faster
        if store.written_at(file_name) < now - GRACE:
            store.remove([file_name])
            return True
    return False


_NUMBER = 311_0330  # any number that nothing else locks


@contextlib.contextmanager
def tidying_lock() -> Iterator[bool]:
    """Tell whether the lock could be had; it is held until the block ends.

    It lies on a connection of its own, so that it outlasts the transactions of the jobs.
    """
    with db.engine.connect() as connection:
        yield bool(connection.scalar(select(func.pg_try_advisory_xact_lock(_NUMBER))))
