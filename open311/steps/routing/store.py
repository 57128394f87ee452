"""Storage of routing decisions, with each step between departments."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from geo.routing.borders import ASSUMED_ACCURACY
from geo.routing.decide import SET_MANUALLY, Decision
from open311.database import db, table
from open311.models import RoutingStep, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.routing.carry_overs import list_places
from open311.queries.routing.decide import Routing, RoutingCase, read_routing
from open311.queries.routing.neighbors import find_neighbors, is_near, list_near_borders
from open311.queries.routing.stored import Routed, get_routed
from open311.steps.forwarding.store import store_forwardings
from open311.steps.requests.history import add_status_change
from open311.steps.requests.lock import lock_service_request
from open311.steps.requests.triage import review_reasons, store_reasons, store_triage
from open311.steps.routing.places import replace_places
from open311.steps.telling.staff import store_for_department
from schemas.vocabulary.notices import NEW
from schemas.vocabulary.steps import ACKNOWLEDGED, PUBLIC_STEPS, ROUTING, TRANSFERRED


@dataclass(frozen=True, kw_only=True)
class StateBefore:
    """The state of a service request before a step; places are rows as stored."""

    pk: int
    department_id: int
    routing_rule_id: int | None
    routing_reason: str
    accepted_at: datetime | None
    near_border: bool
    places: list[dict[str, Any]]

    @property
    def before(self) -> dict[str, Any]:
        """The values that a step may replace, for undo."""
        return {
            "department_id": self.department_id,
            "routing_rule_id": self.routing_rule_id,
            "routing_reason": self.routing_reason,
            "accepted_at": self.accepted_at.isoformat() if self.accepted_at else None,
            "near_border": self.near_border,
            "places": self.places,
        }


def standing_of(row: Any, places: list[dict[str, Any]]) -> StateBefore:
    """Return the state of a service request from a row with its columns by name."""
    columns = (field.name for field in fields(StateBefore) if field.name != "places")
    return StateBefore(**{name: getattr(row, name) for name in columns}, places=places)


@dataclass(frozen=True, kw_only=True)
class StepOrigin:
    """The kind (of ROUTING_STEPS), author, time, and rerouting of a step."""

    jurisdiction_id: str
    kind: str
    made_by: str
    made_at: datetime
    carry_over_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class StepTarget:
    """The department of a step, its rule if any, and the reason."""

    department_id: int
    rule_id: int | None
    reason: str


def target_of(decision: Decision) -> StepTarget:
    return StepTarget(
        department_id=decision.department_id,
        rule_id=decision.rule.rule_id if decision.rule else None,
        reason=decision.reason,
    )


def step_row(
    making: StepOrigin, standing: StateBefore, target: StepTarget, **before: Any
) -> dict[str, Any]:
    """Return the row of a step; before holds more values that it replaces."""
    return {
        **vars(making),
        "service_request_pk": standing.pk,
        "from_department_id": standing.department_id,
        "from_rule_id": standing.routing_rule_id,
        "to_department_id": target.department_id,
        "to_rule_id": target.rule_id,
        "reason": target.reason,
        "before": {**standing.before, **before},
    }


OFTEN = 3
"""Number of transfers after which staff should review a service request."""


def store_decision(
    jurisdiction: Scope,
    routed: Routed,
    routing: Routing,
    kind: str,
    **columns: Any,
) -> None:
    """Store a new routing decision and new boundaries for a service request.

    kind, one of STEP_CODES, is that of the step in the history, which incremental sync needs.
    columns are other columns that change with it. A manual department stays.
    """
    accuracy = routed.accuracy_meters or ASSUMED_ACCURACY
    decision = routing.decision
    neighbors = find_neighbors(jurisdiction, routing)
    borders = list_near_borders(jurisdiction, routing, neighbors, accuracy)
    if not routed.pinned:
        columns |= {
            "department_id": decision.department_id,
            "routing_rule_id": decision.rule.rule_id if decision.rule else None,
            "routing_reason": decision.reason,
        }
        if decision.department_id != routed.department_id:
            columns |= {"accepted_at": None, "assigned_user_id": None}
            kind = TRANSFERRED if kind == ROUTING else kind
    columns |= {"near_border": is_near(borders), "outside_meters": routing.ground.outside_meters}
    store_columns(routed, kind, **columns)
    replace_places(routed.pk, decision.covering, neighbors, accuracy)
    store_reasons(jurisdiction, {routed.pk: review_reasons(borders)}, datetime.now(UTC))


def store_columns(routed: Routed, kind: str, **columns: Any) -> None:
    """Change columns of a service request, with a step of a kind of STEP_CODES in its history.

    A new department forwards it if it does that.
    """
    statement = update(ServiceRequest).where(ServiceRequest.pk == routed.pk)
    db.session.execute(statement.values(**columns))
    now = datetime.now(UTC).replace(microsecond=0)
    department_id = columns.get("department_id", routed.department_id)
    names_it = kind == ACKNOWLEDGED or department_id != routed.department_id
    add_status_change(
        routed.pk,
        routed.detailed_status,
        routed.status_notes,
        now,
        kind=kind,
        department_id=department_id if names_it else None,
        service_id=columns.get("service_id"),
    )
    if department_id != routed.department_id:
        store_forwardings([routed.pk])


def add_routing_step(
    jurisdiction: Scope,
    routed: Routed,
    kind: str,
    target: StepTarget,
    made_by: str,
    before: Mapping[str, object] | None = None,
) -> int:
    """Add a routing step with the values that it replaces, and return its id.

    before holds more of these values.
    """
    standing = StateBefore(
        pk=routed.pk,
        department_id=routed.department_id,
        routing_rule_id=routed.rule_id,
        routing_reason=routed.reason,
        accepted_at=routed.accepted_at,
        near_border=routed.near_border,
        places=list_places(routed.pk),
    )
    making = StepOrigin(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        kind=kind,
        made_by=made_by,
        made_at=datetime.now(UTC),
    )
    row = step_row(making, standing, target, **(before or {}))
    statement = insert(table(RoutingStep)).values(row).returning(table(RoutingStep).c.id)
    return int(db.session.execute(statement).scalar_one())


def flag_if_often_handed_over(jurisdiction: Scope, routed: Routed) -> None:
    """Queue a service request that was transferred often; call it after adding the transfer."""
    handed_over = select(func.count()).where(
        RoutingStep.service_request_pk == routed.pk, RoutingStep.kind == "handed_over"
    )
    times = db.session.scalar(handed_over) or 0
    if times >= OFTEN:
        detail = f"transferred {times} times"
        store_triage(jurisdiction, routed.pk, "handed_over_often", detail, datetime.now(UTC))


def lock_routed(jurisdiction: Scope, service_request_id: str, seen: int | None = None) -> Routed:
    """Lock a service request until the commit, and return its routing state.

    Raises NotFound, Gone, and ChangedMeanwhile as lock_service_request does.
    """
    lock_service_request(jurisdiction, service_request_id, seen=seen)
    return get_routed(jurisdiction, service_request_id)


def store_route_again(
    jurisdiction: Scope,
    routed: Routed,
    question: RoutingCase,
    kind: str,
    made_by: str,
    before: Mapping[str, object],
    **columns: object,
) -> None:
    """Route a service request for a routing case, and store the step, of a kind of ROUTING_STEPS.

    columns are other columns that change with it. Raises OutsideServiceArea.
    """
    routing = read_routing(jurisdiction, question)
    goes = not routed.pinned
    add_routing_step(
        jurisdiction,
        routed,
        kind,
        target_of(routing.decision) if goes else _stays(routed),
        made_by,
        before,
    )
    public = kind if kind in PUBLIC_STEPS else ROUTING
    store_decision(jurisdiction, routed, routing, public, **columns)
    department_id = routing.decision.department_id
    if goes and department_id != routed.department_id:
        store_for_department(jurisdiction, routed.pk, NEW, department_id)


def _stays(routed: Routed) -> StepTarget:
    return StepTarget(
        department_id=routed.department_id, rule_id=routed.rule_id, reason=SET_MANUALLY
    )
