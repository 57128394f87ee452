"""Last changes: their times for conditional requests, and their numbers for copies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, null, select
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import CityVersion, ServiceRequest
from open311.queries.jurisdictions import Scope

HEAD = ("version", "is_settled", "last_change", "last_departure")
"""Columns about the whole list, the same in each of its rows."""


@dataclass(frozen=True)
class Head:
    """The state of the data that an answer was made from: values of HEAD."""

    version: UUID
    is_settled: bool
    last_change: datetime | None
    last_departure: datetime | None

    def changes(self, jurisdiction: Scope) -> list[datetime]:
        """Return the times of the last changes of the answer.

        A list changes with each service request and with the catalog. A list with a moving window
        also changes when a service request leaves the window. Returns none if rows can be deleted,
        and none while a transaction had changes to commit: their times may be before those of later
        ones.
        """
        if jurisdiction.sandbox or not self.is_settled:
            return []
        moments = (jurisdiction.changed_at, self.last_change, self.last_departure)
        return [moment for moment in moments if moment is not None]


def head_of_list(jurisdiction: Scope, *, window_moves: bool) -> list[ColumnElement[Any]]:
    """Select the columns HEAD of a list; the parameters of a moving window are those of its terms.

    PostgreSQL reads each of them once for a statement.
    """
    departure = _last_departure(jurisdiction) if window_moves else null()
    columns = (_version(), _is_settled(), _last_change(jurisdiction), departure)
    return [column.label(name) for name, column in zip(HEAD, columns, strict=True)]


def head_of_one() -> list[ColumnElement[Any]]:
    """Select the columns HEAD of one service request."""
    columns: list[Any] = [_version(), _is_settled(), ServiceRequest.changed_at, null()]
    return [column.label(name) for name, column in zip(HEAD, columns, strict=True)]


def _version() -> ColumnElement[UUID]:
    return select(CityVersion.version).scalar_subquery()


def _is_settled() -> ColumnElement[bool]:
    """Select whether no change is missing that was made before the statement began."""
    return select(func.is_settled(func.pg_current_snapshot())).scalar_subquery()


def _last_change(jurisdiction: Scope) -> ColumnElement[datetime]:
    """Select the time of the last change, including changes of nonpublic data."""
    request = aliased(ServiceRequest)
    return (
        select(request.changed_at)
        .where(request.jurisdiction_id == jurisdiction.jurisdiction_id)
        .order_by(request.change_number.desc())
        .limit(1)
        .scalar_subquery()
    )


def _last_departure(jurisdiction: Scope) -> ColumnElement[datetime]:
    """Select the time at which the last service request left a moving window."""
    request = aliased(ServiceRequest)
    moment = request.requested_datetime
    start, end = (bindparam(f"requested_{side}", type_=moment.type) for side in ("from", "until"))
    return (
        select(moment + (end - start))
        .where(
            request.jurisdiction_id == jurisdiction.jurisdiction_id,
            request.sandbox == jurisdiction.sandbox,
            moment < start,
        )
        .order_by(moment.desc())
        .limit(1)
        .scalar_subquery()
    )


def settled_change() -> int:
    """Return the number up to which all changes are visible, to a statement that begins later.

    A transaction that has changed something and not ended yet keeps it below its own numbers.
    """
    return int(db.session.connection().execute(select(func.settled_change())).scalar_one())
