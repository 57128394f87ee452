"""One email: what happened to it, and what it says."""

from typing import Any

from flask import Response, make_response, render_template
from flask_login import login_required

from open311.errors import Conflict, NotFound, Open311Error
from open311.letters.preview import preview_message, preview_page
from open311.messages.telling import MESSAGE_UNKNOWN, NO_WEBSITE
from open311.queries.telling.texts import find_message
from open311.staff.pages import administrators_only, city, city_snapshot, page, staff_pages
from open311.web.languages import read_messages
from open311.web.page_policy import as_email, in_own_frame, with_own_frames
from open311.web.page_problems import page_problems
from schemas.vocabulary.marking import N_

blueprint = staff_pages("staff_sent_email", "/staff/city/sent", administrators_only)


@blueprint.get("/<int(max=9223372036854775807):message_id>")
@login_required  # type: ignore[untyped-decorator]
def show(message_id: int) -> Response:
    """Show what is known of an email, and its text in a frame."""
    return with_own_frames(make_response(page("sent_email.html", city(), one=_find(message_id))))


@blueprint.get("/<int(max=9223372036854775807):message_id>/text")
@login_required  # type: ignore[untyped-decorator]
def text(message_id: int) -> Response:
    """Show the email itself, with the text that it was sent with and the values of now."""
    message = _find(message_id)
    try:
        if city_snapshot().site is None:
            raise Conflict(NO_WEBSITE)
        letter = preview_message(city(), message)
    except Open311Error as error:
        shown = page_problems(error.problems)
        made = render_template("staff/text_problems.html", problems=shown)
        return in_own_frame(make_response(made, 400))
    name = read_messages(message.language).gettext(N_("Plain text"))
    return as_email(make_response(preview_page(letter, name)))


def _find(message_id: int) -> Any:
    message = find_message(city().jurisdiction_id, message_id)
    if message is None:
        raise NotFound(MESSAGE_UNKNOWN)
    return message
