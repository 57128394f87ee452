"""Putting back what a carry-over has moved."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from open311.database import db
from open311.models import CarryOver, RoutingStep, ServiceRequest, StatusChange
from open311.operations.lock_changes import lock_changes
from open311.operations.routing_steps import Making, Target, standing_of, step_row
from open311.operations.store_many import add_rows, seen_again, store_replaced_places
from open311.queries.carry_overs import get_carry_over, list_steps_to_undo
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.placed import list_places_of


def undo_carry_over(jurisdiction: JurisdictionInfo, number: int, made_by: str) -> tuple[int, int]:
    """Put back what a carry-over moved; give how many were put back, and how many were left.

    Left are those that have gone another step since. Raises NotFound and Conflict.
    """
    get_carry_over(jurisdiction.jurisdiction_id, number)
    lock_changes(jurisdiction)
    now = datetime.now(UTC).replace(microsecond=0)
    steps, left = list_steps_to_undo(number)
    if steps:
        db.session.execute(update(ServiceRequest), [_columns(step) for step in steps])
    pks = [step.pk for step in steps]
    left_places = list_places_of(pks)
    places = [
        {"service_request_pk": step.pk, **place}
        for step in steps
        for place in step.before["places"]
    ]
    store_replaced_places(pks, places)
    making = Making(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        kind="undone",
        made_by=made_by,
        made_at=now,
        carry_over_id=number,
    )
    add_rows(RoutingStep, [_undone(making, step, left_places.get(step.pk, [])) for step in steps])
    add_rows(StatusChange, [seen_again(step, now) for step in steps])
    db.session.execute(
        update(CarryOver).where(CarryOver.id == number).values(undone_at=now, undone_by=made_by)
    )
    db.session.commit()
    return len(steps), left


def _columns(step: Any) -> dict[str, Any]:
    before = step.before
    accepted_at = before["accepted_at"] and datetime.fromisoformat(before["accepted_at"])
    kept = ("department_id", "routing_rule_id", "routing_reason", "near_border")
    columns = {name: before[name] for name in kept}
    return {"pk": step.pk, **columns, "accepted_at": accepted_at, "assigned_user_id": None}


def _undone(making: Making, step: Any, places: list[dict[str, Any]]) -> dict[str, Any]:
    before = step.before
    target = Target(
        department_id=before["department_id"],
        rule_id=before["routing_rule_id"],
        reason=before["routing_reason"],
    )
    return step_row(making, standing_of(step, places), target)
