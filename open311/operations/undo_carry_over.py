"""Putting back what a carry-over has moved."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from open311.database import db
from open311.models import CarryOver, RoutingStep, ServiceRequest, StatusChange
from open311.operations.lock_changes import lock_changes
from open311.operations.store_many import add_rows, seen_again, store_replaced_places
from open311.queries.carry_overs import get_carry_over, list_steps_to_undo
from open311.queries.jurisdictions import JurisdictionInfo


def undo_carry_over(jurisdiction: JurisdictionInfo, number: int, made_by: str) -> tuple[int, int]:
    """Put back what a carry-over moved; give how many were put back, and how many were left.

    Left are those that have gone another step since. Raises NotFound and Conflict.
    """
    get_carry_over(jurisdiction.jurisdiction_id, number)
    lock_changes(jurisdiction)
    now = datetime.now(UTC).replace(microsecond=0)
    steps, left = list_steps_to_undo(number)
    for step in steps:
        before = step.before
        columns = {
            name: before[name] for name in ("department_id", "routing_rule_id", "routing_reason")
        }
        accepted_at = before["accepted_at"] and datetime.fromisoformat(before["accepted_at"])
        db.session.execute(
            update(ServiceRequest)
            .where(ServiceRequest.pk == step.pk)
            .values(**columns, accepted_at=accepted_at, near_border=before["near_border"])
        )
    pks = [step.pk for step in steps]
    places = [
        {"service_request_pk": step.pk, **place}
        for step in steps
        for place in step.before["places"]
    ]
    store_replaced_places(pks, places)
    add_rows(RoutingStep, [_undone(jurisdiction, step, number, made_by, now) for step in steps])
    add_rows(StatusChange, [seen_again(step, now) for step in steps])
    db.session.execute(
        update(CarryOver).where(CarryOver.id == number).values(undone_at=now, undone_by=made_by)
    )
    db.session.commit()
    return len(steps), left


def _undone(
    jurisdiction: JurisdictionInfo, step: Any, number: int, made_by: str, now: datetime
) -> dict[str, Any]:
    return {
        "service_request_pk": step.pk,
        "jurisdiction_id": jurisdiction.jurisdiction_id,
        "kind": "undone",
        "from_department_id": step.to_department_id,
        "to_department_id": step.before["department_id"],
        "from_rule_id": step.to_rule_id,
        "to_rule_id": step.before["routing_rule_id"],
        "reason": step.before["routing_reason"],
        "before": {},
        "made_at": now,
        "made_by": made_by,
        "carry_over_id": number,
    }
