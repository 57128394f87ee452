"""Boundaries near a location, and the departments on their other side."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, case, func, select

from geo.coordinates import Point
from geo.distances import distance
from geo.routing.borders import Neighbor, as_neighbor, moved_into, settle_neighbors, within
from geo.routing.decide import Decision, choose_department, list_others
from open311.database import db
from open311.models import (
    Boundary,
    RoutingStep,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
)
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps
from open311.queries.requests.conditions import still_open, submitted
from open311.queries.routing.decide import Routing, maps_of
from open311.queries.routing.nearest import list_nearest


def find_neighbors(jurisdiction: Scope, routing: Routing) -> tuple[Neighbor, ...]:
    """Return the nearest other boundary of each layer, with the boundary sets of a routing."""
    if routing.question.point is None:
        return ()
    maps = maps_of(jurisdiction, routing.question)
    here = jurisdiction.jurisdiction_id
    return neighbors_of(here, routing.question.point, maps, routing.decision)


def neighbors_of(
    jurisdiction_id: str, point: Point, maps: Maps, decision: Decision
) -> tuple[Neighbor, ...]:
    """Return the nearest other boundary of each layer of these sets, for a decision."""
    hits = decision.covering
    return settle_neighbors(hits, list_nearest(jurisdiction_id, point, maps, hits))


@dataclass(frozen=True)
class NearBorder:
    """A neighbor within the accuracy of a location, and the department there if different.

    units are those of the distance in its sentence. inside is the code of the boundary that counts
    if the other one contains the location, too, because they overlap.
    """

    neighbor: Neighbor
    department: str | None
    units: str
    inside: str | None = None

    def __str__(self) -> str:
        one, there = self.neighbor, self.department or "the same department"
        if self.inside is None:
            where = f"{distance(one.meters, self.units)} from {one.layer} {one.code}, where"
        else:
            where = f"in {one.layer} {self.inside} and {one.code}, which overlap; in {one.code},"
        return f"{where} it would go to {there}"


def is_near(borders: Iterable[NearBorder]) -> bool:
    """Return whether one of them is a neighbor, and not one of an overlap."""
    return any(one.inside is None for one in borders)


def list_near_borders(
    jurisdiction: Scope,
    routing: Routing,
    neighbors: Sequence[Neighbor],
    accuracy: float,
    names: Mapping[int, str] | None = None,
) -> list[NearBorder]:
    """List the boundaries within the accuracy of a location, in meters, in the order of layers.

    Those that overlap at the location come first, except in layers that overlap on purpose. names
    are those of the departments by id; without them, they are read if needed.
    """
    decision, units = routing.decision, jurisdiction.units
    overlaps = [hit for hit in list_others(decision.covering) if not hit.overlapping]
    first = {hit.layer: hit.code for hit in decision.hits} if overlaps else {}
    sides: list[tuple[Neighbor, str | None]] = [
        *((as_neighbor(hit, 0.0), first[hit.layer]) for hit in overlaps),
        *((one, None) for one in within(neighbors, accuracy)),
    ]
    if not sides:
        return []
    there = [_department_in(routing, one) for one, _ in sides]
    others = set(there) - {decision.department_id}
    if names is None:
        names = list_department_names(jurisdiction.jurisdiction_id) if others else {}
    return [
        NearBorder(one, None if id_ == decision.department_id else names[id_], units, inside)
        for (one, inside), id_ in zip(sides, there, strict=True)
    ]


def _department_in(routing: Routing, one: Neighbor) -> int:
    ground = routing.ground
    hits = moved_into(routing.decision.covering, one)
    default = ground.default_department_id
    return choose_department(ground.rules, routing.case, hits, default).department_id


_REROUTED_AT = (
    select(case((RoutingStep.kind == "carried_over", RoutingStep.made_at)))
    .where(
        RoutingStep.service_request_pk == ServiceRequest.pk,
        RoutingStep.kind.in_(("carried_over", "undone", "moved", "service_changed")),
    )
    .order_by(RoutingStep.id.desc())
    .limit(1)
    .correlate(ServiceRequest)
    .scalar_subquery()
)
"""When the maps and rules of that day decided last; null if it was those of the submission."""

_MEASURED = (
    ServiceRequest.pk,
    Service.service_code,
    Service.group,
    func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
    func.ST_X(ServiceRequest.location, type_=Float).label("long"),
    submitted().label("submitted_at"),
    _REROUTED_AT.label("rerouted_at"),
    ServiceRequest.answers,
    ServiceRequest.accuracy_meters,
    ServiceRequest.outside_meters,
    ServiceRequest.near_border,
    ServiceRequest.department_id,
    ServiceRequest.status,
    ServiceRequest.detailed_status,
    ServiceRequest.status_notes,
    ServiceRequest.change_number,
)
"""Columns of a service request that is measured."""


def list_unmeasured(
    jurisdiction_id: str, after: int, limit: int, *, again: bool = False
) -> list[Any]:
    """List requests without measured neighbors whose pk is greater than after, by pk.

    With again, list all open requests instead.
    """
    measured = (
        select(ServiceRequestBoundary.service_request_pk)
        .where(
            ServiceRequestBoundary.service_request_pk == ServiceRequest.pk,
            ServiceRequestBoundary.neighbor_id.is_not(None),
        )
        .exists()
    )
    statement = (
        select(*_MEASURED)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ~ServiceRequest.sandbox,
            ServiceRequest.location.is_not(None),
            ServiceRequest.pk > after,
            still_open() if again else ~measured,
        )
        .order_by(ServiceRequest.pk)
        .limit(limit)
    )
    return list(db.session.execute(statement))


def list_sets_of_boundaries(boundary_ids: Collection[int]) -> dict[int, int]:
    """Return the boundary set of each boundary, by ids."""
    statement = select(Boundary.id, Boundary.set_id).where(Boundary.id.in_(boundary_ids))
    return {row.id: row.set_id for row in db.session.execute(statement)}
