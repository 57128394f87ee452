"""Withdrawal of a service request: its content is erased, a tombstone stays."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import case, delete, update

from open311.database import db
from open311.errors import Conflict
from open311.messages.retention import ON_LEGAL_HOLD
from open311.models import RequestTag, ServiceRequest, TriageEntry
from open311.queries.jurisdictions import Scope
from open311.queries.requests.legal_holds import is_held
from open311.steps.requests.erase import erase_from_request
from open311.steps.requests.erasures import Cause, store_erasure
from open311.steps.requests.history import add_status_change, store_work_step
from open311.steps.requests.media import drop_media
from open311.steps.requests.reach import reach_all, with_linked
from schemas.vocabulary.steps import WITHDRAWN

NO_PLACE = "Withdrawn"
"""The address of a withdrawn service request without coordinates: it needs some location."""


def store_withdrawal(
    jurisdiction: Scope, pk: int, made_by: str, reason: str = "", entry: UUID | None = None
) -> list[str]:
    """Erase the content and personal data of a service request, and cancel it.

    reason is for staff only. entry is that of a withdrawal that is repeated. Returns the names of
    deleted photos, whose files the caller removes after the commit. The caller holds the lock of
    the service request. Raises Conflict while it has a legal hold.
    """
    if is_held(pk):
        raise Conflict(ON_LEGAL_HOLD)
    now = datetime.now(UTC).replace(microsecond=0)
    for rows in (TriageEntry, RequestTag):
        db.session.execute(delete(rows).where(rows.service_request_pk == pk))
    reach = reach_all(pk, texts=True)
    reaches = with_linked({pk: reach}, notes=False)
    erased = {key: erase_from_request(key, one) for key, one in reaches.items()}
    photos = [name for one in erased.values() for name in one.photos]
    photos += drop_media([pk])
    _clear(pk, now)
    _unlink_others(pk)
    add_status_change(pk, "cancelled", "", now, made_by=made_by, kind=WITHDRAWN)
    here, why = jurisdiction.jurisdiction_id, reach.words.erase(reason.strip())
    extent, entry = {"do": "withdraw", "pk": pk}, entry or uuid4()
    cause = Cause(basis="withdrawal", by=made_by, reason=why, extent=extent, entry=entry)
    of_linked = replace(cause, basis="request")
    for key, one in erased.items():
        if key == pk or one.counts:
            store_erasure(here, key, cause if key == pk else of_linked, one.counts)
    return sorted(photos)


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
