"""Stored routing of service requests, and their later steps."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, bindparam, func, select
from sqlalchemy.orm import aliased

from geo.coordinates import Point
from geo.routing.borders import accepted_again
from open311.database import db
from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import Department, RoutingRule, RoutingStep, Service, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import gone, known_as, of_jurisdiction, submitted
from open311.queries.routing.decide import RoutingCase
from open311.queries.together import RowsAsJson
from open311.statements import Statement

CHOSEN = ("handed_over", "pinned")
"""Kinds of steps in which a person selects the department."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step from department to department. made_at is in UTC.

    service_code, location (a point in EWKT), address, and answers by code are what the step
    replaced, if it did.
    """

    kind: str
    from_department: str
    to_department: str
    reason: str
    made_at: datetime
    made_by: str
    service_code: str | None
    location: str | None
    address: str | None
    answers: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Routed:
    """The stored routing of a service request; rule is the code of the rule that decided, if any.

    service_request_id is the name used in the HTTP request; public_name is the request number, or
    the token until there is one.
    """

    pk: int
    service_request_id: str
    public_name: str
    has_number: bool
    service_id: int
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
    accuracy_meters: float | None
    outside_meters: float | None
    address_string: str
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
    rows = db.session.execute(_select(jurisdiction, service_request_id)).all()
    return _routed(service_request_id, rows)


@dataclass(frozen=True)
class Shown:
    """Other columns of a service request, by name. Equal keys mean equal columns."""

    key: Hashable
    columns: Mapping[str, ColumnElement[Any]] = field(compare=False)


def read_routed(
    jurisdiction: Scope, service_request_id: str, shown: Shown
) -> tuple[Routed, dict[str, Any]]:
    """Return the same with other columns, by one statement outside of any transaction."""
    statement = _with_columns(jurisdiction, shown)
    rows = statement.read({"id": service_request_id})
    routed = _routed(service_request_id, rows)
    return routed, dict(zip(shown.columns, rows[0][-len(shown.columns) :], strict=True))


@lru_cache
def _with_columns(jurisdiction: Scope, shown: Shown) -> Statement:
    rows = _select(jurisdiction, bindparam("id", type_=String))
    return Statement(rows.add_columns(*shown.columns.values()), prepared=True)


_STORED = (
    *("pk", "service_id", "department_id", "pinned", "near_border", "accepted_at"),
    *("assigned_user_id", "duplicate_of_pk", "continues_pk", "waits_since", "public"),
    *("accuracy_meters", "outside_meters", "status", "detailed_status", "status_notes"),
    "expected_datetime",
    *("change_number", "address_string"),
)
"""Columns of service requests that are attributes of Routed, with the same names."""

_left, _entered = aliased(Department), aliased(Department)

_STEPS = RowsAsJson(
    select(
        RoutingStep.kind,
        _left.name.label("from_department"),
        _entered.name.label("to_department"),
        RoutingStep.reason,
        RoutingStep.made_at,
        RoutingStep.made_by,
        RoutingStep.before["service_code"].astext.label("service_code"),
        RoutingStep.before["location"].astext.label("location"),
        RoutingStep.before["address"].astext.label("address"),
        RoutingStep.before["answers"].label("answers"),
    )
    .join(_left, _left.id == RoutingStep.from_department_id)
    .join(_entered, _entered.id == RoutingStep.to_department_id)
    .where(RoutingStep.service_request_pk == ServiceRequest.pk)
    .order_by(RoutingStep.id)
    .correlate(ServiceRequest)
)

_COLUMNS: Mapping[str, Any] = {
    **{name: getattr(ServiceRequest, name) for name in _STORED},
    "has_number": ServiceRequest.service_request_id.is_not(None),
    "public_name": func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token, ""),
    "department": Department.name,
    "rule": RoutingRule.code,
    "rule_id": ServiceRequest.routing_rule_id,
    "reason": ServiceRequest.routing_reason,
    "service_type": Service.type,
    "expected_days": Service.expected_days,
    "steps": _STEPS.column,
    "service_code": Service.service_code,
    "group": Service.group,
    "lat": func.ST_Y(ServiceRequest.location, type_=Float),
    "long": func.ST_X(ServiceRequest.location, type_=Float),
    "at": submitted(),
    "answers": ServiceRequest.answers,
    "withdrawn_at": ServiceRequest.withdrawn_at,
}


def _select(jurisdiction: Scope, service_request_id: Any) -> Select[Any]:
    return (
        select(*_COLUMNS.values())
        .select_from(ServiceRequest)
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .outerjoin(RoutingRule, RoutingRule.id == ServiceRequest.routing_rule_id)
        .where(of_jurisdiction(jurisdiction), known_as(service_request_id))
    )


def _routed(service_request_id: str, rows: Sequence[Sequence[Any]]) -> Routed:
    """Return the row of _select; raises NotFound and Gone."""
    if not rows:
        raise NotFound(REQUEST_UNKNOWN, id=service_request_id)
    [row] = rows
    stored = dict(zip(_COLUMNS, row, strict=False))
    if stored.pop("withdrawn_at") is not None:
        raise gone(service_request_id)
    steps = tuple(Step(**step._asdict()) for step in _STEPS.rows(stored.pop("steps")))
    lat, long = stored.pop("lat"), stored.pop("long")
    question = RoutingCase(
        point=None if lat is None else Point(lat=lat, long=long),
        tolerance=accepted_again(stored["outside_meters"]),
        **{name: stored.pop(name) for name in ("service_code", "group", "at", "answers")},
    )
    return Routed(service_request_id=service_request_id, question=question, steps=steps, **stored)
