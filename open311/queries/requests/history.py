"""History of service requests: notes as a column, and when they were closed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from open311.database import db
from open311.models import ReceivedUpdate, Service, ServiceRequest, StatusChange
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import of_jurisdiction, or_null
from schemas.vocabulary.statuses import CLOSED, UNCHANGED

_W3C = 'YYYY-MM-DD"T"HH24:MI:SS"Z"'


def notes() -> ColumnElement[Any]:
    """Build [{"datetime", "type", "status", "description"}, …], oldest first (spec 5.5).

    status is the detailed one, and unchanged for a comment; description is null where an entry has
    none. type is comment if the public wrote it, and activity if the city did.
    """
    steps = _steps()
    note = func.json_build_object(
        "datetime",
        func.to_char(func.timezone("UTC", steps.c.changed_at), _W3C),
        "type",
        steps.c.type,
        "status",
        steps.c.detailed_status,
        "description",
        or_null(steps.c.status_notes),
    )
    in_order = aggregate_order_by(note, steps.c.id)
    gathered = select(func.coalesce(func.json_agg(in_order), func.json_build_array()))
    return gathered.select_from(steps).scalar_subquery()


def _steps() -> Subquery:
    """Select the history of the outer query's service request, with note types.

    It has the changes of status and the comments; no ID is in both.
    """
    before = func.lag(StatusChange.status).over(order_by=StatusChange.id)
    kind = case(
        (StatusChange.opening, "submitted"),
        (StatusChange.status == before, "activity"),
        (StatusChange.status == "open", "opened"),
        else_="closed",
    )
    changes = (
        select(
            StatusChange.id,
            StatusChange.changed_at,
            StatusChange.detailed_status,
            StatusChange.status_notes,
            kind.label("type"),
        )
        .where(StatusChange.service_request_pk == ServiceRequest.pk)
        .correlate(ServiceRequest)
    )
    comments = (
        select(
            ReceivedUpdate.comment_id,
            ReceivedUpdate.accepted_at,
            literal(UNCHANGED),
            ReceivedUpdate.description,
            case((ReceivedUpdate.by_city, "activity"), else_="comment"),
        )
        .where(
            ReceivedUpdate.service_request_pk == ServiceRequest.pk,
            ReceivedUpdate.comment_id.is_not(None),
        )
        .correlate(ServiceRequest)
    )
    return union_all(changes, comments).subquery("steps")


def find_closing(pk: int) -> datetime | None:
    """Find when a service request was last closed, in UTC; None if it never was.

    Later changes from one closed status to another do not count.
    """
    return find_closings([pk]).get(pk)


def find_closings(pks: Sequence[int]) -> dict[int, datetime]:
    """Find when each of several service requests was last closed, by pk, as find_closing does."""
    step = StatusChange
    before = func.lag(step.status).over(partition_by=step.service_request_pk, order_by=step.id)
    steps = (
        select(
            step.id, step.service_request_pk, step.changed_at, step.status, before.label("before")
        )
        .where(step.service_request_pk.in_(pks))
        .subquery("steps")
    )
    closings = (
        select(steps.c.service_request_pk, steps.c.changed_at)
        .where(steps.c.status == CLOSED, steps.c.before.is_distinct_from(CLOSED))
        .order_by(steps.c.id)
    )
    return {row.service_request_pk: row.changed_at for row in db.session.execute(closings)}


def last_closing(steps: Iterable[tuple[str, datetime]]) -> datetime | None:
    """Return the same of the statuses of a service request with their times, in their order."""
    before, closed_at = "", None
    for status, changed_at in steps:
        if status == CLOSED != before:
            closed_at = changed_at
        before = status
    return closed_at


def is_long_ago(jurisdiction: Scope, closed_at: datetime | None) -> bool:
    """Return whether a request that was closed at a time can no longer be reopened itself."""
    period = timedelta(days=jurisdiction.reopen_days)
    return closed_at is not None and datetime.now(UTC) - closed_at > period


def is_closed_long_ago(jurisdiction: Scope, pk: int) -> bool:
    """Return whether a new service request continues a closed one that is reopened now.

    One without a number, or for a service that is no longer active, is reopened itself.
    """
    if not is_long_ago(jurisdiction, find_closing(pk)):
        return False
    statement = (
        select(ServiceRequest.pk)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.pk == pk,
            ServiceRequest.service_request_id.is_not(None),
            Service.active,
        )
    )
    return db.session.scalar(statement) is not None
