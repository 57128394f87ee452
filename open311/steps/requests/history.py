"""Status changes and work steps of a service request, with their consequences."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from open311.database import db, table
from open311.models import Service, ServiceRequest, StatusChange, WorkStep
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import of_jurisdiction, still_open
from open311.queries.requests.due_dates import find_due, find_moved
from open311.steps.requests.lock import lock_all
from open311.steps.requests.triage import store_settled
from open311.steps.telling.tellings import store_telling, store_tellings
from schemas.vocabulary.statuses import CLOSED, OPEN_STATUSES
from schemas.vocabulary.steps import STATUS
from schemas.vocabulary.telling import STATUS as TOLD_AS_STATUS
from schemas.vocabulary.triage import ENDED_BY


def add_status_change(
    pk: int,
    detailed_status: str,
    status_notes: str,
    changed_at: datetime,
    *,
    made_by: str | None = None,
    kind: str = STATUS,
    department_id: int | None = None,
    service_id: int | None = None,
) -> int:
    """Add a step to a service request's history, and return the step's id.

    A trigger sets the status. detailed_status is one of OPEN_STATUSES or CLOSED_STATUSES, kind one
    of STEP_CODES. department_id and service_id are new ones.
    """
    row = status_row(pk, detailed_status, status_notes, changed_at)
    others = {"kind": kind, "department_id": department_id, "service_id": service_id}
    statement = insert(table(StatusChange)).values({**row, **others, "made_by": made_by})
    return db.session.execute(statement.returning(StatusChange.id)).scalar_one()


def status_row(
    pk: int, detailed_status: str, status_notes: str, changed_at: datetime, *, opening: bool = False
) -> dict[str, Any]:
    """Return the row of a history step without an author."""
    return {
        "service_request_pk": pk,
        "status": status_of(detailed_status),
        "detailed_status": detailed_status,
        "status_notes": status_notes,
        "changed_at": changed_at,
        "opening": opening,
        "made_by": None,
        "kind": STATUS,
    }


def status_of(detailed_status: str) -> str:
    """Return the status of the standard for a detailed status: open or closed."""
    return "open" if detailed_status in OPEN_STATUSES else "closed"


def store_status(
    jurisdiction: Scope,
    pk: int,
    status: str,
    status_notes: str,
    *,
    current: str,
    made_by: str | None = None,
    at: datetime | None = None,
    telling: str | None = TOLD_AS_STATUS,
) -> int:
    """Add a status change at a time (aware; default now), and return its id.

    telling says as what it is told, one of TELLING_KINDS; None for one that nobody hears of.

    status and current, the one before, are detailed statuses. Duplicates close with their original
    and get the same note. Closing ends a hold. Reopening sets a new due date. Both resolve what
    they answer in the triage queue. The caller holds the lock of the service request, and commits.
    """
    moment = at or datetime.now(UTC).replace(microsecond=0)
    change_id = add_status_change(pk, status, status_notes, moment, made_by=made_by)
    if telling is not None:
        store_telling(jurisdiction, pk, telling, change_id)
    before, becomes = status_of(current), status_of(status)
    changed = [] if becomes == before else [pk]
    if becomes == CLOSED:
        closed = _close_duplicates(jurisdiction, pk, status, status_notes, made_by)
        if telling is not None:
            store_tellings(jurisdiction, closed, telling)
        duplicates = list(closed)
        stop_waiting(jurisdiction, [pk, *duplicates])
        changed += duplicates
    elif before == CLOSED:
        _store_new_due_date(jurisdiction, pk, moment)
    if changed:
        store_settled(changed, ENDED_BY[becomes], made_by)
    return change_id


def _close_duplicates(
    jurisdiction: Scope, pk: int, status: str, status_notes: str, made_by: str | None
) -> dict[int, int]:
    """Close the open duplicates of a service request with it; return their changes by pk."""
    mine = of_jurisdiction(jurisdiction), ServiceRequest.duplicate_of_pk == pk
    duplicates = lock_all(*mine, still_open())
    if not duplicates:
        return {}
    notes = _told_together(jurisdiction, pk, status_notes)
    now = datetime.now(UTC).replace(microsecond=0)
    rows = [status_row(one, status, notes, now) | {"made_by": made_by} for one in duplicates]
    steps = table(StatusChange).c
    added = insert(table(StatusChange)).returning(steps.service_request_pk, steps.id)
    return {row.service_request_pk: row.id for row in db.session.execute(added, rows)}


def _store_new_due_date(jurisdiction: Scope, pk: int, reopened: datetime) -> None:
    days = db.session.scalar(
        select(Service.expected_days)
        .join(ServiceRequest, ServiceRequest.service_id == Service.id)
        .where(of_jurisdiction(jurisdiction), ServiceRequest.pk == pk)
    )
    due = find_due(jurisdiction, reopened, days)
    statement = update(ServiceRequest).where(ServiceRequest.pk == pk)
    db.session.execute(statement.values(expected_datetime=due))


def stop_waiting(jurisdiction: Scope, pks: Sequence[int]) -> None:
    """End the holds of service requests; due dates move by the working time on hold."""
    waiting = db.session.execute(
        select(ServiceRequest.pk, ServiceRequest.waits_since, ServiceRequest.expected_datetime)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.pk.in_(pks),
            ServiceRequest.waits_since.is_not(None),
        )
        .order_by(ServiceRequest.pk)
    ).all()
    for row in waiting:
        due = row.expected_datetime
        if due is not None:
            due = find_moved(jurisdiction, due, row.waits_since, datetime.now(UTC))
        statement = update(ServiceRequest).where(ServiceRequest.pk == row.pk)
        db.session.execute(statement.values(waits_since=None, expected_datetime=due))


def store_as_changed(pk: int) -> None:
    """Renew the change number of a service request, so that copies read it again."""
    statement = update(ServiceRequest).where(ServiceRequest.pk == pk)
    db.session.execute(statement.values(pk=ServiceRequest.pk))


def _told_together(jurisdiction: Scope, pk: int, status_notes: str) -> str:
    """Return the public note for duplicates; it is empty for an original that is not public."""
    public_id = db.session.scalar(
        select(ServiceRequest.service_request_id).where(
            of_jurisdiction(jurisdiction), ServiceRequest.pk == pk, ServiceRequest.public
        )
    )
    if public_id is None:
        return "Closed together with another request about the same problem."
    return f"{status_notes} Closed together with {public_id}.".strip()


def store_work_step(pk: int, kind: str, text: str, made_by: str) -> int:
    """Add a step of one of WORK_STEPS to a service request, and return its id."""
    row = {
        "service_request_pk": pk,
        "kind": kind,
        "text": text,
        "made_by": made_by,
        "made_at": datetime.now(UTC),
    }
    statement = insert(table(WorkStep)).values(row).returning(table(WorkStep).c.id)
    return int(db.session.execute(statement).scalar_one())
