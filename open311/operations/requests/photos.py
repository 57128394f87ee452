"""Photo files, written before the rows that name them."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256

from open311.database import end_reads
from open311.media.photos import Photo
from open311.media.store import MediaStore, files_of, new_name, thumbnail_of
from open311.queries.media import find_named
from open311.steps.values.submissions import Medium, StoredPhoto

log = logging.getLogger(__name__)

NOT_STORED = "Your photo could not be stored. The city received everything else."

NO_ROOM = "Your photo was not stored. The test endpoint has no room for more photos today."


@dataclass
class WrittenMedia:
    """Media for the rows of a block, and a sentence if photos are missing among them."""

    media: list[Medium] = field(default_factory=list)
    notice: str = ""

    @property
    def photos(self) -> list[StoredPhoto]:
        """Those of the media that are stored here."""
        return [medium for medium in self.media if isinstance(medium, StoredPhoto)]


@contextmanager
def written_photos(
    store: MediaStore, media: Sequence[Photo | str], room: int | None = None
) -> Iterator[WrittenMedia]:
    """Write the photos among media, and yield all media for the rows of the block.

    A photo that the store does not take, or for which there is no room (in bytes), is left out, so
    that nothing else is lost; if it was fetched from a link, the link takes its place.

    Photos that no row names when the block ends, because it failed or had nothing to store, are
    removed. After a crash they stay until sweep_media finds them.
    """
    written = WrittenMedia()
    try:
        _write_all(store, media, room, written)
        yield written
    finally:
        names = {photo.name for photo in written.photos}
        if names:
            _remove_unnamed(store, names)


def _write_all(
    store: MediaStore, media: Sequence[Photo | str], room: int | None, written: WrittenMedia
) -> None:
    for medium in media:
        if isinstance(medium, str):
            written.media.append(medium)
            continue
        notice, name = "", new_name()
        if room is not None and (room := room - len(medium.content)) < 0:
            notice = NO_ROOM
        elif not _is_written(store, medium, name):
            notice = NOT_STORED
        if not notice:
            photo = _stored(medium, name)
            written.media.append(photo)
        elif medium.link:
            written.media.append(medium.link)
        else:
            written.notice = notice


def _stored(photo: Photo, name: str) -> StoredPhoto:
    digest = sha256(photo.content).digest()
    return StoredPhoto(name, photo.width, photo.height, len(photo.content), digest)


def _is_written(store: MediaStore, photo: Photo, name: str) -> bool:
    half = []
    try:
        for file_name, content in ((thumbnail_of(name), photo.thumbnail), (name, photo.content)):
            store.write(file_name, content)
            half.append(file_name)
    except Exception as error:  # stores raise errors of their own libraries
        why = getattr(error, "strerror", None) or type(error).__name__
        log.error("A photo could not be stored: %s. Check OPEN311_MEDIA_STORE.", why)
        with suppress(Exception):  # sweep_media runs later
            store.remove(half)
        return False
    return True


def _remove_unnamed(store: MediaStore, names: set[str]) -> None:
    """Remove the files that no row names; a commit may have succeeded without a response."""
    try:
        end_reads()
        unnamed = names - find_named(names)
        end_reads()  # a store may take longer than a transaction may pause
        store.remove(files_of(unnamed))
    except Exception as error:  # the error of the block matters more, and sweep_media runs later
        log.warning(
            "Photos could not be deleted. The nightly maintenance will delete them: %s",
            type(error).__name__,
        )
