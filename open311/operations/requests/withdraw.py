"""Withdrawal of a service request: its content is erased, a tombstone stays."""

from datetime import UTC, datetime

from sqlalchemy import case, delete, select, update

from open311.database import db
from open311.models import ReceivedUpdate, Reporter, ServiceRequest, TriageEntry, UpdateReporter
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.steps.requests.history import add_status_change, store_work_step
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.media import drop_media
from schemas.vocabulary.steps import WITHDRAWN

NO_PLACE = "Withdrawn"
"""The address of a withdrawn service request without coordinates: it needs some location."""


@operation
def withdraw_service_request(jurisdiction: Scope, service_request_id: str) -> list[str]:
    """Erase the content and personal data of a service request, and cancel it.

    Its service, department, and coordinates stay for statistics, and so does its history, which is
    append-only; none of it is public any more. Returns the names of its photos, whose files the
    caller removes next: store.remove(files_of(names)). Raises NotFound for an unknown id, and Gone
    for one that was withdrawn before.
    """
    row = lock_service_request(jurisdiction, service_request_id)
    now = datetime.now(UTC).replace(microsecond=0)
    photos = drop_media([row.pk])
    _erase_what_came_with_it(row.pk)
    texts = ("address_id", "zipcode", "description")
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.pk == row.pk)
        .values(
            withdrawn_at=now,
            waits_since=None,
            duplicate_of_pk=None,
            continues_pk=None,
            address_string=case((ServiceRequest.location.is_(None), NO_PLACE), else_=""),
            answers={},
            **dict.fromkeys(texts, ""),
        )
    )
    _let_go_of_duplicates(row.pk)
    continuing = update(ServiceRequest).where(ServiceRequest.continues_pk == row.pk)
    db.session.execute(continuing.values(continues_pk=None))
    add_status_change(row.pk, "cancelled", "", now, kind=WITHDRAWN)
    return photos


def _let_go_of_duplicates(pk: int) -> None:
    """Unlink the duplicates of a service request."""
    repeating = (
        update(ServiceRequest)
        .where(ServiceRequest.duplicate_of_pk == pk)
        .values(duplicate_of_pk=None)
        .returning(ServiceRequest.pk)
    )
    for one in db.session.scalars(repeating).all():
        store_work_step(one, "unlinked", "", "withdrawal")


def _erase_what_came_with_it(pk: int) -> None:
    updates = ReceivedUpdate.service_request_pk == pk
    ids = select(ReceivedUpdate.id).where(updates)
    db.session.execute(delete(TriageEntry).where(TriageEntry.service_request_pk == pk))
    db.session.execute(delete(Reporter).where(Reporter.service_request_pk == pk))
    db.session.execute(delete(UpdateReporter).where(UpdateReporter.received_update_id.in_(ids)))
    db.session.execute(update(ReceivedUpdate).where(updates).values(description=""))
