"""What staff are notified of, stored by the step itself; the caller commits.

Where no mail is configured, nothing is stored.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, insert, literal, select

from open311.database import db, table, tells
from open311.models import ServiceRequest, StaffTelling
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.steps.values.submissions import Submission
from schemas.vocabulary.notices import NEW

COLLECTED = timedelta(minutes=1)
"""Time for which nothing is sent: an action on many requests makes one email to a recipient."""


def store_for_user(
    jurisdiction: Scope, pk: int, kind: str, user_id: int, step_id: int | None = None
) -> None:
    """Store that a user is notified of a service request, in one of STAFF_TELLING_KINDS."""
    _store(jurisdiction, kind, service_request_pk=pk, user_id=user_id, step_id=step_id)


def store_for_department(
    jurisdiction: Scope, pk: int, kind: str, department_id: int, step_id: int | None = None
) -> None:
    """Store the same for the mailbox of a department."""
    _store(jurisdiction, kind, service_request_pk=pk, department_id=department_id, step_id=step_id)


def _store(jurisdiction: Scope, kind: str, **values: int | None) -> None:
    if not jurisdiction.sandbox and tells():
        row = {"kind": kind, "due_at": _due(), **values}
        db.session.execute(insert(table(StaffTelling)), row)


def store_for_workers(jurisdiction: Scope, pk: int, kind: str) -> None:
    """Store the same for the assignee of a service request, or else for its department."""
    if jurisdiction.sandbox or not tells():
        return
    one = table(ServiceRequest).c
    nobody = one.assigned_user_id.is_(None)
    found = select(
        literal(kind),
        one.pk,
        one.assigned_user_id,
        case((nobody, one.department_id)),
        literal(_due()),
    ).where(one.pk == pk)
    names = ["kind", "service_request_pk", "user_id", "department_id", "due_at"]
    db.session.execute(insert(table(StaffTelling)).from_select(names, found))


def _due() -> datetime:
    """Return when what happens now is sent, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0) + COLLECTED


def new_rows(
    city: City, submission: Submission, department_id: int | None
) -> dict[str, Sequence[dict[str, Any]]]:
    """Return the occasion to tell a mailbox of a submission, for the statement that stores it.

    There is none if the department has no mailbox that wants it at once. A report that is held is
    told once it is published.
    """
    is_held = submission.site is not None and bool(submission.site.holds)
    is_told = department_id in city.notified_at_once and not submission.jurisdiction.sandbox
    if is_held or not is_told or not tells():
        return {}
    row = {"kind": NEW, "department_id": department_id, "due_at": _due()}
    return {"staff_tellings": (row,)}
