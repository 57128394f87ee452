"""The nearest other boundary of each layer to a point."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.natural_order import natural_key
from geo.routing.decide import first_of_each_layer, list_others, settle_borders
from geo.routing.rules import Hit

ASSUMED_ACCURACY = 10.0
"""Default accuracy of a location in meters: that of phones outdoors."""


REACH_OUTSIDE = 10.0
"""Meters that the nearest boundary may be farther away than the service area."""


@dataclass(frozen=True)
class Neighbor:
    """The boundary of a layer that is nearest to a point, other than the one that contains it.

    The distance, in meters, is 0 on an edge that it shares with that one.
    """

    layer: str
    layer_position: int
    boundary_id: int
    code: str
    name: str
    layer_id: int
    meters: float
    overlapping: bool = False


def as_neighbor(hit: Hit, meters: float) -> Neighbor:
    """Return a boundary as the neighbor of a point at a distance in meters."""
    return Neighbor(
        hit.layer,
        hit.layer_position,
        hit.boundary_id,
        hit.code,
        hit.name,
        hit.layer_id,
        meters,
        hit.overlapping,
    )


def as_hit(neighbor: Neighbor) -> Hit:
    """Return a neighbor as if it covered the point."""
    return Hit(**{name: value for name, value in vars(neighbor).items() if name != "meters"})


def settle_neighbors(hits: Iterable[Hit], nearest: Iterable[Neighbor]) -> tuple[Neighbor, ...]:
    """Keep one neighbor of each layer, in the order of layers.

    hits are all boundaries that cover the point; nearest are sorted by distance to their outlines.
    A boundary that shares the edge on which the point is, is nearer than any other; one that
    contains the point is no neighbor. Ties go to the code that comes first in natural order.
    """
    hits = list(hits)
    inside = {hit.boundary_id for hit in (*settle_borders(hits), *list_others(hits))}
    covering = [as_neighbor(hit, 0.0) for hit in hits if hit.boundary_id not in inside]
    taken = {hit.boundary_id for hit in hits}
    others = [*covering, *(one for one in nearest if one.boundary_id not in taken)]
    return first_of_each_layer(others, key=lambda one: (one.meters, natural_key(one.code)))


def is_accepted(outside_meters: float, tolerance: float) -> bool:
    """Return whether a point may be so many meters outside the service area."""
    return outside_meters < tolerance


def accepted_again(outside_meters: float | None) -> float:
    """Return the tolerance for a point that was accepted so many meters outside, None for inside.

    PostGIS and the snapshot may differ by some millimeters.
    """
    return 0.0 if outside_meters is None else outside_meters + 0.02


def hits_with_nearest(
    hits: Sequence[Hit], nearest: Iterable[Neighbor], outside_meters: float
) -> list[Hit]:
    """Add the nearest boundary of each layer that does not cover a point.

    The point is outside the service area by so many meters. Boundaries that are much farther away
    are not what it was meant to be in.
    """
    layers = {hit.layer for hit in hits}
    return [
        *hits,
        *(
            as_hit(one)
            for one in nearest
            if one.layer not in layers and one.meters < outside_meters + REACH_OUTSIDE
        ),
    ]


def within(neighbors: Iterable[Neighbor], accuracy: float) -> list[Neighbor]:
    """Return the neighbors that are nearer than the accuracy of a point, in meters.

    The point may actually be inside one of them.
    """
    return [one for one in neighbors if one.meters < accuracy]


def moved_into(hits: Iterable[Hit], neighbor: Neighbor) -> list[Hit]:
    """Return the hits of a point if it were inside a neighbor.

    It would be in no other boundary of that layer, unless the layer is overlapping.
    """
    kept = (hit for hit in hits if hit.overlapping or hit.layer != neighbor.layer)
    return [*kept, as_hit(neighbor)]
