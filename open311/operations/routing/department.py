"""Manual departments: transfer, pin, unpin, and acknowledge a service request."""

from dataclasses import replace
from datetime import UTC, datetime

from geo.routing.decide import SET_MANUALLY
from open311.errors import Conflict, InvalidParameters
from open311.messages.routing import (
    ALREADY_ACKNOWLEDGED,
    DEPARTMENT_LOCKED,
    DEPARTMENT_NOT_LOCKED,
    SAME_DEPARTMENT,
    TRANSFER_REASON,
)
from open311.operations.transaction import operation
from open311.queries.catalog.departments import DepartmentInfo, get_department
from open311.queries.jurisdictions import Scope
from open311.queries.routing.stored import Routed, get_routed
from open311.steps.requests.once import claim_once, settle_once
from open311.steps.routing.store import (
    StepTarget,
    add_routing_step,
    flag_if_often_handed_over,
    lock_routed,
    store_columns,
    store_route_again,
)
from open311.steps.telling.staff import store_for_department
from open311.steps.values.once import Once
from schemas.vocabulary.notices import HANDED_OVER
from schemas.vocabulary.steps import ACKNOWLEDGED, ROUTING, TRANSFERRED


@operation
def hand_over(
    jurisdiction: Scope,
    service_request_id: str,
    department: str,
    reason: str,
    made_by: str,
    seen: int | None = None,
) -> Routed:
    """Transfer a service request to another department, by code, with a reason.

    The department is set manually: automatic routing does not change it. Raises NotFound, Gone,
    Conflict if it is there already, InvalidParameters without a reason, and ChangedMeanwhile if
    another change was made after seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    target = get_department(jurisdiction.jurisdiction_id, department)
    if not reason.strip():
        raise InvalidParameters(TRANSFER_REASON, field="reason")
    if target.id == routed.department_id:
        raise Conflict(
            SAME_DEPARTMENT, field="department", id=service_request_id, department=target.name
        )
    _settle(jurisdiction, routed, target, "handed_over", reason.strip(), made_by)
    flag_if_often_handed_over(jurisdiction, routed)
    return get_routed(jurisdiction, service_request_id)


@operation
def pin(
    jurisdiction: Scope, service_request_id: str, department: str | None, made_by: str
) -> Routed:
    """Set the department manually, the current one if None: routing does not change it."""
    routed = lock_routed(jurisdiction, service_request_id)
    here = DepartmentInfo(routed.department_id, routed.department)
    target = get_department(jurisdiction.jurisdiction_id, department) if department else here
    if routed.pinned and target.id == routed.department_id:
        raise Conflict(DEPARTMENT_LOCKED, id=service_request_id)
    _settle(jurisdiction, routed, target, "pinned", SET_MANUALLY, made_by)
    return get_routed(jurisdiction, service_request_id)


@operation
def unpin(
    jurisdiction: Scope, service_request_id: str, made_by: str, seen: int | None = None
) -> Routed:
    """Return to automatic routing, which runs at once.

    Raises Conflict if the department is not set manually, and ChangedMeanwhile if another change
    was made after seen.
    """
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if not routed.pinned:
        raise Conflict(DEPARTMENT_NOT_LOCKED, id=service_request_id)
    free = replace(routed, pinned=False)
    store_route_again(jurisdiction, free, routed.question, "unpinned", made_by, {}, pinned=False)
    return get_routed(jurisdiction, service_request_id)


@operation
def take_on(
    jurisdiction: Scope,
    service_request_id: str,
    made_by: str,
    seen: int | None = None,
    once: Once | None = None,
) -> Routed:
    """Acknowledge a service request for its department; raises DoneBefore as claim_once."""
    claim_once(once)
    routed = lock_routed(jurisdiction, service_request_id, seen)
    if routed.accepted_at is not None:
        raise Conflict(ALREADY_ACKNOWLEDGED, department=routed.department, id=service_request_id)
    _add_step(jurisdiction, routed, "accepted", routed.department_id, "", made_by)
    store_columns(routed, ACKNOWLEDGED, accepted_at=datetime.now(UTC))
    settle_once(once, routed.pk)
    return get_routed(jurisdiction, service_request_id)


def _settle(
    jurisdiction: Scope,
    routed: Routed,
    target: DepartmentInfo,
    kind: str,
    reason: str,
    made_by: str,
) -> None:
    step_id = _add_step(jurisdiction, routed, kind, target.id, reason, made_by)
    if target.id == routed.department_id:
        store_columns(routed, ROUTING, pinned=True)
        return
    store_columns(
        routed,
        TRANSFERRED,
        department_id=target.id,
        routing_rule_id=None,
        routing_reason=f"{made_by}: {reason}",
        pinned=True,
        accepted_at=None,
        assigned_user_id=None,
    )
    store_for_department(jurisdiction, routed.pk, HANDED_OVER, target.id, step_id)


def _add_step(
    jurisdiction: Scope,
    routed: Routed,
    kind: str,
    to_department_id: int,
    reason: str,
    made_by: str,
) -> int:
    stays = to_department_id == routed.department_id
    rule_id = routed.rule_id if stays else None
    target = StepTarget(department_id=to_department_id, rule_id=rule_id, reason=reason)
    return add_routing_step(jurisdiction, routed, kind, target, made_by)
