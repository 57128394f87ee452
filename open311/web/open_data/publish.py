"""Writes the files of a city from what the public reads, and lets them take the former ones' place.

All come from one statement, so that they hold the same requests.
"""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import current_app

from open311.database import end_reads, lift_time_limit
from open311.media.store import MediaStore, new_data_name
from open311.operations.open_data import replace_data_files
from open311.queries.city import City
from open311.queries.ogc.exports import read_batches
from open311.queries.open_data import DataFileInfo, all_data_names
from open311.web.open_data.columns import EVERYTHING, public_source
from open311.web.open_data.writers import open_writers
from open311.web.sent_media import media_store
from schemas.vocabulary.file_formats import OPEN_DATA_FORMAT_OF

log = logging.getLogger(__name__)

AT_ONCE = 20_000
"""Rows of a group of rows in GeoParquet, and of a transaction in a GeoPackage."""

GRACE = timedelta(days=1)
"""Age from which a file is removed that is not the current one of any city."""


def publish(city: City) -> list[DataFileInfo]:
    """Write the files of a city, store them, and return them."""
    made_at = datetime.now(UTC).replace(microsecond=0)
    with TemporaryDirectory(prefix="open311-data-") as folder:
        paths, rows = _write(city, Path(folder))
        end_reads()  # the store may be another server
        files = [_store(code, path, rows, made_at) for code, path in paths.items()]
    former = replace_data_files(city.scope.jurisdiction_id, files)
    end_reads()
    _remove(media_store(), former)
    return files


def _write(city: City, folder: Path) -> tuple[dict[str, Path], int]:
    """Write all requests, and return the files by format, and the number of requests."""
    source = public_source(city, current_app.config["OPEN311_PUBLIC_URL"])
    lift_time_limit()
    names, batches = read_batches(source, EVERYTHING)
    kinds = {name: source.properties[name].kind for name in names}
    writers = open_writers(folder, kinds)
    total = 0
    rows = chain.from_iterable(batches)
    while batch := list(islice(rows, AT_ONCE)):
        shapes, cells = [row[1] for row in batch], [row[2:] for row in batch]
        for writer, _path in writers.values():
            writer.add(shapes, cells)
        total += len(batch)
    for writer, _path in writers.values():
        writer.close()
    return {code: path for code, (_writer, path) in writers.items()}, total


def _store(code: str, path: Path, rows: int, made_at: datetime) -> DataFileInfo:
    name = new_data_name(OPEN_DATA_FORMAT_OF[code].suffix)
    with path.open("rb") as file:
        media_store().copy(name, file)
    return DataFileInfo(code, name, path.stat().st_size, rows, made_at)


def _remove(store: MediaStore, names: list[str]) -> None:
    """Remove files, and never fail: they are no longer read, and sweep finds what is left."""
    try:
        store.remove(names)
    except Exception as error:  # stores raise errors of their own libraries
        log.error("Former open data could not be deleted: %s.", type(error).__name__)


def sweep(now: datetime) -> int:
    """Remove old files that are not the current ones of any city, and return their number.

    A process that was killed while it stored its files leaves them.
    """
    store, removed = media_store(), 0
    found = store.list_data_files()
    unnamed = sorted(set(found) - set(all_data_names()))
    end_reads()
    for name in unnamed:
        with suppress(FileNotFoundError):  # another process was faster
            if store.written_at(name) < now - GRACE:
                store.remove([name])
                removed += 1
    return removed
