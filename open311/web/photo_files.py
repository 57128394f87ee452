"""Responses with files of the store: photos, and what else a city uploads."""

import logging
from datetime import datetime
from io import SEEK_END
from typing import IO

from flask import Response, request
from werkzeug.wsgi import wrap_file

from open311.database import end_reads
from open311.errors import NotFound, StoreUnavailable
from open311.messages.access import UNAVAILABLE
from open311.messages.submissions import PHOTO_UNKNOWN
from open311.web.sent_media import media_store

log = logging.getLogger(__name__)

HEADERS = {
    # Browsers must show the content as an image and never run it.
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


def photo_response(name: str, cache_control: str) -> Response:
    """Return a photo, a range of it, or 304."""
    return stored_file(name, "image/jpeg", cache_control, photo_not_found(name))


def stored_file(
    name: str,
    content_type: str,
    cache_control: str,
    missing: NotFound,
    written_at: datetime | None = None,
) -> Response:
    """Return a file, a range of it, or 304: the content of a name never changes.

    written_at (aware) is told to the client. Raises missing if the store does not have it.
    """
    headers = {"Cache-Control": cache_control, **HEADERS}
    response = Response(content_type=content_type, headers=headers)
    response.last_modified = written_at
    response.set_etag(name)
    if not request.if_none_match.contains_weak(name):  # otherwise the file is not read
        file = _open(name, missing)
        response.content_length = file.seek(0, SEEK_END)
        file.seek(0)
        response.response = wrap_file(request.environ, file)
    response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    return response


def photo_not_found(name: str) -> NotFound:
    """Return the error for a photo that does not exist or that the reader may not see."""
    return NotFound(PHOTO_UNKNOWN, name=name)


def _open(name: str, missing: NotFound) -> IO[bytes]:
    end_reads()  # the store may be another server
    try:
        return media_store().open(name)
    except FileNotFoundError:
        raise missing from None
    except OSError as error:
        log.error("A file cannot be read: %s. Check OPEN311_MEDIA_STORE.", error)
        raise StoreUnavailable(UNAVAILABLE) from None
