"""Open service requests go over to the departments of a new map, all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from geo.borders import ASSUMED_ACCURACY, Neighbour
from geo.routing import Decision
from open311.database import db
from open311.models import CarryOver, RoutingStep, ServiceRequest, StatusChange
from open311.operations.lock_changes import lock_changes
from open311.operations.routing_steps import Making, standing_of, step_row, target_of
from open311.operations.store_many import add_rows, seen_again, store_replaced_places
from open311.operations.store_places import place_rows
from open311.operations.triage import store_near_borders
from open311.queries.borders import NearBorder, list_near_borders
from open311.queries.carry_overs import STANDING, list_due
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.neighbours import find_neighbours
from open311.queries.placed import list_places_of
from open311.queries.rerouting import Rerouted, reroute, still_open


@dataclass(frozen=True)
class CarriedOver:
    """The number of a carry-over, and how many service requests it moved."""

    number: int
    moved: int


@dataclass(frozen=True)
class _Move:
    """What is to be written of one service request."""

    found: Rerouted
    decision: Decision
    neighbours: tuple[Neighbour, ...]
    borders: Sequence[NearBorder]


def carry_over(
    jurisdiction: JurisdictionInfo, made_by: str, boundary_set_id: int | None = None
) -> CarriedOver:
    """Route what is open again by today's maps, and store what would go elsewhere.

    Those that a person has pinned stay. boundary_set_id is the set that this follows. All is
    read and decided before the lock is taken that live reports wait for.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    maps = Maps(now.astimezone(jurisdiction.zone).date())
    moves = [
        _move(jurisdiction, one, one.decision)
        for one in reroute(jurisdiction, maps, still_open())
        if one.moves and not one.pinned and one.decision is not None
    ]
    number = _add_carry_over(jurisdiction, made_by, boundary_set_id, now)
    lock_changes(jurisdiction)
    making = Making(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        kind="carried_over",
        made_by=made_by,
        made_at=now,
        carry_over_id=number,
    )
    written = _write(jurisdiction, making, moves)
    db.session.commit()
    return CarriedOver(number, written)


def carry_over_due(jurisdiction: JurisdictionInfo) -> int:
    """Carry over for each set in force today that was published with this wish; give how many."""
    today = jurisdiction.today()
    due = list_due(jurisdiction.jurisdiction_id, today)
    return sum(carry_over(jurisdiction, by, set_id).moved for set_id, by in due)


def _add_carry_over(
    jurisdiction: JurisdictionInfo, made_by: str, boundary_set_id: int | None, now: datetime
) -> int:
    statement = insert(CarryOver).values(
        jurisdiction_id=jurisdiction.jurisdiction_id,
        boundary_set_id=boundary_set_id,
        made_at=now,
        made_by=made_by,
    )
    return db.session.execute(statement.returning(CarryOver.id)).scalar_one()


def _move(jurisdiction: JurisdictionInfo, one: Rerouted, decision: Decision) -> _Move:
    neighbours = find_neighbours(jurisdiction, one.question, decision)
    borders = list_near_borders(jurisdiction, one.question, decision, neighbours, _accuracy(one))
    return _Move(one, decision, neighbours, borders)


def _write(jurisdiction: JurisdictionInfo, making: Making, moves: Sequence[_Move]) -> int:
    """Write all moves but those of service requests that have changed since they were read."""
    wanted = {move.found.pk: move for move in moves}
    rows = [
        row
        for row in _lock(list(wanted))
        if row.department_id == wanted[row.pk].found.department_id
    ]
    pks = [row.pk for row in rows]
    places = list_places_of(pks)
    changes = [_change(wanted[pk]) for pk in pks]
    if changes:
        db.session.execute(update(ServiceRequest), changes)
    store_replaced_places(pks, [place for pk in pks for place in _places(wanted[pk])])
    steps = [
        step_row(
            making, standing_of(row, places.get(row.pk, [])), target_of(wanted[row.pk].decision)
        )
        for row in rows
    ]
    add_rows(RoutingStep, steps)
    add_rows(StatusChange, [seen_again(row, making.made_at) for row in rows])
    for pk in pks:
        store_near_borders(jurisdiction, pk, wanted[pk].borders, making.made_at)
    return len(rows)


def _lock(pks: Sequence[int]) -> Sequence[Any]:
    """Lock those that are still to be moved, and give how they stand."""
    return db.session.execute(
        select(*STANDING)
        .where(ServiceRequest.pk.in_(pks), ~ServiceRequest.pinned, still_open())
        .order_by(ServiceRequest.pk)
        .with_for_update()
    ).all()


def _accuracy(one: Rerouted) -> float:
    return one.accuracy_metres or ASSUMED_ACCURACY


def _change(move: _Move) -> dict[str, Any]:
    target = target_of(move.decision)
    return {
        "pk": move.found.pk,
        "department_id": target.department_id,
        "routing_rule_id": target.rule_id,
        "routing_reason": target.reason,
        "accepted_at": None,
        "assigned_user_id": None,
        "near_border": bool(move.borders),
    }


def _places(move: _Move) -> list[dict[str, Any]]:
    accuracy = _accuracy(move.found)
    return place_rows(move.found.pk, move.decision.hits, move.neighbours, accuracy)
