"""Photos of a form that has to be sent again: browsers do not send a file twice."""

from collections.abc import Sequence
from datetime import UTC, datetime

from open311.errors import Gone, InvalidParameters
from open311.messages.requests import PHOTOS_GONE
from open311.messages.submissions import TOO_MANY_PHOTOS
from open311.operations.residents.drafts import change_draft, forget_draft, open_draft
from open311.queries.jurisdictions import Scope
from open311.queries.residents.drafts import find_draft
from open311.steps.values.submissions import StoredPhoto
from open311.web.bodies import sent
from open311.web.draft_names import hash_of_draft, new_draft_name
from open311.web.sent_media import most_photos, stored_media


def kept_photos(jurisdiction: Scope, draft: str) -> list[StoredPhoto]:
    """List the photos that a draft keeps; none without a draft. Raises Gone after a day."""
    if not draft:
        return []
    try:
        hashed = hash_of_draft(draft)
    except Gone:
        raise Gone(PHOTOS_GONE, field="media") from None
    found = find_draft(jurisdiction.jurisdiction_id, hashed, datetime.now(UTC))
    if found is None:
        raise Gone(PHOTOS_GONE, field="media")
    return [StoredPhoto.of_json(one) for one in found.photos]


def check_number(kept: Sequence[StoredPhoto]) -> None:
    """Raise InvalidParameters if these photos and those of this HTTP request are too many."""
    limit = most_photos()
    if len(kept) + len(sent().files) > limit:
        raise InvalidParameters(TOO_MANY_PHOTOS, field="media", name="", limit=limit)


def keep_photos(jurisdiction: Scope, draft: str) -> str:
    """Keep the photos of this HTTP request in a draft; return its name, empty without photos.

    Raises InvalidParameters for a file that is no photo, or too many, and Gone as kept_photos.
    """
    if not sent().files:
        return draft
    here = jurisdiction.jurisdiction_id
    check_number(kept_photos(jurisdiction, draft))
    with stored_media(jurisdiction) as written:
        if draft:
            change_draft(here, hash_of_draft(draft), (), {}, written.photos)
            return draft
        name = new_draft_name()
        open_draft(here, hash_of_draft(name), {}, written.photos)
        return name


def forget_photos(jurisdiction: Scope, draft: str) -> None:
    """Delete a draft whose photos belong to a request now."""
    if draft:
        forget_draft(jurisdiction.jurisdiction_id, hash_of_draft(draft))
