"""Flows of service requests, made from their histories.

A request is open or closed, and a department has it. Each step changes one of the two, so what
came in minus what went out is always what is open, for the city and for each department.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array

from open311.models import RoutingStep, ServiceRequest, StatusChange
from open311.models.insights import CLOSED, HANDED_IN, HANDED_OUT, RECEIVED, REOPENED
from schemas.vocabulary.statuses import OPEN

IS_OPEN, IS_CLOSED = literal(1), literal(0)


def flows_of(asked: CTE) -> CTE:
    """Select the flows of requests by pk: at, kind (one of FLOWS), and department_id.

    asked has the columns pk, requested_at, and first_department_id. place is the order of flows of
    the same second.
    """
    states = _states(asked).cte("states")
    column = states.c
    before = and_(column.was_open == 1, column.is_open == 1)
    moved = and_(before, column.department_id != column.former_department_id)
    kinds: tuple[tuple[int, ColumnElement[bool], Any], ...] = (
        (CLOSED, and_(column.was_open == 1, column.is_open == 0), column.department_id),
        (REOPENED, and_(column.was_open == 0, column.is_open == 1), column.department_id),
        (HANDED_OUT, moved, column.former_department_id),
        (HANDED_IN, moved, column.department_id),
    )
    received = select(
        asked.c.pk,
        asked.c.requested_at.label("at"),
        literal(0).label("place"),
        literal(RECEIVED).label("kind"),
        asked.c.first_department_id.label("department_id"),
    )
    others = (
        select(column.pk, column.at, column.place, literal(kind), department).where(happened)
        for kind, happened, department in kinds
    )
    return union_all(received, *others).cte("flows")


def moves_of(asked: Any) -> Any:
    """Select the changes of department of requests by pk, with their kind, in the order of id."""
    step = RoutingStep
    return (
        select(
            step.service_request_pk.label("pk"),
            step.id,
            step.made_at,
            step.kind,
            step.from_department_id,
            step.to_department_id,
        )
        .join(asked, asked.c.pk == step.service_request_pk)
        .where(step.from_department_id != step.to_department_id)
    )


def _states(asked: CTE) -> Select[Any]:
    """Select whether each request was and is open, and who had and has it, at each step.

    A step may say nothing about one of the two: then the newest of the other kind counts. Its id is
    the highest, and the first element of an array decides which one is greater.
    """
    steps = _steps(asked).subquery("steps")
    column = steps.c
    places = (column.at, column.source, column.id)
    order: dict[str, Any] = {"partition_by": column.pk, "order_by": places}
    opened, had = (
        func.max(case((value.is_not(None), array([column.id, value])))).over(**order)
        for value in (column.is_open, column.department_id)
    )
    newest = select(
        column.pk,
        column.at,
        func.row_number().over(**order).label("place"),
        opened.label("opened"),
        had.label("had"),
        column.first_department_id,
    ).subquery("newest")
    now = select(
        newest.c.pk,
        newest.c.at,
        newest.c.place,
        func.coalesce(newest.c.opened[2], IS_OPEN).label("is_open"),
        func.coalesce(newest.c.had[2], newest.c.first_department_id).label("department_id"),
        newest.c.first_department_id,
    ).subquery("now")
    earlier: dict[str, Any] = {"partition_by": now.c.pk, "order_by": now.c.place}
    former = func.lag(now.c.department_id).over(**earlier)
    was_open = func.lag(now.c.is_open).over(**earlier)
    return select(
        *(now.c[name] for name in ("pk", "at", "place", "is_open", "department_id")),
        func.coalesce(was_open, IS_OPEN).label("was_open"),
        func.coalesce(former, now.c.first_department_id).label("former_department_id"),
    )


def _steps(asked: CTE) -> Any:
    """Select the steps of both histories. The clock may have been set back: no time goes back."""
    change = StatusChange
    changes = select(
        *_times(change.service_request_pk, change.changed_at, change.id, asked),
        literal(1).label("source"),
        change.id,
        case((change.status == OPEN, IS_OPEN), else_=IS_CLOSED).label("is_open"),
        cast(null(), Integer).label("department_id"),
        asked.c.first_department_id,
    ).join(asked, asked.c.pk == change.service_request_pk)
    moved: Subquery = moves_of(asked).subquery("moved")
    moves = select(
        *_times(moved.c.pk, moved.c.made_at, moved.c.id, asked),
        literal(0),
        moved.c.id,
        cast(null(), Integer),
        moved.c.to_department_id,
        asked.c.first_department_id,
    ).join(asked, asked.c.pk == moved.c.pk)
    return union_all(changes, moves)


def _times(pk: Any, at: Any, id_: Any, asked: CTE) -> tuple[ColumnElement[Any], ...]:
    latest = func.max(at).over(partition_by=pk, order_by=id_)
    return pk.label("pk"), func.greatest(latest, asked.c.requested_at).label("at")


def requests_asked(condition: ColumnElement[bool]) -> Select[Any]:
    """Select the requests that facts are made of, with a condition: all but withdrawn and tests."""
    one = ServiceRequest
    return select(one.pk).where(~one.sandbox, one.withdrawn_at.is_(None), condition)
