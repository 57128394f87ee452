"""The boundaries of a layer that are in effect today."""

from geo.maps.boundaries import CleanBoundary
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.maps.layers import find_layer_id, list_boundaries
from open311.queries.maps.sets import find_set_in_force


def boundaries_today(jurisdiction_id: str, layer: str) -> list[CleanBoundary]:
    layer_id = find_layer_id(jurisdiction_id, layer)
    assert layer_id is not None
    today = find_set_in_force(layer_id, get_jurisdiction(jurisdiction_id).today())
    assert today is not None
    return list_boundaries(today.id)
