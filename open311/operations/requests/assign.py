"""Assignees of service requests, and internal notes."""

from collections.abc import Sequence

from sqlalchemy import insert, update

from open311.database import db, table
from open311.errors import Conflict, InvalidParameters
from open311.messages.requests import (
    ALREADY_ASSIGNED,
    ALREADY_UNASSIGNED,
    ASSIGNEE_OF_OTHER_DEPARTMENT,
    NOTE_REQUIRED,
)
from open311.models import NotePhoto, ServiceRequest
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.people.users import get_user, name_key
from open311.roles import may_work
from open311.steps.requests.history import store_work_step
from open311.steps.requests.lock import lock_user
from open311.steps.requests.once import claim_once
from open311.steps.routing.store import lock_routed
from open311.steps.telling.staff import store_for_user
from open311.steps.values.once import Once
from open311.steps.values.submissions import StoredPhoto
from schemas.vocabulary.notices import ASSIGNED


@operation
def assign(
    jurisdiction: Scope,
    service_request_id: str,
    name: str | None,
    made_by: str,
    seen: int | None = None,
) -> None:
    """Assign a service request to a user by name, or to nobody with None.

    Raises NotFound for the service request or the user, Gone, Conflict if nothing would change or
    if the user may not work on it, and ChangedMeanwhile if another change was made after seen.
    """
    if name is not None:
        lock_user(jurisdiction.jurisdiction_id, name)
    routed = lock_routed(jurisdiction, service_request_id, seen)
    user = None if name is None else get_user(jurisdiction.jurisdiction_id, name)
    if user is not None and (user.disabled_at or not may_work(user, routed.department_id)):
        raise Conflict(
            ASSIGNEE_OF_OTHER_DEPARTMENT, field="name", name=user.name, department=routed.department
        )
    user_id = None if user is None else user.id
    if user_id == routed.assigned_user_id:
        if user is None:
            raise Conflict(ALREADY_UNASSIGNED, field="name", id=service_request_id)
        raise Conflict(ALREADY_ASSIGNED, field="name", id=service_request_id, name=user.name)
    statement = update(ServiceRequest).where(ServiceRequest.pk == routed.pk)
    db.session.execute(statement.values(assigned_user_id=user_id))
    kind, assignee = ("released", "") if user is None else ("assigned", user.name)
    step_id = store_work_step(routed.pk, kind, assignee, made_by)
    if user is not None and name_key(made_by) != name_key(user.name):
        store_for_user(jurisdiction, routed.pk, ASSIGNED, user.id, step_id)


@operation
def add_note(
    jurisdiction: Scope,
    service_request_id: str,
    text: str,
    made_by: str,
    once: Once | None = None,
    photos: Sequence[StoredPhoto] = (),
) -> None:
    """Add an internal note with photos; raises NotFound, Gone, and InvalidParameters without text.

    A note overwrites nothing, so it needs no check for other changes. Raises DoneBefore as
    claim_once.
    """
    if not text.strip():
        raise InvalidParameters(NOTE_REQUIRED, field="text")
    claim_once(once)
    routed = lock_routed(jurisdiction, service_request_id)
    step_id = store_work_step(routed.pk, "noted", text.strip(), made_by)
    rows = [
        {
            "name": one.name,
            "service_request_pk": routed.pk,
            "work_step_id": step_id,
            "position": position,
        }
        for position, one in enumerate(photos)
    ]
    if rows:
        db.session.execute(insert(table(NotePhoto)), rows)
