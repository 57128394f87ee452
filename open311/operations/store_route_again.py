"""Routing a stored service request again: locked, decided, stored; the caller commits."""

from collections.abc import Mapping

from geo.routing import SET_MANUALLY
from open311.operations.lock_service_request import lock_service_request
from open311.operations.routing_steps import Target, target_of
from open311.operations.store_routing import add_routing_step, store_decision
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routed import Routed, get_routed
from open311.queries.routing import Question, route


def lock_routed(
    jurisdiction: JurisdictionInfo, service_request_id: str, seen: int | None = None
) -> Routed:
    """Lock a service request until the commit, and give how it is routed.

    Raises NotFound, Gone, and ChangedMeanwhile as lock_service_request does.
    """
    lock_service_request(jurisdiction, service_request_id, seen=seen)
    return get_routed(jurisdiction, service_request_id)


def store_route_again(
    jurisdiction: JurisdictionInfo,
    routed: Routed,
    question: Question,
    kind: str,
    made_by: str,
    before: Mapping[str, object],
    **columns: object,
) -> None:
    """Route a service request by a question, and store the step with what it replaced.

    columns are others of the service request that change with it. Raises OutsideServiceArea.
    """
    decision = route(jurisdiction, question)
    goes = not routed.pinned
    add_routing_step(
        jurisdiction,
        routed,
        kind,
        target_of(decision) if goes else _stays(routed),
        made_by,
        before,
    )
    store_decision(jurisdiction, routed, question, decision, **columns)


def _stays(routed: Routed) -> Target:
    return Target(department_id=routed.department_id, rule_id=routed.rule_id, reason=SET_MANUALLY)
