"""Removing the files of photos that no row names: what a crash left behind."""

from contextlib import suppress
from datetime import datetime, timedelta

from open311.database import db
from open311.media_store import MediaStore, photo_of
from open311.queries.media import find_named

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
        db.session.rollback()  # the store may be slow: no transaction waits for it
        for name in unnamed:
            removed += sum(_remove_old(store, file_name, now) for file_name in photos[name])
    return removed


def _remove_old(store: MediaStore, file_name: str, now: datetime) -> bool:
    with suppress(FileNotFoundError):  # somebody else was faster
        if store.written_at(file_name) < now - GRACE:
            store.remove([file_name])
            return True
    return False
