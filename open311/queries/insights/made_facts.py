"""Facts about service requests, made from their own tables (open311/models/insights.py)."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    and_,
    case,
    cast,
    distinct,
    extract,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, aggregate_order_by, distinct_on

from open311.models import (
    BoundaryLayer,
    FormerId,
    ReceivedUpdate,
    RequestFact,
    ServiceRequest,
    ServiceRequestBoundary,
    StatusChange,
    WorkStep,
)
from open311.models.insights import CLOSED as CLOSED_FLOW
from open311.queries.insights.flows import flows_of, moves_of, requests_asked
from schemas.vocabulary.statuses import CLOSED
from schemas.vocabulary.steps import ACKNOWLEDGED, STATUS

COLUMNS = tuple(column.name for column in RequestFact.__table__.columns)

MOMENT = TIMESTAMP(timezone=True, precision=0)
_NO_NUMBERS = literal_column("'{}'", ARRAY(Integer))


def facts_of(condition: ColumnElement[bool]) -> Select[Any]:
    """Select the facts of the service requests of a condition, with the columns of COLUMNS."""
    asked = _asked(condition)
    flows, moves = _flow_lists(asked), _moves(asked)
    actions, waits, seen, places = (
        _first_actions(asked),
        _waits(asked),
        _seen(asked),
        _places(asked),
    )
    one, times = ServiceRequest, flows.c.flow_times
    last_flow = times[func.cardinality(times)]
    values: dict[str, Any] = {
        "service_request_pk": one.pk,
        "jurisdiction_id": one.jurisdiction_id,
        "public": one.public,
        "service_id": one.service_id,
        "department_id": one.department_id,
        "channel": one.channel,
        "outcome": one.detailed_status,
        "requested_at": one.requested_datetime,
        "first_action_at": actions.c.at,
        "closed_at": flows.c.closed_at,
        "transfers": func.coalesce(moves.c.transfers, 0),
        "returned": func.coalesce(moves.c.returned, False),
        "first_due_at": func.coalesce(one.first_expected_datetime, one.expected_datetime),
        "due_at": one.expected_datetime,
        "waits_since": one.waits_since,
        "waited_seconds": func.coalesce(waits.c.seconds, 0),
        "seen_at": case((seen.c.at.is_not(None), func.greatest(seen.c.at, last_flow))),
        "boundaries": func.coalesce(places.c.ids, _NO_NUMBERS),
        **{name: flows.c[name] for name in ("flow_times", "flow_kinds", "flow_departments")},
    }
    # The lists are joined by key: a hash of thousands, or a look at each of a few.
    rows = one.__table__.join(flows, flows.c.pk == one.pk)
    for part in (moves, actions, waits, seen, places):
        rows = rows.outerjoin(part, part.c.pk == one.pk)
    return select(*(values[name].label(name) for name in COLUMNS)).select_from(rows)


def _asked(condition: ColumnElement[bool]) -> CTE:
    """Select the requests, with the department that had each one first."""
    chosen = requests_asked(condition).cte("chosen")
    moved = moves_of(chosen).subquery("moved")
    first = (
        select(moved.c.pk, moved.c.from_department_id)
        .ext(distinct_on(moved.c.pk))
        .order_by(moved.c.pk, moved.c.id)
        .subquery("first")
    )
    one = ServiceRequest
    return (
        select(
            one.pk,
            one.requested_datetime.label("requested_at"),
            one.status,
            func.coalesce(first.c.from_department_id, one.department_id).label(
                "first_department_id"
            ),
        )
        .join(chosen, chosen.c.pk == one.pk)
        .outerjoin(first, first.c.pk == one.pk)
        .cte("asked")
    )


def _flow_lists(asked: CTE) -> Any:
    flows = flows_of(asked)
    columns = flows.c

    def listed(value: Any, type_: Any) -> ColumnElement[Any]:
        in_order = aggregate_order_by(value, columns.at, columns.place, columns.kind.desc())
        return cast(func.array_agg(in_order), ARRAY(type_))

    closing = func.max(columns.at).filter(columns.kind == CLOSED_FLOW, asked.c.status == CLOSED)
    return (
        select(
            columns.pk,
            closing.label("closed_at"),
            listed(columns.at, MOMENT).label("flow_times"),
            listed(columns.kind, SmallInteger).label("flow_kinds"),
            listed(columns.department_id, Integer).label("flow_departments"),
        )
        .join(asked, asked.c.pk == columns.pk)
        .group_by(columns.pk)
        .subquery("flow_lists")
    )


def _moves(asked: CTE) -> Any:
    moved = moves_of(asked).subquery("moves")
    by_people = moved.c.kind == "handed_over"
    had_once = func.count(distinct(moved.c.to_department_id)) == func.count()
    to_the_first = func.bool_or(moved.c.to_department_id == asked.c.first_department_id)
    return (
        select(
            moved.c.pk,
            func.count().filter(by_people).label("transfers"),
            or_(~had_once, to_the_first).label("returned"),
        )
        .join(asked, asked.c.pk == moved.c.pk)
        .group_by(moved.c.pk)
        .subquery("moved_departments")
    )


def _first_actions(asked: CTE) -> Any:
    """Select the first change of status, acknowledgment, assignment, question, or city's update."""
    change, work, update = StatusChange, WorkStep, ReceivedUpdate
    previous = func.lag(change.detailed_status).over(
        partition_by=change.service_request_pk, order_by=change.id
    )
    changes = (
        select(
            change.service_request_pk.label("pk"),
            change.changed_at.label("at"),
            or_(
                change.kind == ACKNOWLEDGED,
                and_(change.kind == STATUS, change.detailed_status != previous),
            ).label("acts"),
            change.opening,
        )
        .join(asked, asked.c.pk == change.service_request_pk)
        .subquery("changes")
    )
    acts = union_all(
        select(changes.c.pk, changes.c.at).where(changes.c.acts, ~changes.c.opening),
        select(work.service_request_pk, work.made_at)
        .join(asked, asked.c.pk == work.service_request_pk)
        .where(work.kind.in_(("assigned", "waits"))),
        select(update.service_request_pk, update.accepted_at)
        .join(asked, asked.c.pk == update.service_request_pk)
        .where(update.by_city, update.comment_id.is_not(None)),
    ).subquery("acts")
    first = func.greatest(func.min(acts.c.at), func.min(asked.c.requested_at))
    return (
        select(acts.c.pk, cast(first, MOMENT).label("at"))
        .join(asked, asked.c.pk == acts.c.pk)
        .group_by(acts.c.pk)
        .subquery("actions")
    )


def _waits(asked: CTE) -> Any:
    """Select the seconds of holds that ended: with the next step of work, or the closing."""
    work, change = WorkStep, StatusChange
    steps = union_all(
        select(
            work.service_request_pk.label("pk"),
            work.made_at.label("at"),
            (work.kind == "waits").label("begins"),
        )
        .join(asked, asked.c.pk == work.service_request_pk)
        .where(work.kind.in_(("waits", "resumed", "answered"))),
        select(change.service_request_pk, change.changed_at, literal_column("false"))
        .join(asked, asked.c.pk == change.service_request_pk)
        .where(change.status == CLOSED),
    ).subquery("wait_steps")
    column = steps.c
    following = func.lead(column.at).over(
        partition_by=column.pk, order_by=(column.at, column.begins.desc())
    )
    holds = select(column.pk, column.begins, (following - column.at).label("took")).subquery(
        "holds"
    )
    seconds = cast(extract("epoch", func.sum(holds.c.took)), BigInteger)
    return (
        select(holds.c.pk, seconds.label("seconds"))
        .where(holds.c.begins)
        .group_by(holds.c.pk)
        .subquery("waits")
    )


def _seen(asked: CTE) -> Any:
    return (
        select(FormerId.service_request_pk.label("pk"), func.max(FormerId.seen_at).label("at"))
        .join(asked, asked.c.pk == FormerId.service_request_pk)
        .group_by(FormerId.service_request_pk)
        .subquery("seen")
    )


def _places(asked: CTE) -> Any:
    """Select the boundaries that count: of an overlapping layer all, and of others one."""
    place, layer = ServiceRequestBoundary, BoundaryLayer
    others = case((layer.overlapping, place.others), else_=_NO_NUMBERS)
    rows = (
        select(
            place.service_request_pk.label("pk"),
            func.unnest(func.array_prepend(place.boundary_id, others)).label("id"),
        )
        .join(asked, asked.c.pk == place.service_request_pk)
        .join(layer, layer.id == place.layer_id)
        .where(place.boundary_id.is_not(None))
        .subquery("inside")
    )
    ids = func.array_agg(aggregate_order_by(distinct(rows.c.id), rows.c.id))
    return select(rows.c.pk, ids.label("ids")).group_by(rows.c.pk).subquery("places")
