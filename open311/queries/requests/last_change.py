"""Times of the last changes, for conditional requests."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from open311.database import db
from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import of_jurisdiction

Window = tuple[datetime, datetime]


def last_changes_of_list(
    jurisdiction: Scope, moving_window: Window | None = None
) -> list[datetime]:
    """Return the times of the last changes of a list; none if rows can be deleted.

    A list changes with each service request and with the catalog. A list with a moving window also
    changes when a service request leaves the window.
    """
    if jurisdiction.sandbox:
        return []
    columns = [_last_change(jurisdiction)]
    if moving_window is not None:
        columns.append(_last_departure(jurisdiction, *moving_window))
    moments = db.session.execute(select(*columns)).one()
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
    changed_at = db.session.scalar(
        select(ServiceRequest.changed_at).where(
            of_jurisdiction(jurisdiction),
            ServiceRequest.service_request_id == service_request_id,
        )
    )
    moments = [jurisdiction.changed_at, changed_at]
    return [moment for moment in moments if moment is not None]
