"""Publication of a service request that staff have looked at; the caller commits."""

from datetime import datetime

from sqlalchemy import func, update

from open311.database import db
from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.steps.forwarding.store import store_forwardings
from open311.steps.requests.history import add_status_change
from open311.steps.telling.tellings import store_telling
from schemas.vocabulary.steps import APPROVED
from schemas.vocabulary.telling import APPROVED as TOLD_AS_APPROVED


def store_publication(
    jurisdiction: Scope,
    pk: int,
    service_request_id: str,
    detailed_status: str,
    status_notes: str,
    now: datetime,
    made_by: str | None,
) -> None:
    """Publish a service request under an id, with now as its requested_datetime.

    So clients that poll by time receive it. A trigger draws its listed_number, so that those that
    read what was added or changed receive it, too. Its history gets a step, and its status stays.
    It is forwarded from now on if its department forwards.
    now is aware and in whole seconds. The caller holds the lock of the service request.
    """
    change_id = add_status_change(
        pk, detailed_status, status_notes, now, made_by=made_by, kind=APPROVED
    )
    store_telling(jurisdiction, pk, TOLD_AS_APPROVED, change_id)
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.pk == pk)
        .values(
            service_request_id=service_request_id,
            public=True,
            submitted_at=func.coalesce(
                ServiceRequest.submitted_at, ServiceRequest.requested_datetime
            ),
            # The clock may have been set back since.
            requested_datetime=func.greatest(ServiceRequest.requested_datetime, now),
        )
    )
    store_forwardings([pk])
