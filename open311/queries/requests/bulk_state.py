"""Service requests as bulk actions see them: what decides about them, and what undo restores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    any_,
    func,
    literal,
    null,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import (
    Contact,
    RequestTag,
    RoutingStep,
    Service,
    ServiceRequest,
    SiteReport,
    StatusChange,
    Subscription,
    Tag,
    WorkStep,
)
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction, submitted
from open311.queries.search.criteria import Criteria
from open311.queries.search.kept import values_of
from open311.queries.search.terms import terms
from open311.queries.search.visibility import Audience, visible_to
from open311.queries.together import Rows
from schemas.vocabulary.steps import STATUS

State = Mapping[str, Any]
"""Keys and codes of what a bulk action may change. Its names are those of state_of."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A service request that a bulk action may change; name is its number, or else its token.

    language is that of the requester, if it is known. Lists have neither that nor the state.
    """

    pk: int
    name: str
    has_number: bool
    change_number: int
    withdrawn: bool
    department_id: int
    status: str
    detailed_status: str
    status_notes: str
    accepted_at: datetime | None
    assigned_user_id: int | None
    duplicate_of_pk: int | None
    priority: int
    tags: Sequence[str]
    service_id: int
    service_code: str
    service_name: str
    service_type: str
    address: str
    submitted_datetime: datetime
    expected_datetime: datetime | None
    language: str | None
    state: State


def list_found(jurisdiction: Scope, criteria: Criteria, limit: int) -> list[Candidate]:
    """List what staff find, and one more if there are more than a limit.

    Duplicates come first: closing their original would close them, and so change them.
    """
    asked = terms(jurisdiction, criteria)
    found = visible_to(Audience.STAFF, jurisdiction), *(term.build() for term in asked)
    return _in_order(_listed().where(*found).limit(limit + 1), values_of(asked))


def list_named(jurisdiction: Scope, names: Sequence[str]) -> list[Candidate]:
    """List service requests by number or token, in the same order."""
    wanted = _name() == any_(literal(list(names), ARRAY(String)))
    return _in_order(_listed().where(of_jurisdiction(jurisdiction), not_withdrawn(), wanted), {})


def find_candidate(jurisdiction: Scope, pk: int) -> Candidate | None:
    """Find a service request, withdrawn or not."""
    wanted = of_jurisdiction(jurisdiction), ServiceRequest.pk == pk
    columns = _language().label("language"), state_of().label("state")
    statement = _select().add_columns(*columns).where(*wanted)
    row = db.session.execute(statement).mappings().one_or_none()
    return None if row is None else Candidate(**row)


def read_state(pk: int) -> State:
    """Return the present state of a service request, which the caller has locked."""
    state: State = db.session.scalars(select(state_of()).where(ServiceRequest.pk == pk)).one()
    return state


_PART_OF = {
    **dict.fromkeys(("assigned", "released"), "assignee"),
    **dict.fromkeys(("linked", "unlinked"), "duplicate"),
    "prioritized": "priority",
    **dict.fromkeys(("tagged", "untagged"), "tags"),
}
"""The part of a request (CHANGED_PARTS) that each kind of work step changes."""


def list_parts_changed_since(pk: int, state: State) -> set[str]:
    """List the parts of a service request that its history changed after a state, even and back.

    Of the status, the state itself has the last step.
    """
    works = select(WorkStep.kind).where(
        WorkStep.service_request_pk == pk,
        WorkStep.kind.in_(tuple(_PART_OF)),
        # A state that was kept before there was this key cannot tell.
        WorkStep.id > state.get("work_step_id", _NO_STEP_AFTER),
    )
    moves = select(literal("department")).where(
        RoutingStep.service_request_pk == pk,
        RoutingStep.id > state["routing_step_id"],
        or_(
            RoutingStep.from_department_id != RoutingStep.to_department_id,
            RoutingStep.kind.in_(("accepted", "service_changed", "pinned", "unpinned")),
        ),
    )
    return {_PART_OF.get(one, one) for one in db.session.scalars(union(works, moves))}


_NO_STEP_AFTER = 2**63 - 1


def state_of() -> ColumnElement[Any]:
    """Return the state of a service request as JSON, to be selected from the table."""
    mine = ServiceRequest
    columns = (
        *(mine.department_id, mine.pinned, mine.accepted_at, mine.service_id),
        *(mine.assigned_user_id, mine.duplicate_of_pk, mine.priority),
        *(mine.expected_datetime, mine.waits_since),
    )
    parts: dict[str, Any] = {column.key: column for column in columns}
    parts |= {
        "status_change_id": _last(StatusChange, StatusChange.kind == STATUS),
        "routing_step_id": _last(RoutingStep),
        "work_step_id": _last(WorkStep),
        "tags": _tags(RequestTag.tag_id),
        "duplicates": _duplicates(),
    }
    pairs = (part for name, value in parts.items() for part in (literal(name, String), value))
    return func.jsonb_build_object(*pairs, type_=JSONB)


def _listed() -> Rows:
    """Select many requests, without what only their turn needs."""
    nothing = func.jsonb_build_object(type_=JSONB).label("state")
    return _select().add_columns(null().label("language"), nothing)


def _in_order(statement: Rows, values: Mapping[str, Any]) -> list[Candidate]:
    in_order = statement.order_by(ServiceRequest.duplicate_of_pk.is_(None), ServiceRequest.pk)
    return [Candidate(**row) for row in db.session.execute(in_order, values).mappings()]


def _select() -> Rows:
    mine = ServiceRequest
    plain = (
        *(mine.pk, mine.change_number, mine.department_id, mine.status, mine.detailed_status),
        *(mine.status_notes, mine.accepted_at, mine.assigned_user_id, mine.duplicate_of_pk),
        *(mine.priority, mine.service_id, mine.expected_datetime),
        *(Service.service_code, Service.service_name),
    )
    return select(
        *plain,
        _name().label("name"),
        mine.service_request_id.is_not(None).label("has_number"),
        mine.withdrawn_at.is_not(None).label("withdrawn"),
        Service.type.label("service_type"),
        mine.address_string.label("address"),
        submitted().label("submitted_datetime"),
        _tag_names().label("tags"),
    ).join(Service, Service.id == mine.service_id)


def _name() -> ColumnElement[str]:
    return func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token, "")


def _last(model: Any, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    mine = model.service_request_pk == ServiceRequest.pk
    found = select(func.max(model.id)).where(mine, *conditions).correlate(ServiceRequest)
    return func.coalesce(found.scalar_subquery(), literal(0, BigInteger))


def _list(column: Any) -> ColumnElement[Any]:
    return func.jsonb_agg(aggregate_order_by(column, column))


def _tags(column: Any) -> ColumnElement[Any]:
    mine = RequestTag.service_request_pk == ServiceRequest.pk
    ids = select(_list(column)).where(mine).correlate(ServiceRequest)
    return func.coalesce(ids.scalar_subquery(), func.jsonb_build_array())


def _tag_names() -> ColumnElement[Any]:
    names = (
        select(_list(Tag.name))
        .join(RequestTag, RequestTag.tag_id == Tag.id)
        .where(RequestTag.service_request_pk == ServiceRequest.pk)
        .correlate(ServiceRequest)
    )
    return func.coalesce(names.scalar_subquery(), func.jsonb_build_array(), type_=JSONB)


def _duplicates() -> ColumnElement[Any]:
    other = aliased(ServiceRequest)
    pks = select(_list(other.pk)).where(other.duplicate_of_pk == ServiceRequest.pk)
    return func.coalesce(pks.correlate(ServiceRequest).scalar_subquery(), func.jsonb_build_array())


def _language() -> ColumnElement[Any]:
    """Return the language of the intake, or else that of the requester's messages."""
    intake = select(SiteReport.language).where(SiteReport.service_request_pk == ServiceRequest.pk)
    messages = (
        select(func.min(Contact.language))
        .join(Subscription, Subscription.contact_id == Contact.id)
        .where(Subscription.service_request_pk == ServiceRequest.pk, Subscription.is_reporter)
    )
    return func.coalesce(
        *(one.correlate(ServiceRequest).scalar_subquery() for one in (intake, messages))
    )
