"""Photo files, written before the rows that name them."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from open311.database import end_reads
from open311.media.photos import Photo
from open311.media.store import MediaStore, files_of, new_name, thumbnail_of
from open311.queries.media import find_named
from open311.steps.values.submissions import Medium, StoredPhoto

log = logging.getLogger(__name__)


@contextmanager
def written_photos(store: MediaStore, media: Sequence[Photo | str]) -> Iterator[list[Medium]]:
    """Write the photos among media, and yield all media for the rows of the block.

    Photos that no row names when the block ends, because it failed or had nothing to store, are
    removed. After a crash they stay until sweep_media finds them.
    """
    named = [(medium, new_name() if isinstance(medium, Photo) else "") for medium in media]
    try:
        yield [_write(store, medium, name) for medium, name in named]
    finally:
        names = {name for _medium, name in named if name}
        if names:
            _remove_unnamed(store, names)


def _write(store: MediaStore, medium: Photo | str, name: str) -> Medium:
    if isinstance(medium, str):
        return medium
    store.write(thumbnail_of(name), medium.thumbnail)
    store.write(name, medium.content)
    return StoredPhoto(name, medium.width, medium.height, len(medium.content))


def _remove_unnamed(store: MediaStore, names: set[str]) -> None:
    """Remove the files that no row names; a commit may have succeeded without a response."""
    try:
        end_reads()
        store.remove(files_of(names - find_named(names)))
    except Exception as error:  # the error of the block matters more, and sweep_media runs later
        log.warning(
            "Photos could not be deleted. The nightly maintenance will delete them: %s",
            type(error).__name__,
        )
