"""Duplicates: staff work on one service request, and the others close with it."""

from sqlalchemy import func, select, update

from open311.database import db
from open311.errors import Conflict
from open311.messages.requests import (
    ALREADY_DUPLICATE,
    DUPLICATE_OF_ITSELF,
    NOT_A_DUPLICATE,
    ORIGINAL_CLOSED,
)
from open311.models import ServiceRequest
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.routing.stored import Routed, get_routed
from open311.steps.requests.history import store_status, store_work_step
from open311.steps.requests.lock import lock_service_request
from open311.steps.routing.store import lock_routed
from schemas.vocabulary.telling import MERGED


@operation
def link_duplicate(
    jurisdiction: Scope,
    service_request_id: str,
    main_id: str,
    made_by: str,
    seen: int | None = None,
) -> str:
    """Mark a service request as a duplicate of another; return the id of the original.

    If the other is itself a duplicate, its original is used. Duplicates of this one become
    duplicates of the same original. The requester gets a public note, unless the original is not
    public. Raises NotFound and Gone for either, Conflict if they are the same, already linked, or
    the original is closed, and ChangedMeanwhile if another change was made after seen.
    """
    get_routed(jurisdiction, service_request_id)
    main = _lock_main(jurisdiction, main_id)
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if main.pk == routed.pk:
        raise Conflict(DUPLICATE_OF_ITSELF, field="main", main=main_id, id=service_request_id)
    if main.pk == routed.duplicate_of_pk:
        raise Conflict(
            ALREADY_DUPLICATE, field="main", id=service_request_id, main=main.public_name
        )
    if main.status == "closed":
        raise Conflict(ORIGINAL_CLOSED, field="main", main=main.public_name, id=service_request_id)
    linked = (ServiceRequest.pk == routed.pk) | (ServiceRequest.duplicate_of_pk == routed.pk)
    db.session.execute(update(ServiceRequest).where(linked).values(duplicate_of_pk=main.pk))
    store_work_step(routed.pk, "linked", main.public_name, made_by)
    if main.public and routed.status == "open":
        notes = f"Duplicate of {main.public_name}. The city handles both requests together."
        kept = routed.detailed_status
        store_status(
            *(jurisdiction, routed.pk, kept, notes), current=kept, made_by=made_by, telling=MERGED
        )
    return main.public_name


@operation
def unlink_duplicate(
    jurisdiction: Scope, service_request_id: str, made_by: str, seen: int | None = None
) -> None:
    """Unlink a service request from its original; raises Conflict if it is no duplicate."""
    row = lock_service_request(jurisdiction, service_request_id, seen=seen)
    statement = (
        update(ServiceRequest)
        .where(ServiceRequest.pk == row.pk, ServiceRequest.duplicate_of_pk.is_not(None))
        .values(duplicate_of_pk=None)
    )
    if not db.session.execute(statement.returning(ServiceRequest.pk)).all():
        raise Conflict(NOT_A_DUPLICATE, id=service_request_id)
    store_work_step(row.pk, "unlinked", "", made_by)


def _lock_main(jurisdiction: Scope, main_id: str) -> Routed:
    """Lock a service request, or its original if it is a duplicate when it is locked."""
    main = get_routed(jurisdiction, main_id)
    while True:
        name = main_id if main.duplicate_of_pk is None else _name_of(main.duplicate_of_pk)
        main = lock_routed(jurisdiction, name)
        if main.duplicate_of_pk is None:
            return main


def _name_of(pk: int) -> str:
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    return str(db.session.scalar(select(name).where(ServiceRequest.pk == pk)))
