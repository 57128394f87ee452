"""A city is deleted, with all that belongs to it."""

from collections.abc import Sequence

from psycopg import sql
from sqlalchemy import delete, func, or_, select, update

from open311.database import db, lift_time_limit
from open311.errors import Conflict
from open311.messages.retention import CITY_HAS_HOLDS
from open311.models import Jurisdiction, LegalHold, ServiceRequest
from open311.operations.transaction import operation
from open311.queries.moved_city import list_owned
from open311.queries.requests.legal_holds import list_legal_holds
from open311.statements import transaction_connection

BATCH = 500
"""Service requests that are deleted in one transaction."""

_HOLDS_NAMED = 10


@operation
def delete_some_requests(jurisdiction_id: str) -> int:
    """Delete the next service requests of a city, and return their number; 0 if none is left.

    The database deletes all that belongs to them. Raises Conflict if one has a legal hold.
    """
    lift_time_limit()
    pks = _list_some(jurisdiction_id)
    refuse_if_held(jurisdiction_id)  # while they are locked, nobody can set one
    repeats = ServiceRequest.duplicate_of_pk.in_(pks), ServiceRequest.continues_pk.in_(pks)
    unlinked = update(ServiceRequest).where(or_(*repeats))
    db.session.execute(unlinked.values(duplicate_of_pk=None, continues_pk=None))
    db.session.execute(delete(LegalHold).where(LegalHold.service_request_pk.in_(pks)))
    db.session.execute(delete(ServiceRequest).where(ServiceRequest.pk.in_(pks)))
    return len(pks)


def _list_some(jurisdiction_id: str) -> Sequence[int]:
    here = ServiceRequest.jurisdiction_id == jurisdiction_id
    some = select(ServiceRequest.pk).where(here).order_by(ServiceRequest.pk).limit(BATCH)
    return db.session.scalars(some.with_for_update()).all()


def refuse_if_held(jurisdiction_id: str) -> None:
    """Raise Conflict if a service request of a city has a legal hold in effect."""
    names = sorted({one.name for one in list_legal_holds(jurisdiction_id)})
    if names:
        more = ["…"] if len(names) > _HOLDS_NAMED else []
        ids = ", ".join([*names[:_HOLDS_NAMED], *more])
        raise Conflict(CITY_HAS_HOLDS, jurisdiction_id=jurisdiction_id, ids=ids)


@operation
def delete_rest_of_city(jurisdiction_id: str) -> bool:
    """Delete a city whose service requests are deleted; return whether it is gone.

    It stays if a service request has come in since: the caller deletes that, too, and tries again.
    Triggers let the audit and the history go.
    """
    lift_time_limit()
    mine = Jurisdiction.id == jurisdiction_id
    db.session.execute(select(Jurisdiction.id).where(mine).with_for_update())  # no new request
    if _list_some(jurisdiction_id):
        return False
    db.session.execute(select(func.set_config("open311.moving_city", "yes", True)))
    cursor, values = transaction_connection().cursor(), {"jurisdiction_id": jurisdiction_id}
    for name, condition in list_owned():
        rows = sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(name), condition)
        cursor.execute(rows, values)
    return True
