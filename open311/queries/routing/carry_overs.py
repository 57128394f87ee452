"""Reroutes of open requests: due and finished ones, and the requests that an undo restores."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select

from open311.database import db
from open311.errors import Conflict, NotFound
from open311.messages.routing import REROUTE_UNDONE, REROUTE_UNKNOWN
from open311.models import (
    BoundaryLayer,
    BoundarySet,
    CarryOver,
    RoutingStep,
    ServiceRequest,
    ServiceRequestBoundary,
)
from open311.queries.maps.sets import in_force

STANDING = (
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
"""Columns of a service request before it is rerouted."""


def list_due(jurisdiction_id: str, today: date) -> list[tuple[int, str]]:
    """List the current sets whose reroute is due: (number, published by)."""
    had_one = (
        select(CarryOver.id)
        .where(
            CarryOver.boundary_set_id == BoundarySet.id,
            # A withdrawn set can be published again. Reroutes have whole seconds.
            CarryOver.made_at >= func.date_trunc("second", BoundarySet.published_at),
        )
        .exists()
    )
    rows = db.session.execute(
        select(BoundarySet.id, BoundarySet.published_by)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id,
            BoundarySet.carry_over,
            in_force(today),
            ~had_one,
        )
        .order_by(BoundarySet.id)
    )
    return [(row.id, row.published_by or "") for row in rows]


def get_carry_over(jurisdiction_id: str, number: int) -> None:
    """Lock a reroute; raises NotFound, and Conflict if it was undone."""
    statement = (
        select(CarryOver.undone_at)
        .where(CarryOver.jurisdiction_id == jurisdiction_id, CarryOver.id == number)
        .with_for_update()
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(REROUTE_UNKNOWN, number=str(number))
    if row.undone_at is not None:
        raise Conflict(REROUTE_UNDONE, number=str(number), day=row.undone_at.date())


def list_carry_overs(
    jurisdiction_id: str,
) -> list[Row[int, int | None, datetime, str, datetime | None, str | None, int]]:
    """List (id, boundary_set_id, made_at, made_by, undone_at, undone_by, moved), oldest first."""
    moved = (
        select(func.count())
        .where(RoutingStep.carry_over_id == CarryOver.id, RoutingStep.kind == "carried_over")
        .correlate(CarryOver)
        .scalar_subquery()
    )
    statement = (
        select(
            CarryOver.id,
            CarryOver.boundary_set_id,
            CarryOver.made_at,
            CarryOver.made_by,
            CarryOver.undone_at,
            CarryOver.undone_by,
            moved.label("moved"),
        )
        .where(CarryOver.jurisdiction_id == jurisdiction_id)
        .order_by(CarryOver.id)
    )
    return list(db.session.execute(statement).all())


def list_steps_to_undo(number: int) -> tuple[list[Any], int]:
    """List the steps of a reroute that are still the last of their request, and count the others.

    Each has the replaced values as before, and the present state of the request.
    """
    last = (
        select(func.max(RoutingStep.id))
        .where(RoutingStep.service_request_pk == ServiceRequest.pk)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
    statement = (
        select(
            *STANDING,
            RoutingStep.before,
            (RoutingStep.id == last).label("is_last"),
        )
        .join(ServiceRequest, ServiceRequest.pk == RoutingStep.service_request_pk)
        .where(RoutingStep.carry_over_id == number, RoutingStep.kind == "carried_over")
        .order_by(ServiceRequest.pk)
        .with_for_update(of=ServiceRequest)
    )
    rows = list(db.session.execute(statement).all())
    steps = [row for row in rows if row.is_last]
    return steps, len(rows) - len(steps)


PLACE_COLUMNS = ("layer_id", "boundary_id", "others", "neighbor_id", "neighbor_meters", "near")


def list_places_of(pks: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the locations of service requests by primary key."""
    columns = (getattr(ServiceRequestBoundary, name) for name in PLACE_COLUMNS)
    statement = (
        select(ServiceRequestBoundary.service_request_pk.label("pk"), *columns)
        .where(ServiceRequestBoundary.service_request_pk.in_(pks))
        .order_by(ServiceRequestBoundary.service_request_pk, ServiceRequestBoundary.layer_id)
    )
    places: dict[int, list[dict[str, Any]]] = {}
    for row in db.session.execute(statement).mappings():
        place = {name: row[name] for name in PLACE_COLUMNS}
        places.setdefault(row["pk"], []).append(place)
    return places


def list_places(pk: int) -> list[dict[str, Any]]:
    """List the boundaries of a service request, by layer."""
    statement = (
        select(*(getattr(ServiceRequestBoundary, name) for name in PLACE_COLUMNS))
        .where(ServiceRequestBoundary.service_request_pk == pk)
        .order_by(ServiceRequestBoundary.layer_id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]
