"""Texts and photos that staff hide or change, with a public reason."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters
from open311.messages.residents import (
    NOTHING_TO_HIDE,
    PHOTO_NOT_CHANGED,
    PHOTO_REMOVED_BEFORE,
    WORDS_NOT_FOUND,
)
from open311.messages.retention import ON_LEGAL_HOLD
from open311.models import Media, NotePhoto, ReceivedUpdate, ServiceRequest
from open311.operations.transaction import operation
from open311.phrases import cover_phrases
from open311.queries.jurisdictions import Scope
from open311.queries.requests.legal_holds import is_held
from open311.steps.requests.history import store_work_step
from open311.steps.requests.lock import lock_service_request
from open311.steps.residents.moderation import (
    lock_repeating,
    store_comment_text,
    store_hidden_photo,
    store_redacted_photo,
    store_text,
)
from open311.steps.values.moderation import Decision
from open311.steps.values.submissions import Medium, StoredPhoto


@operation
def moderate_text(
    jurisdiction: Scope,
    service_request_id: str,
    decision: Decision,
    update_id: int | None = None,
    words: Sequence[str] | None = None,
    seen: int | None = None,
) -> None:
    """Hide the description, or the comment with the id of its received update.

    With words, only these phrases are covered, in any case of letters and with any spaces; the rest
    stays. Other requests of the same person that repeat the description are changed, too.
    Raises NotFound, Gone, ChangedMeanwhile, Conflict if there is no text, and InvalidParameters
    if it does not contain one of the phrases.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    text = _read_text(row.pk, update_id)
    if not text:
        raise Conflict(NOTHING_TO_HIDE)
    left = "" if words is None else _covered(text, words)
    now = _now()
    if update_id is not None:
        store_comment_text(row.pk, update_id, text, left, now, decision)
        return
    for pk in [row.pk, *lock_repeating(jurisdiction, row.pk, text)]:
        store_text(pk, text, left, now, decision)


def _covered(text: str, phrases: Sequence[str]) -> str:
    left, missing = cover_phrases(text, phrases)
    if missing or left == text:
        raise InvalidParameters(WORDS_NOT_FOUND, field="words", words=", ".join(missing))
    return left


def _read_text(pk: int, update_id: int | None) -> str | None:
    if update_id is None:
        return db.session.scalar(select(ServiceRequest.description).where(ServiceRequest.pk == pk))
    return db.session.scalar(
        select(ReceivedUpdate.description).where(
            ReceivedUpdate.service_request_pk == pk,
            ReceivedUpdate.id == update_id,
            ReceivedUpdate.status_change_id.is_(None),
        )
    )


@operation
def hide_photo(
    jurisdiction: Scope,
    service_request_id: str,
    name: str,
    decision: Decision,
    seen: int | None = None,
) -> None:
    """Hide a photo of a service request, its updates, or its status changes.

    Raises NotFound, Gone, ChangedMeanwhile, and Conflict if there is no such photo.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    found = _find_photo(row.pk, name)
    photo = StoredPhoto(name, found.width, found.height, found.size)
    store_hidden_photo(row.pk, photo, found.received_update_id, found.media_url, _now(), decision)


@operation
def redact_photo(
    jurisdiction: Scope,
    service_request_id: str,
    name: str,
    written: Sequence[Medium],
    decision: Decision,
    seen: int | None = None,
) -> None:
    """Put a changed photo, which is written already, in the place of another.

    Raises NotFound, Gone, ChangedMeanwhile, and Conflict if there is no such photo, or nothing was
    written.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    found = _find_photo(row.pk, name)
    redacted = next((one for one in written if isinstance(one, StoredPhoto)), None)
    if redacted is None:
        raise Conflict(PHOTO_NOT_CHANGED)
    store_redacted_photo(row.pk, name, redacted, found.media_url, _now(), decision)


@operation
def remove_note_photo(
    jurisdiction: Scope,
    service_request_id: str,
    name: str,
    made_by: str,
    seen: int | None = None,
) -> None:
    """Delete a photo of an internal note; the words of the note stay.

    After the commit, and only then, the caller removes its files. Raises NotFound, Gone,
    ChangedMeanwhile, and Conflict if there is no such photo, or while there is a legal hold.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    if is_held(row.pk):
        raise Conflict(ON_LEGAL_HOLD)
    photos = table(NotePhoto)
    mine = photos.c.service_request_pk == row.pk
    removed = delete(photos).where(mine, photos.c.name == name).returning(photos.c.name)
    if db.session.scalar(removed) is None:
        raise Conflict(PHOTO_REMOVED_BEFORE)
    store_work_step(row.pk, "photo_removed", "", made_by)


def _find_photo(pk: int, name: str) -> Any:
    found = db.session.execute(
        select(
            Media.width,
            Media.height,
            Media.size,
            Media.received_update_id,
            ServiceRequest.media_url,
        )
        .join(ServiceRequest, ServiceRequest.pk == Media.service_request_pk)
        .where(Media.service_request_pk == pk, Media.name == name)
    ).one_or_none()
    if found is None:
        raise Conflict(NOTHING_TO_HIDE)
    return found


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
