"""Stored routing of service requests, and their later steps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Float, Select, func, select
from sqlalchemy.orm import aliased

from geo.coordinates import Point
from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import Department, RoutingRule, RoutingStep, Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, known_as, of_jurisdiction
from open311.queries.routing.decide import RoutingCase

CHOSEN = ("handed_over", "pinned")
"""Kinds of steps in which a person selects the department."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step from department to department. made_at is in UTC."""

    kind: str
    from_department: str
    to_department: str
    reason: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, kw_only=True)
class Routed:
    """The stored routing of a service request; rule is the code of the rule that decided, if any.

    service_request_id is the name used in the HTTP request; public_name is the request number, or
    the token until there is one.
    """

    pk: int
    service_request_id: str
    public_name: str
    department_id: int
    department: str
    rule: str | None
    rule_id: int | None
    reason: str
    pinned: bool
    near_border: bool
    accepted_at: datetime | None
    assigned_user_id: int | None
    duplicate_of_pk: int | None
    continues_pk: int | None
    waits_since: datetime | None
    public: bool
    accuracy_metres: float | None
    status: str
    detailed_status: str
    status_notes: str
    service_type: str
    expected_days: float | None
    expected_datetime: datetime | None
    change_number: int
    question: RoutingCase
    steps: tuple[Step, ...]

    @property
    def is_by_person(self) -> bool:
        """Whether a person selected its department."""
        ways = (step for step in reversed(self.steps) if step.from_department != step.to_department)
        last = next(ways, None)
        return last is not None and last.kind in CHOSEN


def get_routed(jurisdiction: Scope, service_request_id: str) -> Routed:
    """Return the stored routing of a request by id or token; raises NotFound and Gone."""
    row = db.session.execute(_select(jurisdiction, service_request_id)).one_or_none()
    if row is None:
        raise NotFound(REQUEST_UNKNOWN, id=service_request_id)
    stored: ServiceRequest = row[0]
    if stored.withdrawn_at is not None:
        raise gone(service_request_id)
    return Routed(
        pk=stored.pk,
        service_request_id=service_request_id,
        department_id=stored.department_id,
        department=row.department,
        rule=row.rule,
        rule_id=stored.routing_rule_id,
        reason=stored.routing_reason,
        pinned=stored.pinned,
        near_border=stored.near_border,
        accepted_at=stored.accepted_at,
        assigned_user_id=stored.assigned_user_id,
        duplicate_of_pk=stored.duplicate_of_pk,
        continues_pk=stored.continues_pk,
        waits_since=stored.waits_since,
        public=stored.public,
        public_name=stored.service_request_id or stored.token or "",
        status=stored.status,
        accuracy_metres=stored.accuracy_metres,
        detailed_status=stored.detailed_status,
        status_notes=stored.status_notes,
        service_type=row.type,
        expected_days=row.expected_days,
        expected_datetime=stored.expected_datetime,
        change_number=stored.change_number,
        question=_question(stored, row),
        steps=_steps(stored.pk),
    )


def _select(jurisdiction: Scope, service_request_id: str) -> Select[Any]:
    return (
        select(
            ServiceRequest,
            Service.service_code,
            Service.group,
            Service.type,
            Service.expected_days,
            Department.name.label("department"),
            RoutingRule.code.label("rule"),
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .outerjoin(RoutingRule, RoutingRule.id == ServiceRequest.routing_rule_id)
        .where(of_jurisdiction(jurisdiction), known_as(service_request_id))
    )


def _question(stored: ServiceRequest, row: Any) -> RoutingCase:
    return RoutingCase(
        service_code=row.service_code,
        group=row.group,
        point=None if row.lat is None else Point(lat=row.lat, long=row.long),
        at=stored.submitted_at or stored.requested_datetime,
        answers=stored.answers,
    )


def _steps(pk: int) -> tuple[Step, ...]:
    left, entered = aliased(Department), aliased(Department)
    rows = db.session.execute(
        select(
            RoutingStep.kind,
            left.name.label("from_department"),
            entered.name.label("to_department"),
            RoutingStep.reason,
            RoutingStep.made_at,
            RoutingStep.made_by,
        )
        .join(left, left.id == RoutingStep.from_department_id)
        .join(entered, entered.id == RoutingStep.to_department_id)
        .where(RoutingStep.service_request_pk == pk)
        .order_by(RoutingStep.id)
    ).mappings()
    return tuple(Step(**row) for row in rows)
