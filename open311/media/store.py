"""Storage of photo files: a folder, or any store that fsspec supports, such as S3."""

import logging
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from open311.errors import SettingError

log = logging.getLogger(__name__)

THUMBNAIL_ENDING = (".jpg", "-small.jpg")
"""The ending of a photo's name, and the one that its thumbnail has instead."""

_AT_ONCE = 1_000_000  # bytes
_BLOCK = 262_144  # bytes that are read at once from another server

_DATA = "data-"  # begins the names of files of open data

_FILE_NAME = re.compile(r"([0-9a-f]{32})(?:-small)?\.jpg")


def new_name() -> str:
    """Return a name for a photo: 128 random bits, so that it cannot be guessed."""
    return f"{secrets.token_hex(16)}.jpg"


def new_archive_name() -> str:
    """Return a name for a PMTiles archive."""
    return f"{secrets.token_hex(16)}.pmtiles"


def new_data_name(suffix: str) -> str:
    """Return a name for a file of open data."""
    return f"{_DATA}{secrets.token_hex(16)}.{suffix}"


def thumbnail_of(name: str) -> str:
    return name.replace(*THUMBNAIL_ENDING)


def files_of(names: Iterable[str]) -> list[str]:
    """Return the names of all files of photos: the photos and their thumbnails."""
    return [file_name for name in names for file_name in (name, thumbnail_of(name))]


def photo_of(file_name: str) -> str | None:
    """Return the name of the photo that a file or thumbnail belongs to; None for other files."""
    match = _FILE_NAME.fullmatch(file_name)
    return f"{match[1]}.jpg" if match else None


class MediaStore:
    """Files by name in one folder of a store. It connects at the first use."""

    def __init__(self, address: str) -> None:
        # No listing cache, since other processes write here, too.
        self._files: Any
        self._files, self._root = url_to_fs(address, use_listings_cache=False)

    def check_writable(self) -> None:
        """Raise SettingError if the store is a folder that this account cannot write to."""
        if not isinstance(self._files, LocalFileSystem):
            return
        try:
            self._files.makedirs(self._root, exist_ok=True)
            with TemporaryFile(dir=self._root):
                pass
        except OSError as error:
            raise SettingError(
                f"OPEN311_MEDIA_STORE cannot be used: this account cannot write to {self._root} "
                f"({error.strerror})."
            ) from None

    def write(self, file_name: str, content: bytes) -> None:
        """Store a file; after the return, a power failure does not lose it."""
        if not isinstance(self._files, LocalFileSystem):
            self._files.pipe_file(self._path(file_name), content)
            return
        self._files.makedirs(self._root, exist_ok=True)
        try:
            with self._files.open(self._path(file_name), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:  # a disk may have room for a part of it
            self.remove([file_name])
            raise

    def copy(self, file_name: str, source: IO[bytes]) -> None:
        """Store a file of any size; after the return, a power failure does not lose it."""
        is_here = isinstance(self._files, LocalFileSystem)
        if is_here:
            self._files.makedirs(self._root, exist_ok=True)
        with self._files.open(self._path(file_name), "wb") as file:
            copyfileobj(source, file, _AT_ONCE)
            if is_here:
                file.flush()
                os.fsync(file.fileno())

    def open(self, file_name: str) -> IO[bytes]:
        """Return an open file, to read and to seek in.

        Raises FileNotFoundError, or another OSError if the store does not respond.
        """
        try:
            # A remote store reads ahead by a block, which is 50 MB by default.
            file: IO[bytes] = self._files.open(self._path(file_name), "rb", block_size=_BLOCK)
        except OSError:
            raise
        except Exception as error:  # stores raise errors of their own libraries
            raise OSError(type(error).__name__) from error
        return file

    def remove(self, file_names: Iterable[str]) -> None:
        """Remove files; missing files are no error."""
        for file_name in file_names:
            with suppress(FileNotFoundError):
                self._files.rm_file(self._path(file_name))

    def remove_photos(self, names: Iterable[str]) -> None:
        """Remove the files of photos that no row names any more, and never fail.

        The rows are gone already, so an error of the store, such as a network that is down, is
        logged, and sweep_media removes what is left.
        """
        try:
            self.remove(files_of(names))
        except Exception as error:  # stores raise errors of their own libraries
            why = getattr(error, "strerror", None) or type(error).__name__
            log.error("Photos could not be deleted: %s. The nightly maintenance tries again.", why)

    def list_files(self) -> list[str]:
        """List the files of photos and thumbnails by name; other files are skipped."""
        return sorted(name for name in self._names() if photo_of(name) is not None)

    def list_data_files(self) -> list[str]:
        """List the files of open data by name."""
        return self.list_beginning(_DATA)

    def list_beginning(self, prefix: str) -> list[str]:
        """List the files whose names begin with a prefix, by name."""
        return sorted(name for name in self._names() if name.startswith(prefix))

    def _names(self) -> Iterator[str]:
        for path in self._files.find(self._root, maxdepth=1):
            yield path.rpartition("/")[2]

    def written_at(self, file_name: str) -> datetime:
        """Return the time a file was written, by the store's clock; raises FileNotFoundError."""
        moment: datetime = self._files.modified(self._path(file_name))
        return moment.astimezone(UTC)

    def _path(self, file_name: str) -> str:
        return f"{self._root}/{file_name}"
