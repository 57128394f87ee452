"""Photos for signed-in staff, also those of requests that are confidential or not yet approved."""

from flask import Blueprint, Response
from flask_login import login_required

from open311.media.store import photo_of
from open311.queries.media import STAFF_MEDIA_PATH, is_visible_to_staff
from open311.staff.pages import city
from open311.web.photo_files import photo_not_found, photo_response

blueprint = Blueprint("staff_photos", __name__, url_prefix=STAFF_MEDIA_PATH)


@blueprint.get("/<name>")
@login_required  # type: ignore[untyped-decorator]
def show(name: str) -> Response:
    """Return a photo or a thumbnail; a browser asks again each time, as the session may end."""
    photo = photo_of(name)
    if photo is None or not is_visible_to_staff(photo, city()):
        raise photo_not_found(name)
    return photo_response(name, "private, no-cache")
