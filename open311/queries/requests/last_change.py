"""Last changes: their times for conditional requests, and their numbers for copies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Integer, Text, bindparam, cast, func, null, select
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import CityVersion, ServiceRequest
from open311.queries.jurisdictions import Scope


@dataclass(frozen=True, kw_only=True)
class Head:
    """The state of the data that an answer was made from.

    snapshot names exactly the transactions whose changes were visible, and their database.
    is_still says that no transaction had changed anything and not ended yet, in any database of the
    server. newest is the latest requested_datetime of all service requests.
    """

    version: UUID
    snapshot: str
    is_still: bool
    last_change: datetime | None = None
    last_departure: datetime | None = None
    newest: datetime | None = None

    @classmethod
    def read(cls, text: str) -> "Head":
        """Read the column head."""
        version, snapshot, is_still, *moments = orjson.loads(text)
        times = [None if one is None else datetime.fromisoformat(one) for one in moments]
        return cls(
            version=UUID(version),
            snapshot=snapshot,
            is_still=is_still,
            **dict(zip(("last_change", "last_departure", "newest"), times, strict=False)),
        )

    def changes(self, jurisdiction: Scope) -> list[datetime]:
        """Return the times of the last changes of the answer.

        A list changes with each service request and with the catalog. A list with a moving window
        also changes when a service request leaves the window. Returns none if rows can be deleted,
        or while a change is open: its times may be before those of changes that are visible.
        """
        if jurisdiction.sandbox or not self.is_still:
            return []
        moments = (jurisdiction.changed_at, self.last_change, self.last_departure)
        return [moment for moment in moments if moment is not None]


def head_of_list(jurisdiction: Scope, *, window_moves: bool) -> ColumnElement[str]:
    """Select the head of a list as one column, which PostgreSQL makes once for all rows.

    The parameters of a moving window are those of its terms.
    """
    departure = _last_departure(jurisdiction) if window_moves else null()
    head = _head(_last_change(jurisdiction), departure, _newest(jurisdiction))
    return select(head).scalar_subquery().label("head")


def head_of_one() -> ColumnElement[str]:
    """Select the head of one service request."""
    return _head(ServiceRequest.changed_at).label("head")


def head_of_features() -> ColumnElement[str]:
    """Select the head of an answer that does not tell when it changed."""
    return select(_head()).scalar_subquery().label("head")


def _head(*moments: Any) -> ColumnElement[str]:
    version = select(CityVersion.version).scalar_subquery()
    snapshot = func.pg_current_snapshot()
    name = func.concat_ws(" ", func.current_database(), cast(snapshot, Text))
    return cast(func.json_build_array(version, name, _is_still(snapshot), *moments), Text)


def _is_still(snapshot: Any) -> ColumnElement[bool]:
    """Return the condition that a snapshot was taken while no transaction with an id was open.

    Then the oldest id that it does not see is the next one that PostgreSQL assigns, whose age is 0.
    Its list of open transactions does not tell: it lacks those with an id above the last that
    ended. A transaction has its id before the times of its changes (migration 0019). PostgreSQL
    finds the next id once for each transaction: this one has begun after the HTTP request.
    """
    return func.age(func.xid(func.pg_snapshot_xmin(snapshot)), type_=Integer) <= 0


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


def _newest(jurisdiction: Scope) -> ColumnElement[datetime]:
    request = aliased(ServiceRequest)
    return (
        select(request.requested_datetime)
        .where(
            request.jurisdiction_id == jurisdiction.jurisdiction_id,
            request.sandbox == jurisdiction.sandbox,
        )
        .order_by(request.requested_datetime.desc())
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
