"""The nearest boundary of each layer to a location, by PostGIS."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Float, FromClause, cast, func, join, select, true

from geo.coordinates import Point
from geo.routing.borders import Neighbor
from geo.routing.rules import Hit
from open311.database import db
from open311.models import Boundary, BoundaryEdge, BoundaryLayer, BoundarySet
from open311.queries.maps.sets import Maps, counts, of_city

A_MILLIMETER = 0.001

GEOMETRY = Geometry(geometry_type=None, srid=-1, spatial_index=False)
"""The type in the index ix_boundary_edges_nearest, which a narrower type would not use."""


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
            BoundaryLayer.overlapping,
            edge.c.meters,
        )
        .select_from(start)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .join(edge, true())
        .join(Boundary, Boundary.id == edge.c.boundary_id)
        .where(of_city(jurisdiction_id), counts(maps))
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
