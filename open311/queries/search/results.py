"""Conditions by how work on requests ended, as figures count it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from open311.models import ServiceRequest, StatusChange
from open311.queries.search.conditions import is_overdue
from schemas.vocabulary.statuses import CLOSED, NO_WORK

Condition = ColumnElement[bool]


def was_closed(begin: Any, end: Any) -> Condition:
    """Return the condition that it was closed in a period, even if it was reopened since.

    begin and end may be None. The closings of a period are read from an index by time.
    """
    found = _closings().with_only_columns(StatusChange.service_request_pk)
    if begin is not None:
        found = found.where(StatusChange.changed_at >= begin)
    if end is not None:
        found = found.where(StatusChange.changed_at <= end)
    return ServiceRequest.pk.in_(found)


def _closings() -> Any:
    """Select the changes from open to closed; other changes keep a request closed."""
    before = aliased(StatusChange)
    former = (
        select(before.status)
        .where(
            before.service_request_pk == StatusChange.service_request_pk,
            before.id < StatusChange.id,
        )
        .order_by(before.id.desc())
        .limit(literal_column("1"))
        .correlate(StatusChange)
        .scalar_subquery()
    )
    closed: ColumnElement[str] = literal_column(f"'{CLOSED}'")
    return select(StatusChange).where(
        StatusChange.status == closed, former.is_distinct_from(closed)
    )


def _closed_at() -> Any:
    """Return when it was closed the last time."""
    last = _closings().with_only_columns(func.max(StatusChange.changed_at))
    mine = StatusChange.service_request_pk == ServiceRequest.pk
    return last.where(mine).correlate(ServiceRequest).scalar_subquery()


def has_result(results: Sequence[str]) -> Condition:
    """Return the condition that its due date ended in one of these ways, of PROMISE_RESULTS."""
    is_closed = ServiceRequest.status == literal_column(f"'{CLOSED}'")
    due = ServiceRequest.expected_datetime
    conditions = {
        "kept": and_(is_closed, _closed_at() <= due),
        "late": and_(is_closed, _closed_at() > due),
        "overdue": is_overdue(),
    }
    return or_(*(conditions[one] for one in conditions if one in results))


def is_work() -> Condition:
    """Return the condition that it is neither a duplicate nor canceled."""
    return and_(*(ServiceRequest.detailed_status != literal_column(f"'{one}'") for one in NO_WORK))
