"""Withdrawal of a service request: its content is erased, a tombstone stays."""

from datetime import UTC, datetime

from sqlalchemy import case, delete, update

from open311.database import db
from open311.models import ServiceRequest, TriageEntry
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.erase import erase_from_request, reach_all, store_erasure
from open311.steps.requests.history import add_status_change, store_work_step
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.media import drop_media
from schemas.vocabulary.steps import WITHDRAWN

NO_PLACE = "Withdrawn"
"""The address of a withdrawn service request without coordinates: it needs some location."""


@operation
def withdraw_service_request(
    jurisdiction: Scope,
    service_request_id: str,
    made_by: str,
    reason: str = "",
    seen: int | None = None,
) -> list[str]:
    """Erase the content and personal data of a service request, and cancel it.

    Its service, department, and coordinates stay for statistics, and so do the times and kinds of
    its history; none of it is public any more. reason is for staff only. Returns the names of its
    photos, whose files the caller removes next: store.remove_photos(names). Raises NotFound for an
    unknown id, Gone for one that was withdrawn before, and ChangedMeanwhile if another change
    was made after seen.
    """
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    now = datetime.now(UTC).replace(microsecond=0)
    reach = reach_all(row.pk, texts=True)
    erased = erase_from_request(row.pk, reach)
    photos = sorted([*erased.photos, *drop_media([row.pk])])
    db.session.execute(delete(TriageEntry).where(TriageEntry.service_request_pk == row.pk))
    _clear(row.pk, now)
    _unlink_others(row.pk)
    add_status_change(row.pk, "cancelled", "", now, made_by=made_by, kind=WITHDRAWN)
    here, words = jurisdiction.jurisdiction_id, reach.words
    store_erasure(here, row.pk, "withdrawal", erased.counts, made_by, words.erase(reason.strip()))
    return photos


def _clear(pk: int, withdrawn_at: datetime) -> None:
    """Remove the content of a service request."""
    texts = ("address_id", "zipcode", "description")
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.pk == pk)
        .values(
            withdrawn_at=withdrawn_at,
            waits_since=None,
            duplicate_of_pk=None,
            continues_pk=None,
            address_string=case((ServiceRequest.location.is_(None), NO_PLACE), else_=""),
            answers={},
            **dict.fromkeys(texts, ""),
        )
    )


def _unlink_others(pk: int) -> None:
    """Unlink the duplicates of a service request, and the one that continues it."""
    repeating = (
        update(ServiceRequest)
        .where(ServiceRequest.duplicate_of_pk == pk)
        .values(duplicate_of_pk=None)
        .returning(ServiceRequest.pk)
    )
    for one in db.session.scalars(repeating).all():
        store_work_step(one, "unlinked", "", "withdrawal")
    continuing = update(ServiceRequest).where(ServiceRequest.continues_pk == pk)
    db.session.execute(continuing.values(continues_pk=None))
