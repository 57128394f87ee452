"""Conditions on the table of service requests.

Codes are replaced by ids first, because PostgreSQL estimates rows better with constants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, aggregate_order_by, array
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import (
    Boundary,
    BoundaryLayer,
    Erasure,
    Hold,
    Moderation,
    RequestTag,
    RoutingStep,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
    Tag,
    TriageEntry,
    User,
)
from open311.queries.catalog.services import find_service_ids
from open311.queries.requests.conditions import is_open
from open311.queries.search.criteria import BoundaryCode
from open311.statements import Statement
from schemas.vocabulary.priorities import RANK_OF
from schemas.vocabulary.tags import normal_tag
from schemas.vocabulary.triage import OF_CLOSED_REQUESTS

Condition = ColumnElement[bool]


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
    found = find_boundary_ids(jurisdiction_id, boundaries)
    condition = is_inside_any if found.overlapping else is_inside
    return condition(literal(found.ids, ARRAY(Integer)))


def is_inside_any(boundary_ids: ColumnElement[Any]) -> Condition:
    """Return the condition that it is in a boundary of an array of ids, of an overlapping layer."""
    mine = ServiceRequestBoundary
    others = select(mine.service_request_pk).where(
        mine.others != literal_column("'{}'"), mine.others.overlap(boundary_ids)
    )
    condition: Condition = or_(is_inside(boundary_ids), ServiceRequest.pk.in_(others))
    return condition


def is_in_overlap() -> Condition:
    """Return the condition that it is in an overlap of a layer that should have none."""
    return exists().where(
        ServiceRequestBoundary.service_request_pk == ServiceRequest.pk,
        ServiceRequestBoundary.others != literal_column("'{}'"),
        ServiceRequestBoundary.layer_id == BoundaryLayer.id,
        ~BoundaryLayer.overlapping,
    )


def is_inside(boundary_ids: ColumnElement[Any]) -> Condition:
    """Return the condition that a service request is in a boundary of an array of ids."""
    return ServiceRequest.pk.in_(
        select(ServiceRequestBoundary.service_request_pk).where(
            ServiceRequestBoundary.boundary_id == any_(boundary_ids)
        )
    )


@dataclass(frozen=True)
class BoundaryIds:
    """Ids of boundaries of one layer, and whether it is overlapping."""

    ids: list[int]
    overlapping: bool


def find_boundary_ids(jurisdiction_id: str, boundaries: Sequence[BoundaryCode]) -> BoundaryIds:
    """Find the ids of boundaries of one layer, of all its sets."""
    layer, codes = boundaries[0].layer, [one.code for one in boundaries]
    statement = (
        select(Boundary.id, BoundaryLayer.overlapping)
        .join(BoundaryLayer, BoundaryLayer.id == Boundary.layer_id)
        .where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id,
            BoundaryLayer.code == layer,
            is_any_of(Boundary.code, codes),
        )
    )
    rows = db.session.execute(statement).all()
    return BoundaryIds([row.id for row in rows], any(row.overlapping for row in rows))


def find_edited(jurisdiction_id: str, begin: datetime, end: datetime | None) -> list[int]:
    """List the keys of service requests whose texts or photos were hidden or erased in a period.

    None is no end. Requests of other jurisdictions may be among those that were hidden.
    """
    values = {"jurisdiction_id": jurisdiction_id, "begin": begin, "end": end}
    return [pk for (pk,) in _edited().read(values)]


@cache
def _edited() -> Statement:
    moment = TIMESTAMP(timezone=True)
    begin = bindparam("begin", type_=moment)
    end = func.coalesce(bindparam("end", type_=moment), literal_column("'infinity'::timestamptz"))
    public = Erasure.counts.has_any(array(["texts", "photos"]))
    hidden = select(Moderation.service_request_pk).where(Moderation.made_at.between(begin, end))
    erased = select(Erasure.service_request_pk).where(
        Erasure.jurisdiction_id == bindparam("jurisdiction_id"),
        Erasure.service_request_pk.is_not(None),
        Erasure.erased_at.between(begin, end),
        public,
    )
    return Statement(hidden.union(erased), prepared=True)


def find_assignee_ids(jurisdiction_id: str, names: Sequence[str]) -> list[int]:
    """List the ids of users by name; unknown names are ignored."""
    statement = select(User.id).where(
        User.jurisdiction_id == jurisdiction_id, is_any_of(User.name, names)
    )
    return list(db.session.scalars(statement))


def ranks_of(priorities: Sequence[str]) -> list[int]:
    """List the ranks of priorities by code; unknown codes are ignored."""
    return [RANK_OF[one] for one in priorities if one in RANK_OF]


def has_priority(priorities: Sequence[str]) -> Condition:
    """Return the condition that it has one of these priorities."""
    return _is_one_of(ServiceRequest.priority, ranks_of(priorities))


def find_tag_ids(jurisdiction_id: str, names: Sequence[str]) -> list[int]:
    """List the ids of tags by name, however it is written; unknown names are ignored."""
    statement = select(Tag.id).where(
        Tag.jurisdiction_id == jurisdiction_id,
        is_any_of(Tag.name, [normal_tag(one) for one in names]),
    )
    return list(db.session.scalars(statement))


def is_tagged(tag_ids: ColumnElement[Any]) -> Condition:
    """Return the condition that it has a tag of an array of ids."""
    tagged = select(RequestTag.service_request_pk).where(RequestTag.tag_id == any_(tag_ids))
    return ServiceRequest.pk.in_(tagged)


def tags_of() -> ColumnElement[Any]:
    """Return its tags as a text, with commas between them; null if it has none."""
    names = func.string_agg(Tag.name, aggregate_order_by(literal(", "), Tag.name))
    mine = RequestTag.service_request_pk == ServiceRequest.pk
    found = select(names).join(RequestTag, RequestTag.tag_id == Tag.id).where(mine)
    return found.correlate(ServiceRequest).scalar_subquery()


def is_overdue() -> Condition:
    """Return the condition that it is open, past due, and not on hold; null if it is never due."""
    return and_(is_open(), ~is_on_hold(), ServiceRequest.expected_datetime < func.now())


def is_on_hold() -> Condition:
    """Return the condition that it waits for the requester."""
    return ServiceRequest.waits_since.is_not(None)


def is_new() -> Condition:
    """Return the condition that it is open, and nobody has looked at it (Criteria.new)."""
    return and_(
        is_open(),
        ServiceRequest.accepted_at.is_(None),
        ServiceRequest.assigned_user_id.is_(None),
        ServiceRequest.first_viewed_at.is_(None),
    )


def is_unassigned() -> Condition:
    """Return the condition that it is open, and has no assignee."""
    return and_(is_open(), ServiceRequest.assigned_user_id.is_(None))


def is_near_boundary() -> Condition:
    """Return the condition that another boundary is nearer than the location is accurate."""
    return and_(ServiceRequest.near_border)  # as in the index


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
    still_open = aliased(ServiceRequest)
    of_open = entries.join(still_open, still_open.pk == TriageEntry.service_request_pk).where(
        still_open.status == literal_column("'open'")
    )
    # PostgreSQL begins with the entries that apply, which are few: with an OR of two conditions it
    # reads all requests.
    return ServiceRequest.pk.in_(union_all(of_open, of_closed))


def awaits_approval() -> Condition:
    """Return the condition that it is held for approval."""
    return and_(ServiceRequest.service_request_id.is_(None), ServiceRequest.token.is_not(None))


def held_since() -> ColumnElement[Any]:
    """Return since when it is not public until staff have looked at it; null if it is not held."""
    waiting = select(func.min(Hold.held_at)).where(
        Hold.service_request_pk == ServiceRequest.pk,
        Hold.outcome.is_(None),
        ServiceRequest.public.is_(False),
    )
    return waiting.correlate(ServiceRequest).scalar_subquery()


def is_held() -> Condition:
    """Return the condition that it is not public until staff have looked at it."""
    waiting = select(Hold.service_request_pk).where(Hold.outcome.is_(None))
    return and_(ServiceRequest.public.is_(False), ServiceRequest.pk.in_(waiting))
