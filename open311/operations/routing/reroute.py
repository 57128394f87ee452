"""Reroute open service requests by current rules and boundaries, and undo it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from geo.routing.borders import ASSUMED_ACCURACY, Neighbor
from geo.routing.decide import Decision
from open311.database import db
from open311.models import CarryOver, RoutingStep, ServiceRequest, StatusChange
from open311.operations.transaction import operation
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.requests.conditions import still_open
from open311.queries.routing.carry_overs import (
    STANDING,
    get_carry_over,
    list_due,
    list_places_of,
    list_steps_to_undo,
)
from open311.queries.routing.neighbors import NearBorder, is_near, list_near_borders
from open311.queries.routing.reroute import Rerouted, reroute
from open311.steps.forwarding.store import store_forwardings
from open311.steps.requests.lock import lock_all
from open311.steps.requests.triage import review_reasons, store_reasons
from open311.steps.routing.places import place_rows, seen_again, store_changed_places
from open311.steps.routing.store import StepOrigin, StepTarget, standing_of, step_row, target_of
from open311.steps.rows import add_rows, change_rows
from schemas.vocabulary.steps import TRANSFERRED


@dataclass(frozen=True)
class CarriedOver:
    """The number of a rerouting, and how many service requests it moved."""

    number: int
    moved: int


@dataclass(frozen=True)
class _Move:
    """The rows to write for one rerouted service request."""

    found: Rerouted
    decision: Decision
    neighbors: tuple[Neighbor, ...]
    borders: Sequence[NearBorder]


@operation
def carry_over(
    jurisdiction: Scope, made_by: str, boundary_set_id: int | None = None
) -> CarriedOver:
    """Reroute open service requests with current boundaries; store those that move.

    Those with a manual department stay. boundary_set_id is the boundary set that causes the
    rerouting. Reads and decisions come before the locks that changes wait for. Service requests
    that change between the two are routed once more when they are locked.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    maps = Maps(now.astimezone(jurisdiction.zone).date())
    moves = _find_moves(jurisdiction, maps, still_open())
    rows = _lock(list(moves))
    changed = [row.pk for row in rows if row.change_number != moves[row.pk].found.change_number]
    if changed:
        again = _find_moves(jurisdiction, maps, ServiceRequest.pk.in_(changed))
        moves = {pk: move for pk, move in moves.items() if pk not in changed} | again
        rows = [row for row in rows if row.pk in moves]
    number = _add_carry_over(jurisdiction, made_by, boundary_set_id, now)
    making = StepOrigin(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        kind="carried_over",
        made_by=made_by,
        made_at=now,
        carry_over_id=number,
    )
    _write(jurisdiction, making, rows, moves)
    return CarriedOver(number, len(rows))


def carry_over_due(jurisdiction: Scope) -> int:
    """Reroute for each current set that was published with carry_over; return their number."""
    today = jurisdiction.today()
    due = list_due(jurisdiction.jurisdiction_id, today)
    return sum(carry_over(jurisdiction, by, set_id).moved for set_id, by in due)


def _add_carry_over(
    jurisdiction: Scope, made_by: str, boundary_set_id: int | None, now: datetime
) -> int:
    statement = insert(CarryOver).values(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        boundary_set_id=boundary_set_id,
        made_at=now,
        made_by=made_by,
    )
    return db.session.execute(statement.returning(CarryOver.id)).scalar_one()


def _find_moves(jurisdiction: Scope, maps: Maps, scope: ColumnElement[bool]) -> dict[int, _Move]:
    """Find the service requests in scope that would change department, by pk."""
    names = list_department_names(jurisdiction.jurisdiction_id)
    return {
        one.pk: _move(jurisdiction, one, names)
        for one in reroute(jurisdiction, maps, scope).moves
        if not one.pinned
    }


def _move(jurisdiction: Scope, one: Rerouted, names: Mapping[int, str]) -> _Move:
    neighbors = one.neighbors
    borders = list_near_borders(jurisdiction, one.routing, neighbors, _accuracy(one), names)
    return _Move(one, one.decision, neighbors, borders)


def _write(
    jurisdiction: Scope, making: StepOrigin, rows: Sequence[Any], moves: Mapping[int, _Move]
) -> None:
    """Write the moves of locked service requests; rows are their states, moves are by pk."""
    pks = [row.pk for row in rows]
    places = list_places_of(pks)
    # With the time of the step, which the trigger of the history then finds in place.
    seen = {"updated_datetime": making.made_at}
    change_rows(ServiceRequest, [_change(moves[pk]) | seen for pk in pks])
    store_changed_places(places, {pk: _places(moves[pk]) for pk in pks})
    steps = [
        step_row(
            making, standing_of(row, places.get(row.pk, [])), target_of(moves[row.pk].decision)
        )
        for row in rows
    ]
    add_rows(RoutingStep, steps)
    moved = [
        seen_again(row, making.made_at, TRANSFERRED, moves[row.pk].decision.department_id)
        for row in rows
    ]
    add_rows(StatusChange, moved)
    store_forwardings(pks)
    reasons = {pk: review_reasons(moves[pk].borders) for pk in pks}
    store_reasons(jurisdiction, reasons, making.made_at)


def _lock(pks: Sequence[int]) -> Sequence[Any]:
    """Lock the service requests that may still move, and return their state."""
    return db.session.execute(
        select(*STANDING, ServiceRequest.change_number)
        .where(ServiceRequest.pk.in_(pks), ~ServiceRequest.pinned, still_open())
        .order_by(ServiceRequest.pk)
        .with_for_update()
    ).all()


def _accuracy(one: Rerouted) -> float:
    return one.accuracy_meters or ASSUMED_ACCURACY


def _change(move: _Move) -> dict[str, Any]:
    target = target_of(move.decision)
    return {
        "pk": move.found.pk,
        "department_id": target.department_id,
        "routing_rule_id": target.rule_id,
        "routing_reason": target.reason,
        "accepted_at": None,
        "assigned_user_id": None,
        "near_border": is_near(move.borders),
        "outside_meters": move.found.routing.ground.outside_meters,
    }


def _places(move: _Move) -> list[dict[str, Any]]:
    accuracy = _accuracy(move.found)
    return place_rows(move.decision.covering, move.neighbors, accuracy)


@operation
def undo_carry_over(jurisdiction: Scope, number: int, made_by: str) -> tuple[int, int]:
    """Undo a rerouting; return how many moved back, and how many stayed.

    Service requests with a later routing step stay. Raises NotFound and Conflict.
    """
    get_carry_over(jurisdiction.jurisdiction_id, number)
    moved = select(RoutingStep.service_request_pk).where(RoutingStep.carry_over_id == number)
    lock_all(ServiceRequest.pk.in_(moved))
    now = datetime.now(UTC).replace(microsecond=0)
    steps, left = list_steps_to_undo(number)
    seen = {"updated_datetime": now}
    change_rows(ServiceRequest, [_columns(step) | seen for step in steps])
    left_places = list_places_of([step.pk for step in steps])
    store_changed_places(left_places, {step.pk: step.before["places"] for step in steps})
    making = StepOrigin(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        kind="undone",
        made_by=made_by,
        made_at=now,
        carry_over_id=number,
    )
    add_rows(RoutingStep, [_undone(making, step, left_places.get(step.pk, [])) for step in steps])
    back = [seen_again(step, now, TRANSFERRED, step.before["department_id"]) for step in steps]
    add_rows(StatusChange, back)
    store_forwardings([step.pk for step in steps])
    db.session.execute(
        update(CarryOver).where(CarryOver.id == number).values(undone_at=now, undone_by=made_by)
    )
    return len(steps), left


def _columns(step: Any) -> dict[str, Any]:
    before = step.before
    accepted_at = before["accepted_at"] and datetime.fromisoformat(before["accepted_at"])
    kept = ("department_id", "routing_rule_id", "routing_reason", "near_border")
    columns = {name: before[name] for name in kept}
    return {"pk": step.pk, **columns, "accepted_at": accepted_at, "assigned_user_id": None}


def _undone(making: StepOrigin, step: Any, places: list[dict[str, Any]]) -> dict[str, Any]:
    before = step.before
    target = StepTarget(
        department_id=before["department_id"],
        rule_id=before["routing_rule_id"],
        reason=before["routing_reason"],
    )
    return step_row(making, standing_of(step, places), target)
