"""Decisions on what the public sees: held reports, texts, and photos."""

from flask_babel import lazy_gettext

from open311.database import end_reads
from open311.errors import Conflict
from open311.media.limits import MOST_PIXELS
from open311.media.photos import NotAPhoto, Photo, cover_boxes
from open311.messages.residents import NOTHING_TO_HIDE, PHOTO_NOT_CHANGED
from open311.operations.requests.holds import settle_hold
from open311.operations.requests.moderation import (
    hide_photo,
    moderate_text,
    redact_photo,
    remove_note_photo,
)
from open311.operations.requests.photos import written_photos
from open311.queries.media import is_visible_to_staff
from open311.staff.action_input import ActionInput
from open311.steps.values.moderation import Decision
from open311.web.languages import say as _
from open311.web.sent_media import media_store
from schemas.vocabulary.holds import HIDDEN, PUBLISHED, PUBLISHED_WITHOUT_PHOTO, WITHDRAWN_AS_SPAM
from schemas.vocabulary.moderation import REDACTED

_SETTLED = {
    PUBLISHED: lazy_gettext("Request published."),
    PUBLISHED_WITHOUT_PHOTO: lazy_gettext("Request published without its photos."),
    HIDDEN: lazy_gettext("Request hidden. Work continues."),
    WITHDRAWN_AS_SPAM: lazy_gettext("Request withdrawn as spam."),
}


def decide(doing: ActionInput) -> str:
    """Settle the hold of a report."""
    outcome = doing.sent["outcome"]
    photos = settle_hold(doing.jurisdiction, doing.id, outcome, doing.by, doing.seen)
    media_store().remove_photos(photos)
    return str(_SETTLED[outcome])


def change_text(doing: ActionInput) -> str:
    """Hide a text, or cover words in it."""
    sent = doing.sent
    update = int(sent["update"]) if sent["update"] else None
    words = sent["words"].splitlines() if sent["kind"] == REDACTED else None
    decision = _decision(doing)
    moderate_text(doing.jurisdiction, doing.id, decision, update, words, doing.seen)
    return _("Text hidden.") if words is None else _("Words covered.")


def _decision(doing: ActionInput) -> Decision:
    sent = doing.sent
    return Decision(sent["kind"], sent["reason"].strip() or sent["chosen_reason"], doing.by)


def change_photo(doing: ActionInput) -> str:
    """Hide a photo, or put one with black boxes in its place."""
    name = doing.sent["photo"]
    decision = _decision(doing)
    if doing.sent["kind"] != REDACTED:
        hide_photo(doing.jurisdiction, doing.id, name, decision, doing.seen)
        return _("Photo hidden.")
    with written_photos(media_store(), [_redacted(doing, name)]) as written:
        redact_photo(doing.jurisdiction, doing.id, name, written.media, decision, doing.seen)
    return _("Photo blacked out.")


def drop_note_photo(doing: ActionInput) -> str:
    """Remove a photo of an internal note with its files."""
    name = doing.sent["photo"]
    remove_note_photo(doing.jurisdiction, doing.id, name, doing.by, doing.seen)
    media_store().remove_photos([name])
    return _("Photo removed.")


def _redacted(doing: ActionInput, name: str) -> Photo:
    """Return the photo with its boxes; redact_photo checks whose it is."""
    if not is_visible_to_staff(name, doing.jurisdiction):
        raise Conflict(NOTHING_TO_HIDE)
    end_reads()  # the store may be another server
    try:
        with media_store().open(name) as file:
            return cover_boxes(file.read(), doing.sent["boxes"], MOST_PIXELS)
    except (OSError, NotAPhoto):
        raise Conflict(PHOTO_NOT_CHANGED) from None
