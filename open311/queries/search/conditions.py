"""Search criteria as conditions in SQL, all on the table of service requests.

Codes are replaced by ids first, because PostgreSQL estimates rows better with constants.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    String,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from geo.coordinates import Box
from open311.database import db
from open311.models import (
    Boundary,
    BoundaryLayer,
    RoutingStep,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
    TriageEntry,
    User,
)
from open311.queries.catalog.departments import find_department_ids
from open311.queries.catalog.services import find_service_ids
from open311.queries.imports import find_current_ids
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import is_open
from open311.queries.search.criteria import BoundaryCode, Circle, Criteria, Period
from open311.queries.search.places import is_in_area, is_near, touches
from open311.queries.search.text import has_text
from schemas.vocabulary.statuses import OPEN, STANDARD_STATUSES
from schemas.vocabulary.triage import OF_CLOSED_REQUESTS

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Term:
    """One condition of a search.

    Terms of the same name have the same SQL, with the parameters that build uses; their values are
    those of the parameters. A term whose SQL depends on its values has no name.
    """

    name: str
    parameters: tuple[BindParameter[Any], ...] = field(compare=False)
    build: Callable[[], Condition] = field(compare=False)


def conditions(jurisdiction: Scope, criteria: Criteria) -> list[Condition]:
    """Return the conditions of criteria; an empty list for no criteria."""
    return [term.build() for term in terms(jurisdiction, criteria)]


def terms(jurisdiction: Scope, criteria: Criteria) -> list[Term]:
    """Return the conditions of criteria as terms, for statements that are kept."""
    return [
        *_of_what_it_is(jurisdiction, criteria),
        *_of_places(jurisdiction, criteria),
        *_in_period("requested", ServiceRequest.requested_datetime, criteria.requested),
        *_in_period("updated", ServiceRequest.updated_datetime, criteria.updated),
        *_of_work(jurisdiction, criteria),
    ]


def _of_what_it_is(jurisdiction: Scope, criteria: Criteria) -> Iterator[Term]:
    id_ = jurisdiction.jurisdiction_id
    if criteria.ids:
        current = find_current_ids(jurisdiction, criteria.ids).values()
        yield _any_text("ids", ServiceRequest.service_request_id, [*criteria.ids, *current])
    if criteria.text:
        yield unnamed(has_text(id_, criteria.text))
    if criteria.statuses:
        yield _has_status(criteria.statuses)
    if criteria.detailed_statuses:
        column = ServiceRequest.detailed_status
        yield _any_text("detailed_statuses", column, criteria.detailed_statuses)
    if criteria.services:
        services = find_service_ids(id_, criteria.services)
        yield _any_id("services", ServiceRequest.service_id, services)
    if criteria.groups:
        groups = find_ids_of_groups(id_, criteria.groups)
        yield _any_id("groups", ServiceRequest.service_id, groups)
    if criteria.departments:
        departments = find_department_ids(id_, criteria.departments)
        yield _any_id("departments", ServiceRequest.department_id, departments)


def _of_places(jurisdiction: Scope, criteria: Criteria) -> Iterator[Term]:
    box, circle, area = criteria.box, criteria.circle, criteria.area
    layers = dict.fromkeys(one.layer for one in criteria.boundaries)
    for number, layer in enumerate(layers):
        same = [one for one in criteria.boundaries if one.layer == layer]
        ids = find_boundary_ids(jurisdiction.jurisdiction_id, same)
        inside = bindparam(f"boundary_{number}", ids, ARRAY(Integer))
        yield Term(inside.key, (inside,), partial(_is_inside, inside))
    if box is not None:
        yield _in_box(box)
    if circle is not None:
        yield _in_circle(circle)
    if area is not None:
        yield unnamed(is_in_area(ServiceRequest.location, area))


def _of_work(jurisdiction: Scope, criteria: Criteria) -> Iterator[Term]:
    if not criteria.due.is_always:
        yield Term("is_open", (), is_open)
        yield from _in_period("due", ServiceRequest.expected_datetime, criteria.due)
    if criteria.assigned_to:
        names = criteria.assigned_to
        yield unnamed(_is_assigned_to(jurisdiction.jurisdiction_id, names))
    flags: dict[Callable[[], Condition], bool | None] = {
        is_overdue: criteria.overdue,
        is_new: criteria.new,
        is_near_boundary: criteria.near_boundary,
        is_transferred: criteria.transferred,
        is_on_hold: criteria.on_hold,
        needs_review: criteria.needs_review,
        awaits_approval: criteria.awaiting_approval,
    }
    for condition, wanted in flags.items():
        if wanted is not None:
            yield Term(f"{condition.__name__}={wanted}", (), partial(_flag, condition, wanted))


def _flag(condition: Callable[[], Condition], wanted: bool) -> Condition:
    return condition() if wanted else not_(func.coalesce(condition(), False))


def unnamed(condition: Condition) -> Term:
    """Return a condition as a term whose SQL depends on its values."""
    return Term("", (), lambda: condition)


def _in_box(box: Box) -> Term:
    sides = _texts("box", box.diagonals)
    return Term(f"box {len(sides)}", sides, lambda: touches(ServiceRequest.location, sides))


def _in_circle(circle: Circle) -> Term:
    sides = _texts("around", Box.around(circle.center, circle.meters).diagonals)
    center = bindparam("center", circle.center.ewkt, String)
    meters = bindparam("meters", circle.meters, Float)
    return Term(
        f"circle {len(sides)}",
        (*sides, center, meters),
        lambda: is_near(ServiceRequest.location, sides, center, meters),
    )


def _texts(name: str, values: Sequence[str]) -> tuple[BindParameter[str], ...]:
    return tuple(bindparam(f"{name}_{n}", value, String) for n, value in enumerate(values))


def _any_text(name: str, column: Any, values: Sequence[str]) -> Term:
    parameter = bindparam(name, list(values), ARRAY(String))
    return Term(name, (parameter,), lambda: column == any_(parameter))


def _any_id(name: str, column: Any, ids: Sequence[int]) -> Term:
    parameter = bindparam(name, list(ids), ARRAY(Integer))
    return Term(name, (parameter,), lambda: column == any_(parameter))


def _has_status(statuses: Sequence[str]) -> Term:
    """Compare with detailed statuses; open and closed include all statuses of their kind."""
    parameter = bindparam("statuses", list(statuses), ARRAY(String))
    general = ServiceRequest.status == any_(parameter)
    if set(statuses) <= set(STANDARD_STATUSES):
        return Term("statuses", (parameter,), lambda: general)
    exact = ServiceRequest.detailed_status == any_(parameter)
    return Term("statuses, detailed", (parameter,), lambda: or_(general, exact))


def _in_period(name: str, column: Any, period: Period) -> Iterator[Term]:
    if period.begin is not None:
        begin = bindparam(f"{name}_from", period.begin, column.type)
        yield Term(begin.key, (begin,), lambda: column >= begin)
    if period.end is not None:
        end = bindparam(f"{name}_until", period.end, column.type)
        yield Term(end.key, (end,), lambda: column <= end)


def is_any_of(column: Any, values: Sequence[str]) -> Condition:
    """Compare a column with one array parameter, where IN would have one for each value."""
    condition: Condition = column == any_(literal(list(values), ARRAY(String)))
    return condition


def _is_one_of(column: Any, ids: Sequence[int]) -> Condition:
    condition: Condition = column == func.any(literal(list(ids), ARRAY(Integer)))
    return condition


def is_of_service(jurisdiction_id: str, codes: Sequence[str]) -> Condition:
    """Return the condition that a service has one of these codes."""
    return _is_one_of(ServiceRequest.service_id, find_service_ids(jurisdiction_id, codes))


def is_of_group(jurisdiction_id: str, groups: Sequence[str]) -> Condition:
    """Return the condition that a service is in one of these groups."""
    return _is_one_of(ServiceRequest.service_id, find_ids_of_groups(jurisdiction_id, groups))


def find_ids_of_groups(jurisdiction_id: str, groups: Sequence[str]) -> list[int]:
    """List the ids of the services in these groups."""
    statement = select(Service.id).where(
        Service.jurisdiction_id == jurisdiction_id, is_any_of(Service.group, groups)
    )
    return list(db.session.scalars(statement))


def is_in_boundary(jurisdiction_id: str, boundaries: Sequence[BoundaryCode]) -> Condition:
    """Return the condition that a service request is in one of these boundaries of one layer."""
    return _is_inside(literal(find_boundary_ids(jurisdiction_id, boundaries), ARRAY(Integer)))


def _is_inside(boundary_ids: ColumnElement[Any]) -> Condition:
    return ServiceRequest.pk.in_(
        select(ServiceRequestBoundary.service_request_pk).where(
            ServiceRequestBoundary.boundary_id == any_(boundary_ids)
        )
    )


def find_boundary_ids(jurisdiction_id: str, boundaries: Sequence[BoundaryCode]) -> list[int]:
    """List the ids of boundaries of one layer, of all its sets."""
    layer, codes = boundaries[0].layer, [one.code for one in boundaries]
    statement = (
        select(Boundary.id)
        .join(BoundaryLayer, BoundaryLayer.id == Boundary.layer_id)
        .where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id,
            BoundaryLayer.code == layer,
            is_any_of(Boundary.code, codes),
        )
    )
    return list(db.session.scalars(statement))


def _is_assigned_to(jurisdiction_id: str, names: Sequence[str]) -> Condition:
    ids = db.session.scalars(
        select(User.id).where(User.jurisdiction_id == jurisdiction_id, is_any_of(User.name, names))
    )
    return func.coalesce(_is_one_of(ServiceRequest.assigned_user_id, list(ids)), False)


def is_overdue() -> Condition:
    """Return the condition that it is open, past due, and not on hold; null if it is never due."""
    return and_(is_open(), ~is_on_hold(), ServiceRequest.expected_datetime < func.now())


def is_on_hold() -> Condition:
    """Return the condition that it waits for the requester."""
    return ServiceRequest.waits_since.is_not(None)


def is_new() -> Condition:
    """Return the condition that it is open, and its department has not acknowledged it."""
    return and_(is_open(), ServiceRequest.accepted_at.is_(None))


def is_near_boundary() -> Condition:
    """Return the condition that another boundary is nearer than the location is accurate."""
    return ServiceRequest.near_border.is_(True)


def is_transferred() -> Condition:
    """Return the condition that its last transfer by a person is not yet acknowledged.

    A later change of department, by routing or by a person, ends this state.
    """
    later = aliased(RoutingStep)
    sent_on = exists().where(
        later.service_request_pk == RoutingStep.service_request_pk,
        later.id > RoutingStep.id,
        later.from_department_id != later.to_department_id,
    )
    last = select(RoutingStep.service_request_pk).where(RoutingStep.kind == "handed_over", ~sent_on)
    return and_(ServiceRequest.accepted_at.is_(None), ServiceRequest.pk.in_(last))


def needs_review() -> Condition:
    """Return the condition that it is in the review queue for a reason that applies to it.

    Closed service requests need review for OF_CLOSED_REQUESTS only.
    """
    entries = select(TriageEntry.service_request_pk).where(TriageEntry.settled_at.is_(None))
    of_closed = entries.where(is_any_of(TriageEntry.reason, OF_CLOSED_REQUESTS))
    return or_(
        and_(ServiceRequest.status == OPEN, ServiceRequest.pk.in_(entries)),
        ServiceRequest.pk.in_(of_closed),
    )


def awaits_approval() -> Condition:
    """Return the condition that it is held for approval."""
    return and_(ServiceRequest.service_request_id.is_(None), ServiceRequest.token.is_not(None))
