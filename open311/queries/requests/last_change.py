"""Last changes: their times for conditional requests, and their numbers for copies."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from open311.database import db
from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import of_jurisdiction

Window = tuple[datetime, datetime]


def last_changes_of_list(
    jurisdiction: Scope, moving_window: Window | None = None
) -> list[datetime]:
    """Return the times of the last changes of a list, before the list is read.

    A list changes with each service request and with the catalog. A list with a moving window also
    changes when a service request leaves the window. Returns none if rows can be deleted, and none
    while a transaction has changes to commit: their times may be before those of later ones.
    """
    if jurisdiction.sandbox:
        return []
    columns = [_last_change(jurisdiction)]
    if moving_window is not None:
        columns.append(_last_departure(jurisdiction, *moving_window))
    is_open, *moments = db.session.execute(select(_is_any_open(), *columns)).one()
    return [] if is_open else _moments(jurisdiction, moments)


def _is_any_open() -> ColumnElement[bool]:
    """Select whether a transaction has changed service requests and not ended yet."""
    return func.oldest_open_change().is_not(None)


def _moments(jurisdiction: Scope, moments: Iterable[datetime | None]) -> list[datetime]:
    return [jurisdiction.changed_at, *(moment for moment in moments if moment is not None)]


def _last_change(jurisdiction: Scope) -> ColumnElement[datetime]:
    """Select the time of the last change, including changes of nonpublic data."""
    return (
        select(ServiceRequest.changed_at)
        .where(ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id)
        .order_by(ServiceRequest.change_number.desc())
        .limit(1)
        .scalar_subquery()
    )


def _last_departure(jurisdiction: Scope, start: datetime, end: datetime) -> ColumnElement[datetime]:
    """Select the time at which the last service request left a moving window."""
    return (
        select(ServiceRequest.requested_datetime + (end - start))
        .where(of_jurisdiction(jurisdiction), ServiceRequest.requested_datetime < start)
        .order_by(ServiceRequest.requested_datetime.desc())
        .limit(1)
        .scalar_subquery()
    )


def last_changes_of_one(jurisdiction: Scope, service_request_id: str) -> list[datetime]:
    """Return the times of the last changes of a service request and of the catalog."""
    row = db.session.execute(
        select(_is_any_open(), ServiceRequest.changed_at).where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.service_request_id == service_request_id,
        )
    ).one_or_none()
    is_open, changed_at = (False, None) if row is None else row
    return [] if is_open else _moments(jurisdiction, [changed_at])


def settled_change() -> int:
    """Return the number up to which all changes are visible, to a statement that begins later.

    A transaction that has changed something and not ended yet keeps it below its own numbers.
    """
    return int(db.session.connection().execute(select(func.settled_change())).scalar_one())
