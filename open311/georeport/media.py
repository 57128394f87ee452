"""GET /open311/media/{name}: photos of published service requests, and thumbnails."""

from io import SEEK_END
from typing import IO

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from open311.errors import NotFound
from open311.media.store import photo_of
from open311.messages.submissions import PHOTO_UNKNOWN
from open311.queries.media import MEDIA_PATH, is_published
from open311.web.sent_media import media_store

blueprint = Blueprint("media", __name__, url_prefix=MEDIA_PATH)

HEADERS = {
    "Cache-Control": "public, max-age=86400",
    # Browsers must show the content as an image and never run it.
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


@blueprint.get("/<name>")
def show(name: str) -> Response:
    """Return a photo, a range of it, or 304: the content of a name never changes."""
    photo = photo_of(name)
    if photo is None or not is_published(photo):
        raise _not_found(name)
    response = Response(content_type="image/jpeg", headers=HEADERS)
    response.set_etag(name)
    if not request.if_none_match.contains_weak(name):  # otherwise the file is not read
        file = _open(name)
        response.content_length = file.seek(0, SEEK_END)
        file.seek(0)
        response.response = wrap_file(request.environ, file)
    response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    return response


def _open(name: str) -> IO[bytes]:
    try:
        return media_store().open(name)
    except FileNotFoundError:
        raise _not_found(name) from None


def _not_found(name: str) -> NotFound:
    return NotFound(PHOTO_UNKNOWN, name=name)
