"""The first look at a service request by someone who may work on it."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from open311.database import db
from open311.models import ServiceRequest
from open311.operations.transaction import operation


@operation
def note_first_view(pk: int) -> None:
    """Store when a service request was first viewed; a later view changes nothing.

    Nothing waits: while someone else changes the request, the next view is noted instead.
    """
    unseen = (
        select(ServiceRequest.pk)
        .where(ServiceRequest.pk == pk, ServiceRequest.first_viewed_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    statement = update(ServiceRequest).where(ServiceRequest.pk.in_(unseen))
    now = datetime.now(UTC).replace(microsecond=0)
    db.session.execute(statement.values(first_viewed_at=now))
