"""Photos for signed-in staff, also those of requests that are confidential or not yet approved."""

from flask import Blueprint, Response
from flask_login import login_required

from open311.media.store import photo_of
from open311.queries.media import STAFF_MEDIA_PATH, is_of_note, is_original, is_visible_to_staff
from open311.staff.pages import city, user
from open311.web.photo_files import photo_not_found, photo_response

blueprint = Blueprint("staff_photos", __name__, url_prefix=STAFF_MEDIA_PATH)


@blueprint.get("/<name>")
@login_required  # type: ignore[untyped-decorator]
def show(name: str) -> Response:
    """Return a photo or a thumbnail; a browser asks again each time, as the session may end."""
    photo = photo_of(name)
    if photo is None or not _may_see(photo):
        raise photo_not_found(name)
    return photo_response(name, "private, no-cache")


def _may_see(photo: str) -> bool:
    """Return whether the user may see a photo; originals are for administrators."""
    here = city()
    if is_visible_to_staff(photo, here) or is_of_note(photo, here):
        return True
    return user().role == "administrator" and is_original(photo, here)
