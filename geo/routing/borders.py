"""The nearest other boundary of each layer to a point."""

from collections.abc import Iterable
from dataclasses import dataclass

from geo.natural_order import natural_key
from geo.routing.decide import first_of_each_layer, settle_borders
from geo.routing.rules import Hit

ASSUMED_ACCURACY = 10.0
"""Default accuracy of a location in meters: that of phones outdoors."""


@dataclass(frozen=True)
class Neighbor:
    """The boundary of a layer that is nearest to a point, other than the one that contains it.

    The distance, in meters, is 0 for a boundary that also covers the point: on a shared edge, or in
    an overlap.
    """

    layer: str
    layer_position: int
    boundary_id: int
    code: str
    name: str
    layer_id: int
    meters: float


def settle_neighbors(hits: Iterable[Hit], nearest: Iterable[Neighbor]) -> tuple[Neighbor, ...]:
    """Keep one neighbor of each layer, in the order of layers.

    hits are all boundaries that cover the point; nearest are sorted by distance to their outlines.
    A second boundary that covers the point is nearer than any other. Ties go to the code that comes
    first in natural order.
    """
    hits = list(hits)
    settled = set(settle_borders(hits))
    covering = [_covering(hit) for hit in hits if hit not in settled]
    taken = {hit.boundary_id for hit in hits}
    others = [*covering, *(one for one in nearest if one.boundary_id not in taken)]
    return first_of_each_layer(others, key=lambda one: (one.meters, natural_key(one.code)))


def _covering(hit: Hit) -> Neighbor:
    return Neighbor(**vars(hit), meters=0.0)


def within(neighbors: Iterable[Neighbor], accuracy: float) -> list[Neighbor]:
    """Return the neighbors that are nearer than the accuracy of a point, in meters.

    The point may actually be inside one of them.
    """
    return [one for one in neighbors if one.meters < accuracy]


def moved_into(hits: Iterable[Hit], neighbor: Neighbor) -> list[Hit]:
    """Return the hits of a point if it were inside a neighbor."""
    values = {name: value for name, value in vars(neighbor).items() if name != "meters"}
    return [*(hit for hit in hits if hit.layer != neighbor.layer), Hit(**values)]
