"""Boundaries near a location, and the departments on their other side."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Float, FromClause, cast, func, join, select, true

from geo.coordinates import Point
from geo.distances import distance
from geo.routing.borders import Neighbor, moved_into, settle_neighbors, within
from geo.routing.decide import Decision, choose_department
from geo.routing.rules import Hit
from open311.database import db
from open311.models import (
    Boundary,
    BoundaryEdge,
    BoundaryLayer,
    BoundarySet,
    Service,
    ServiceRequest,
    ServiceRequestBoundary,
)
from open311.queries.catalog.departments import list_department_names
from open311.queries.jurisdictions import Scope
from open311.queries.maps.sets import Maps, counts
from open311.queries.requests.conditions import submitted
from open311.queries.routing.decide import Routing, maps_of

A_MILLIMETER = 0.001

GEOMETRY = Geometry(geometry_type=None, srid=-1, spatial_index=False)
"""The type in the index ix_boundary_edges_nearest, which a narrower type would not use."""


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


def list_nearest(
    jurisdiction_id: str, point: Point, maps: Maps, hits: Iterable[Hit]
) -> list[Neighbor]:
    """List the nearest boundary of each layer of these sets, without the hits.

    Distances are in meters on the ellipsoid. Of equally near boundaries, the one stored first
    counts.
    """
    taken = [hit.boundary_id for hit in hits]
    edge = nearest_edge(
        func.ST_GeogFromText(point.ewkt),
        func.ST_GeomFromEWKT(point.ewkt),
        lambda boundary_id: boundary_id.not_in(taken),
        (BoundarySet,),
    )
    statement = select_nearest(jurisdiction_id, maps, edge)
    return [Neighbor(**row) for row in db.session.execute(statement).mappings()]


def select_nearest(
    jurisdiction_id: str, maps: Maps, edge: FromClause, places: FromClause | None = None
) -> Any:
    """Select the boundaries of the nearest edges, with the columns of a neighbor, by layer.

    places are those that the edges are nearest to, where there are several.
    """
    start = BoundarySet if places is None else join(BoundarySet, places, true())
    return (
        select(
            BoundaryLayer.code.label("layer"),
            BoundaryLayer.position.label("layer_position"),
            Boundary.id.label("boundary_id"),
            Boundary.code,
            Boundary.name,
            BoundaryLayer.id.label("layer_id"),
            edge.c.meters,
        )
        .select_from(start)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .join(edge, true())
        .join(Boundary, Boundary.id == edge.c.boundary_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, counts(maps))
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )


def nearest_edge(
    place: ColumnElement[Any],
    planar_place: ColumnElement[Any],
    belongs: Callable[[Any], ColumnElement[bool]],
    outer: Sequence[Any],
) -> FromClause:
    """Return the edge of each boundary set that is nearest to a place, with its distance.

    place is a geography, planar_place the same point as a geometry. belongs returns the condition
    for boundaries, and outer are the tables that these expressions use.
    """
    others = (BoundaryEdge.set_id == BoundarySet.id, belongs(BoundaryEdge.boundary_id))
    # The nearest in degrees may not be so in meters, but nothing farther than it can be. PostGIS
    # cannot search by meters itself where a place all but lies on an edge ("wrong order").
    meters = func.ST_Distance(BoundaryEdge.edge, place, type_=Float())
    planar = cast(BoundaryEdge.edge, GEOMETRY)
    farthest = (
        select(meters + A_MILLIMETER)
        .where(*others)
        .order_by(planar.op("<->")(planar_place))
        .limit(1)
        .correlate(*outer)
        .scalar_subquery()
    )
    return (
        select(BoundaryEdge.boundary_id, meters.label("meters"))
        .where(*others, func.ST_DWithin(BoundaryEdge.edge, place, farthest))
        .order_by(meters, BoundaryEdge.boundary_id)
        .limit(1)
        .lateral("nearest")
    )


@dataclass(frozen=True)
class NearBorder:
    """A neighbor within the accuracy of a location, and the department there if different.

    units are those of the distance in its sentence.
    """

    neighbor: Neighbor
    department: str | None
    units: str

    def __str__(self) -> str:
        one = self.neighbor
        where = f"{distance(one.meters, self.units)} from {one.layer} {one.code}"
        return f"{where}, where it would go to {self.department or 'the same department'}"


def list_near_borders(
    jurisdiction: Scope,
    routing: Routing,
    neighbors: Sequence[Neighbor],
    accuracy: float,
    names: Mapping[int, str] | None = None,
) -> list[NearBorder]:
    """List the boundaries within the accuracy of a location, in meters, in the order of layers.

    names are those of the departments by id; without them, they are read if needed.
    """
    near = within(neighbors, accuracy)
    if not near:
        return []
    ground, decision = routing.ground, routing.decision
    there = {
        one: choose_department(
            ground.rules,
            routing.case,
            moved_into(decision.hits, one),
            ground.default_department_id,
        ).department_id
        for one in near
    }
    others = set(there.values()) - {decision.department_id}
    if names is None:
        names = list_department_names(jurisdiction.jurisdiction_id) if others else {}
    return [
        NearBorder(one, None if id_ == decision.department_id else names[id_], jurisdiction.units)
        for one, id_ in there.items()
    ]


def list_unmeasured(jurisdiction_id: str, after: int, limit: int) -> list[Any]:
    """List requests without measured neighbors whose pk is greater than after, by pk."""
    measured = (
        select(ServiceRequestBoundary.service_request_pk)
        .where(
            ServiceRequestBoundary.service_request_pk == ServiceRequest.pk,
            ServiceRequestBoundary.neighbor_id.is_not(None),
        )
        .exists()
    )
    statement = (
        select(
            ServiceRequest.pk,
            Service.service_code,
            Service.group,
            func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
            func.ST_X(ServiceRequest.location, type_=Float).label("long"),
            submitted().label("submitted_at"),
            ServiceRequest.answers,
            ServiceRequest.accuracy_meters,
            ServiceRequest.department_id,
            ServiceRequest.status,
            ServiceRequest.detailed_status,
            ServiceRequest.status_notes,
            ServiceRequest.change_number,
        )
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(
            ServiceRequest.jurisdiction_id == jurisdiction_id,
            ~ServiceRequest.sandbox,
            ServiceRequest.location.is_not(None),
            ServiceRequest.pk > after,
            ~measured,
        )
        .order_by(ServiceRequest.pk)
        .limit(limit)
    )
    return list(db.session.execute(statement))
