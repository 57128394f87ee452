"""Decisions of staff on reports whose publication is held."""

from datetime import UTC, datetime

from open311.errors import Conflict
from open311.messages.residents import NOT_HELD
from open311.messages.retention import ON_LEGAL_HOLD
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.holds import find_held
from open311.queries.requests.legal_holds import is_held
from open311.steps.requests.history import store_as_changed
from open311.steps.requests.holds import store_hold_outcome
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.media import drop_media
from open311.steps.requests.publish import store_publication
from open311.steps.requests.withdraw import store_withdrawal
from open311.steps.telling.staff import store_for_workers
from schemas.vocabulary.holds import HIDDEN, PUBLISHED_WITHOUT_PHOTO, WITHDRAWN_AS_SPAM
from schemas.vocabulary.notices import NEW

SPAM = "spam"
"""The reason in the record of the erasure."""


@operation
def settle_hold(
    jurisdiction: Scope,
    service_request_id: str,
    outcome: str,
    made_by: str,
    seen: int | None = None,
) -> list[str]:
    """Publish a held report, publish it without its photos, hide it, or withdraw it as spam.

    outcome is one of HOLD_OUTCOMES. A hidden report may be published later. Returns the names of
    deleted photos, whose files the caller removes next: store.remove_photos(names). Raises NotFound
    for an unknown id, Gone for a withdrawn report, Conflict if it is not held or already has this
    outcome, and ChangedMeanwhile if another change was made after seen.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    held = find_held(row.pk)
    if held is None or held.public or held.outcome == outcome:
        raise Conflict(NOT_HELD, id=service_request_id)
    if outcome == PUBLISHED_WITHOUT_PHOTO and is_held(row.pk):
        raise Conflict(ON_LEGAL_HOLD)
    now = datetime.now(UTC).replace(microsecond=0)
    store_hold_outcome(row.pk, outcome, made_by, now)
    if outcome == WITHDRAWN_AS_SPAM:
        return store_withdrawal(jurisdiction, row.pk, made_by, SPAM)
    if outcome == HIDDEN:
        store_as_changed(row.pk)
        return []
    photos = drop_media([row.pk], only_first=True) if outcome == PUBLISHED_WITHOUT_PHOTO else []
    store_publication(
        *(jurisdiction, row.pk, held.service_request_id, row.detailed_status, row.status_notes),
        now,
        made_by,
    )
    store_for_workers(jurisdiction, row.pk, NEW)
    return photos
