"""Open service requests go over to the departments of a new map, all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from geo.borders import ASSUMED_ACCURACY, Neighbour, within
from geo.coordinates import Point
from geo.routing import Decision
from open311.database import db
from open311.models import CarryOver, RoutingStep, ServiceRequest, StatusChange
from open311.operations.lock_changes import lock_changes
from open311.operations.store_many import add_rows, seen_again, store_replaced_places
from open311.operations.store_places import place_rows
from open311.queries.carry_overs import list_due
from open311.queries.in_force import Maps
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.neighbours import neighbours_of
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
        _Move(one, one.decision, _neighbours(jurisdiction, maps, one, one.decision))
        for one in reroute(jurisdiction, maps, still_open())
        if one.moves and not one.pinned and one.decision is not None
    ]
    number = _add_carry_over(jurisdiction, made_by, boundary_set_id, now)
    lock_changes(jurisdiction)
    written = _write(jurisdiction, number, moves, made_by, now)
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


def _neighbours(
    jurisdiction: JurisdictionInfo, maps: Maps, one: Rerouted, decision: Decision
) -> tuple[Neighbour, ...]:
    if one.lat is None or one.long is None:
        return ()
    point = Point(lat=one.lat, long=one.long)
    return neighbours_of(jurisdiction.jurisdiction_id, point, maps, decision)


def _write(
    jurisdiction: JurisdictionInfo,
    number: int,
    moves: Sequence[_Move],
    made_by: str,
    now: datetime,
) -> int:
    """Write all moves but those of service requests that have changed since they were read."""
    columns = (
        ServiceRequest.pk,
        ServiceRequest.department_id,
        ServiceRequest.routing_rule_id,
        ServiceRequest.routing_reason,
        ServiceRequest.accepted_at,
        ServiceRequest.near_border,
        ServiceRequest.status,
        ServiceRequest.detailed_status,
        ServiceRequest.status_notes,
    )
    wanted = {move.found.pk: move for move in moves}
    stored = db.session.execute(
        select(*columns)
        .where(ServiceRequest.pk.in_(wanted), ~ServiceRequest.pinned, still_open())
        .order_by(ServiceRequest.pk)
        .with_for_update()
    ).all()
    rows = [row for row in stored if row.department_id == wanted[row.pk].found.department_id]
    pks = [row.pk for row in rows]
    places = list_places_of(pks)
    changes = [_change(wanted[pk]) for pk in pks]
    if changes:
        db.session.execute(update(ServiceRequest), changes)
    store_replaced_places(pks, [place for pk in pks for place in _places(wanted[pk])])
    steps = [
        _step(jurisdiction, row, wanted[row.pk], places.get(row.pk, []), number, made_by, now)
        for row in rows
    ]
    add_rows(RoutingStep, steps)
    add_rows(StatusChange, [seen_again(row, now) for row in rows])
    return len(rows)


def _accuracy(move: _Move) -> float:
    return move.found.accuracy_metres or ASSUMED_ACCURACY


def _change(move: _Move) -> dict[str, Any]:
    decision = move.decision
    return {
        "pk": move.found.pk,
        "department_id": decision.department_id,
        "routing_rule_id": decision.rule.rule_id if decision.rule else None,
        "routing_reason": decision.reason,
        "accepted_at": None,
        "near_border": bool(within(move.neighbours, _accuracy(move))),
    }


def _places(move: _Move) -> list[dict[str, Any]]:
    return place_rows(move.found.pk, move.decision.hits, move.neighbours, _accuracy(move))


def _step(
    jurisdiction: JurisdictionInfo,
    row: Any,
    move: _Move,
    places: list[dict[str, Any]],
    number: int,
    made_by: str,
    now: datetime,
) -> dict[str, Any]:
    decision = move.decision
    return {
        "service_request_pk": row.pk,
        "jurisdiction_id": jurisdiction.jurisdiction_id,
        "kind": "carried_over",
        "from_department_id": row.department_id,
        "to_department_id": decision.department_id,
        "from_rule_id": row.routing_rule_id,
        "to_rule_id": decision.rule.rule_id if decision.rule else None,
        "reason": decision.reason,
        "before": {
            "department_id": row.department_id,
            "routing_rule_id": row.routing_rule_id,
            "routing_reason": row.routing_reason,
            "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
            "near_border": row.near_border,
            "places": places,
        },
        "made_at": now,
        "made_by": made_by,
        "carry_over_id": number,
    }
