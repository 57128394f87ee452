"""A service request that is routed again, and each step on its way, without committing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from geo.borders import ASSUMED_ACCURACY
from geo.routing import Decision
from open311.database import db, table
from open311.models import RoutingStep, ServiceRequest
from open311.operations.routing_steps import Making, Standing, Target, step_row
from open311.operations.status_steps import add_status_change
from open311.operations.store_places import replace_places
from open311.operations.triage import store_near_borders, store_triage
from open311.queries.borders import list_near_borders
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.neighbours import find_neighbours
from open311.queries.placed import list_places
from open311.queries.routed import Routed
from open311.queries.routing import Question

OFTEN = 3
"""Hand-overs after which someone should look why."""


def store_decision(
    jurisdiction: JurisdictionInfo,
    routed: Routed,
    question: Question,
    decision: Decision,
    **columns: Any,
) -> None:
    """Store where a question about a stored service request leads, and its places anew.

    columns are others of the service request that change with it. One that is pinned keeps its
    department. Its history gets a step of the same status, so that its change is seen.
    """
    accuracy = routed.accuracy_metres or ASSUMED_ACCURACY
    neighbours = find_neighbours(jurisdiction, question, decision)
    borders = list_near_borders(jurisdiction, question, decision, neighbours, accuracy)
    if not routed.pinned:
        columns |= {
            "department_id": decision.department_id,
            "routing_rule_id": decision.rule.rule_id if decision.rule else None,
            "routing_reason": decision.reason,
        }
        if decision.department_id != routed.department_id:
            columns |= {"accepted_at": None, "assigned_user_id": None}
    store_columns(routed, near_border=bool(borders), **columns)
    replace_places(routed.pk, decision.hits, neighbours, accuracy)
    store_near_borders(jurisdiction, routed.pk, borders, datetime.now(UTC))


def store_columns(routed: Routed, **columns: Any) -> None:
    """Change columns of a service request, with a step in its history that lets it be seen."""
    statement = update(ServiceRequest).where(ServiceRequest.pk == routed.pk)
    db.session.execute(statement.values(**columns))
    now = datetime.now(UTC).replace(microsecond=0)
    add_status_change(routed.pk, routed.detailed_status, routed.status_notes, now)


def add_routing_step(
    jurisdiction: JurisdictionInfo,
    routed: Routed,
    kind: str,
    target: Target,
    made_by: str,
    before: Mapping[str, object] | None = None,
) -> None:
    """Add a step to the way of a service request, with what it replaces; before is more of that."""
    standing = Standing(
        pk=routed.pk,
        department_id=routed.department_id,
        routing_rule_id=routed.rule_id,
        routing_reason=routed.reason,
        accepted_at=routed.accepted_at,
        near_border=routed.near_border,
        places=list_places(routed.pk),
    )
    making = Making(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        kind=kind,
        made_by=made_by,
        made_at=datetime.now(UTC),
    )
    row = step_row(making, standing, target, **(before or {}))
    db.session.execute(insert(table(RoutingStep)), row)


def flag_if_often_handed_over(jurisdiction: JurisdictionInfo, routed: Routed) -> None:
    """Queue a service request that nobody wants to keep; call it after the hand-over is added."""
    handed_over = select(func.count()).where(
        RoutingStep.service_request_pk == routed.pk, RoutingStep.kind == "handed_over"
    )
    times = db.session.scalar(handed_over) or 0
    if times >= OFTEN:
        detail = f"handed over {times} times"
        store_triage(jurisdiction, routed.pk, "handed_over_often", detail, datetime.now(UTC))
