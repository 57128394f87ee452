"""Photos and links of an HTTP request, within the limits of the settings."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from flask import current_app

from open311.database import end_reads
from open311.errors import InvalidParameters
from open311.media.linked_images import fetch_linked
from open311.media.photos import NotAPhoto, Photo, make_photo
from open311.media.store import MediaStore
from open311.messages.problem import Problem
from open311.messages.submissions import PHOTO_TOO_LARGE, TOO_MANY_PHOTOS
from open311.operations.requests.photos import WrittenMedia, written_photos
from open311.queries.jurisdictions import Scope
from open311.queries.media import sandbox_bytes
from open311.web.bodies import SentFile, sent
from schemas.fields import printable

_LONGEST_FILE_NAME = 100  # characters that an error quotes


def media_store() -> MediaStore:
    store: MediaStore = current_app.extensions["media_store"]
    return store


@dataclass(frozen=True)
class Limits:
    """Limits for one service request: photos, bytes per file, and pixels per image."""

    photos: int
    bytes: int
    pixels: int


def stored_media(
    jurisdiction: Scope, links: Sequence[str] = ()
) -> AbstractContextManager[WrittenMedia]:
    """Store the media of this HTTP request for the rows of a block; see written_photos.

    The photos of all sandboxes together fit in OPEN311_MAX_SANDBOX_BYTES.
    """
    media, room = sent_media(links), None
    if jurisdiction.sandbox and media:
        room = current_app.config["OPEN311_MAX_SANDBOX_BYTES"] - sandbox_bytes()
        end_reads()
    return written_photos(media_store(), media, room)


def sent_media(links: Sequence[str]) -> list[Photo | str]:
    """List the photos that were sent as files, in order, followed by the links.

    Every file is a photo, whatever its parameter: clients use media, media[], photo1, file, and
    others (spec 5.2).

    If OPEN311_FETCH_MEDIA is set, an image that a link leads to replaces the link. Raises
    InvalidParameters with a problem for each invalid file. This may take seconds, so it ends the
    current transaction.
    """
    files = sent().files
    fetch = bool(links) and current_app.config["OPEN311_FETCH_MEDIA"]
    if files or fetch:
        end_reads()
    limits = photo_limits()
    photos = read_photos(files, limits)
    wanted = links[: limits.photos - len(photos)] if fetch else []
    return [*photos, *put_in_place(links, fetch_linked(wanted, limits.bytes), limits)]


def most_photos() -> int:
    """Return the number of photos that a service request may have when it is sent."""
    return photo_limits().photos


def photo_limits() -> Limits:
    settings = current_app.config
    return Limits(
        settings["OPEN311_MAX_PHOTOS"],
        settings["OPEN311_MAX_PHOTO_BYTES"],
        settings["OPEN311_MAX_PHOTO_PIXELS"],
    )


def read_photos(files: Sequence[SentFile], limits: Limits) -> list[Photo]:
    """List the photos in files; raises InvalidParameters naming each invalid file."""
    if len(files) > limits.photos:
        raise InvalidParameters(
            TOO_MANY_PHOTOS, field="media", name=_name(files[limits.photos]), limit=limits.photos
        )
    photos, problems = [], []
    for file in files:
        try:
            photos.append(_make_photo(file.content, limits))
        except NotAPhoto as error:
            values = {**error.values, "name": _name(file)}
            problems.append(Problem(error.message, values, "media"))
    if problems:
        raise InvalidParameters.of(problems)
    return photos


def put_in_place(
    links: Sequence[str], contents: Mapping[str, bytes], limits: Limits
) -> list[Photo | str]:
    """Replace each link with its fetched photo; a link without a photo stays."""
    media: list[Photo | str] = []
    for link in links:
        try:
            media.append(replace(_make_photo(contents[link], limits), link=link))
        except (KeyError, NotAPhoto):
            media.append(link)
    return media


def _make_photo(content: bytes, limits: Limits) -> Photo:
    if len(content) > limits.bytes:
        raise NotAPhoto(PHOTO_TOO_LARGE, limit=limits.bytes)
    return make_photo(content, limits.pixels)


def _name(file: SentFile) -> str:
    """Return the client's name for a file: its parameter, and its file name if it has one."""
    file_name = printable(file.file_name)[:_LONGEST_FILE_NAME]
    return f"{printable(file.parameter)} ({file_name})" if file_name else file.parameter
