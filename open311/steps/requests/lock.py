"""Locks on service requests and users, held until the commit.

Lock users before service requests, and originals before their duplicates: another order can cause
deadlocks, which operation resolves by running again.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Row, select

from open311.database import db
from open311.errors import ChangedMeanwhile, NotFound
from open311.messages.requests import CHANGED_SINCE, REQUEST_TO_UPDATE_UNKNOWN, REQUEST_UNKNOWN
from open311.models import Service, ServiceRequest, User
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import name_key
from open311.queries.requests.conditions import gone, known_as, of_jurisdiction


def lock_all(*conditions: ColumnElement[bool]) -> list[int]:
    """Lock the service requests that meet conditions on their own columns; return their pks.

    Those that another transaction changes are locked after it, if they still meet them.
    """
    statement = select(ServiceRequest.pk).where(*conditions).order_by(ServiceRequest.pk)
    return list(db.session.scalars(statement.with_for_update()))


def lock_user(jurisdiction_id: str, name: str) -> None:
    """Lock a user against changes by others, such as being disabled, by name in any case.

    Does nothing if there is no such user.
    """
    mine = User.jurisdiction_id == jurisdiction_id, User.name_key == name_key(name)
    db.session.execute(select(User.id).where(*mine).with_for_update(read=True))


def lock_service_request(
    jurisdiction: Scope,
    service_request_id: str,
    *,
    only_public: bool = False,
    seen: int | None = None,
) -> Row[int, str, str, str, datetime | None, int, datetime | None, int | None]:
    """Lock a service request until the commit, by its id or its token.

    only_public excludes tokens and requests that are not published. seen is the change_number that
    the client has read. Returns (pk, detailed_status, status_notes, service_type, …). Raises
    NotFound, Gone, and ChangedMeanwhile if another change was made since.
    """
    wanted = [of_jurisdiction(jurisdiction), known_as(service_request_id)]
    if only_public:
        by_id = ServiceRequest.service_request_id == service_request_id
        wanted += [ServiceRequest.public.is_(True), by_id]
    found = lock_all(*wanted)
    if not found:
        unknown = REQUEST_TO_UPDATE_UNKNOWN if only_public else REQUEST_UNKNOWN
        raise NotFound(unknown, field="service_request_id", id=service_request_id)
    # A statement of its own: it sees what another transaction changed before the lock.
    row = db.session.execute(
        select(
            ServiceRequest.pk,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
            Service.type.label("service_type"),
            ServiceRequest.withdrawn_at,
            ServiceRequest.change_number,
            ServiceRequest.waits_since,
            ServiceRequest.api_key_id,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(of_jurisdiction(jurisdiction), ServiceRequest.pk == found[0])
    ).one()
    if row.withdrawn_at is not None:
        raise gone(service_request_id)
    check_seen(service_request_id, row.change_number, seen)
    return row


def check_seen(service_request_id: str, change_number: int, seen: int | None) -> None:
    """Raise ChangedMeanwhile if the last change is not the one seen; None skips the check."""
    if seen is not None and seen != change_number:
        raise ChangedMeanwhile(CHANGED_SINCE, id=service_request_id)
