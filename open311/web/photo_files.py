"""Responses with the file of a photo."""

from io import SEEK_END
from typing import IO

from flask import Response, request
from werkzeug.wsgi import wrap_file

from open311.database import end_reads
from open311.errors import NotFound
from open311.messages.submissions import PHOTO_UNKNOWN
from open311.web.sent_media import media_store

HEADERS = {
    # Browsers must show the content as an image and never run it.
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


def photo_response(name: str, cache_control: str) -> Response:
    """Return a photo, a range of it, or 304: the content of a name never changes."""
    headers = {"Cache-Control": cache_control, **HEADERS}
    response = Response(content_type="image/jpeg", headers=headers)
    response.set_etag(name)
    if not request.if_none_match.contains_weak(name):  # otherwise the file is not read
        file = _open(name)
        response.content_length = file.seek(0, SEEK_END)
        file.seek(0)
        response.response = wrap_file(request.environ, file)
    response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    return response


def photo_not_found(name: str) -> NotFound:
    """Return the error for a photo that does not exist or that the reader may not see."""
    return NotFound(PHOTO_UNKNOWN, name=name)


def _open(name: str) -> IO[bytes]:
    end_reads()  # the store may be another server
    try:
        return media_store().open(name)
    except FileNotFoundError:
        raise photo_not_found(name) from None
