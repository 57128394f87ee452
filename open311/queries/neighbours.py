"""Finding the nearest boundaries that a place does not lie in, by the pieces of their outlines."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Float, FromClause, cast, func, join, select, true

from geo.borders import Neighbour, settle_neighbours
from geo.coordinates import Point
from geo.routing import Decision
from geo.rules import Hit
from open311.database import db
from open311.models import Boundary, BoundaryEdge, BoundaryLayer, BoundarySet
from open311.queries.in_force import Maps, counts
from open311.queries.jurisdictions import JurisdictionInfo
from open311.queries.routing import Question, maps_of

A_MILLIMETRE = 0.001
GEOMETRY = Geometry(geometry_type=None, srid=-1, spatial_index=False)
"""As the index ix_boundary_edges_nearest has it: a narrower type would not use that."""


def find_neighbours(
    jurisdiction: JurisdictionInfo, question: Question, decision: Decision
) -> tuple[Neighbour, ...]:
    """Find the nearest other boundary of each layer, by the maps a question was answered by."""
    if question.point is None:
        return ()
    maps = maps_of(jurisdiction, question)
    return neighbours_of(jurisdiction.jurisdiction_id, question.point, maps, decision)


def neighbours_of(
    jurisdiction_id: str, point: Point, maps: Maps, decision: Decision
) -> tuple[Neighbour, ...]:
    """Find the nearest other boundary of each layer of these maps, for what was decided there."""
    hits = decision.covering
    return settle_neighbours(hits, list_nearest(jurisdiction_id, point, maps, hits))


def list_nearest(
    jurisdiction_id: str, point: Point, maps: Maps, hits: Iterable[Hit]
) -> list[Neighbour]:
    """List the nearest boundary of each layer of these maps, apart from those hit, with metres.

    metres are measured on the ellipsoid. Of several equally near, the one stored first
    is given.
    """
    taken = [hit.boundary_id for hit in hits]
    edge = nearest_edge(
        func.ST_GeogFromText(point.ewkt),
        func.ST_GeomFromEWKT(point.ewkt),
        lambda boundary_id: boundary_id.not_in(taken),
        (BoundarySet,),
    )
    statement = select_nearest(jurisdiction_id, maps, edge)
    return [Neighbour(**row) for row in db.session.execute(statement).mappings()]


def select_nearest(
    jurisdiction_id: str, maps: Maps, edge: FromClause, places: FromClause | None = None
) -> Any:
    """Select the boundaries of the nearest edges, in the order of layers, as Neighbour has them.

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
            edge.c.metres,
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
    """Return the edge of each boundary set that is nearest to a place, and how far it is.

    place is a geography, planar_place the same as a geometry, belongs says which boundaries are
    asked for, and outer are the tables that these name.
    """
    others = (BoundaryEdge.set_id == BoundarySet.id, belongs(BoundaryEdge.boundary_id))
    # The nearest in degrees may not be so in metres, but nothing farther than it can be. PostGIS
    # cannot search by metres itself where a place all but lies on an edge ("wrong order").
    metres = func.ST_Distance(BoundaryEdge.edge, place, type_=Float())
    planar = cast(BoundaryEdge.edge, GEOMETRY)
    farthest = (
        select(metres + A_MILLIMETRE)
        .where(*others)
        .order_by(planar.op("<->")(planar_place))
        .limit(1)
        .correlate(*outer)
        .scalar_subquery()
    )
    return (
        select(BoundaryEdge.boundary_id, metres.label("metres"))
        .where(*others, func.ST_DWithin(BoundaryEdge.edge, place, farthest))
        .order_by(metres, BoundaryEdge.boundary_id)
        .limit(1)
        .lateral("nearest")
    )
