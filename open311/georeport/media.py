"""GET /open311/media/{name}: photos of published service requests, and thumbnails."""

from flask import Blueprint, Response

from open311.media.store import photo_of
from open311.queries.media import MEDIA_PATH, is_published
from open311.web.photo_files import photo_not_found, photo_response

blueprint = Blueprint("media", __name__, url_prefix=MEDIA_PATH)


@blueprint.get("/<name>")
def show(name: str) -> Response:
    """Return a photo or a thumbnail."""
    photo = photo_of(name)
    if photo is None or not is_published(photo):
        raise photo_not_found(name)
    return photo_response(name, "public, max-age=300")
