"""Search criteria as conditions in SQL, all on the table of service requests.

Codes are replaced by ids first, because PostgreSQL estimates rows better with constants.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    any_,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

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
from open311.queries.search.criteria import BoundaryCode, Criteria, Period
from open311.queries.search.places import is_in_area, is_in_box, is_within
from open311.queries.search.text import has_text
from schemas.vocabulary.statuses import OPEN, STANDARD_STATUSES
from schemas.vocabulary.triage import OF_CLOSED_REQUESTS

Condition = ColumnElement[bool]


def conditions(jurisdiction: Scope, criteria: Criteria) -> list[Condition]:
    """Return the conditions of criteria; an empty list for no criteria."""
    return [
        *_of_what_it_is(jurisdiction, criteria),
        *_of_places(jurisdiction, criteria),
        *_in_period(ServiceRequest.requested_datetime, criteria.requested),
        *_in_period(ServiceRequest.updated_datetime, criteria.updated),
        *_of_work(jurisdiction, criteria),
    ]


def _of_what_it_is(jurisdiction: Scope, criteria: Criteria) -> Iterator[Condition]:
    id_ = jurisdiction.jurisdiction_id
    if criteria.ids:
        current = find_current_ids(jurisdiction, criteria.ids).values()
        yield is_any_of(ServiceRequest.service_request_id, [*criteria.ids, *current])
    if criteria.text:
        yield has_text(id_, criteria.text)
    if criteria.statuses:
        yield has_status(criteria.statuses)
    if criteria.detailed_statuses:
        yield is_any_of(ServiceRequest.detailed_status, criteria.detailed_statuses)
    if criteria.services:
        yield is_of_service(id_, criteria.services)
    if criteria.groups:
        yield is_of_group(id_, criteria.groups)
    if criteria.departments:
        ids = find_department_ids(id_, criteria.departments)
        yield _is_one_of(ServiceRequest.department_id, ids)


def _of_places(jurisdiction: Scope, criteria: Criteria) -> Iterator[Condition]:
    layers = dict.fromkeys(one.layer for one in criteria.boundaries)
    for layer in layers:
        same = [one for one in criteria.boundaries if one.layer == layer]
        yield is_in_boundary(jurisdiction.jurisdiction_id, same)
    if criteria.box is not None:
        yield is_in_box(ServiceRequest.location, criteria.box)
    if criteria.circle is not None:
        yield is_within(ServiceRequest.location, criteria.circle.center, criteria.circle.meters)
    if criteria.area is not None:
        yield is_in_area(ServiceRequest.location, criteria.area)


def _of_work(jurisdiction: Scope, criteria: Criteria) -> Iterator[Condition]:
    if not criteria.due.is_always:
        yield is_open()
        yield from _in_period(ServiceRequest.expected_datetime, criteria.due)
    if criteria.assigned_to:
        yield _is_assigned_to(jurisdiction.jurisdiction_id, criteria.assigned_to)
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
            yield condition() if wanted else not_(func.coalesce(condition(), False))


def is_any_of(column: Any, values: Sequence[str]) -> Condition:
    """Compare a column with one array parameter, where IN would have one for each value."""
    condition: Condition = column == any_(literal(list(values), ARRAY(String)))
    return condition


def _is_one_of(column: Any, ids: Sequence[int]) -> Condition:
    condition: Condition = column == func.any(literal(list(ids), ARRAY(Integer)))
    return condition


def _in_period(column: Any, period: Period) -> Iterator[Condition]:
    if period.begin is not None:
        yield column >= period.begin
    if period.end is not None:
        yield column <= period.end


def has_status(statuses: Sequence[str]) -> Condition:
    """Compare with detailed statuses; open and closed include all statuses of their kind."""
    condition = is_any_of(ServiceRequest.status, statuses)
    if set(statuses) <= set(STANDARD_STATUSES):
        return condition
    return or_(condition, is_any_of(ServiceRequest.detailed_status, statuses))


def is_of_service(jurisdiction_id: str, codes: Sequence[str]) -> Condition:
    """Return the condition that a service has one of these codes."""
    return _is_one_of(ServiceRequest.service_id, find_service_ids(jurisdiction_id, codes))


def is_of_group(jurisdiction_id: str, groups: Sequence[str]) -> Condition:
    """Return the condition that a service is in one of these groups."""
    ids = db.session.scalars(
        select(Service.id).where(
            Service.jurisdiction_id == jurisdiction_id, is_any_of(Service.group, groups)
        )
    )
    return _is_one_of(ServiceRequest.service_id, list(ids))


def is_in_boundary(jurisdiction_id: str, boundaries: Sequence[BoundaryCode]) -> Condition:
    """Return the condition that a service request is in one of these boundaries of one layer."""
    layer, codes = boundaries[0].layer, [one.code for one in boundaries]
    ids = db.session.scalars(
        select(Boundary.id)
        .join(BoundaryLayer, BoundaryLayer.id == Boundary.layer_id)
        .where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id,
            BoundaryLayer.code == layer,
            is_any_of(Boundary.code, codes),
        )
    )
    return ServiceRequest.pk.in_(
        select(ServiceRequestBoundary.service_request_pk).where(
            _is_one_of(ServiceRequestBoundary.boundary_id, list(ids))
        )
    )


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
    of_closed = entries.where(TriageEntry.reason.in_(OF_CLOSED_REQUESTS))
    return or_(
        and_(ServiceRequest.status == OPEN, ServiceRequest.pk.in_(entries)),
        ServiceRequest.pk.in_(of_closed),
    )


def awaits_approval() -> Condition:
    """Return the condition that it is held for approval."""
    return and_(ServiceRequest.service_request_id.is_(None), ServiceRequest.token.is_not(None))
