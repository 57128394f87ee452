"""The boundaries of a seed folder: stored when they are new or were edited, never over others."""

from collections.abc import Iterator
from datetime import date

from geo.boundaries import CleanBoundary
from geo.comparison import compare_boundaries
from open311.errors import InvalidParameters
from open311.operations.import_boundaries import SINCE_EVER, store_published_set
from open311.operations.seed_data import SeedBoundaries, SeedData
from open311.operations.service_area import store_service_area
from open311.operations.store_boundary_set import NewBoundarySet
from open311.queries.boundaries import (
    find_layer_id,
    find_newest_source,
    find_service_area,
    list_newest_boundaries,
)
from open311.queries.boundary_sets import list_set_ids_from
from open311.queries.rules import list_rules_naming_others


def store_seed_boundaries(data: SeedData, today: date) -> Iterator[str]:
    """Store the service area and each layer's set; give a sentence for each that changes.

    What was imported from elsewhere since stays: a city's real map is not replaced by the
    example's.
    """
    if data.service_area:
        yield from _store_service_area(data.jurisdiction_id, data.service_area)
    for layer, seeded in data.boundaries.items():
        yield from _store_layer(data.jurisdiction_id, layer, seeded, today)
    gone: list[str] = []
    for layer in data.layers:
        gone += _rules_naming_what_is_gone(data.jurisdiction_id, layer, today)
    if gone:
        raise InvalidParameters(*gone)


def _rules_naming_what_is_gone(jurisdiction_id: str, layer: str, today: date) -> Iterator[str]:
    """Say which rules name boundaries that no set of the layer has, in force now or later.

    Those of a layer without any set cannot be told yet; open311 routing coverage lists them.
    """
    layer_id = find_layer_id(jurisdiction_id, layer)
    sets = [] if layer_id is None else list_set_ids_from(layer_id, today)
    if layer_id is None or not sets:
        return
    missing = [set(list_rules_naming_others(layer_id, set_id)) for set_id in sets]
    for rule, place in sorted(set.intersection(*missing)):
        yield f"routing_rules.csv: rule {rule} names {place}, which does not exist."


def _store_service_area(jurisdiction_id: str, seeded: SeedBoundaries) -> Iterator[str]:
    area, source = find_service_area(jurisdiction_id)
    new = seeded.boundaries[0].geometry
    if area is not None and source != seeded.source:
        yield f"service area: left as it was imported from {source}"
    elif area is None or not area.equals(new):
        store_service_area(jurisdiction_id, new, seeded.source)
        yield f"service area: {'new' if area is None else 'changed'}"


def _store_layer(
    jurisdiction_id: str, layer: str, seeded: SeedBoundaries, today: date
) -> Iterator[str]:
    source = find_newest_source(jurisdiction_id, layer)
    if source not in (None, seeded.source):
        yield f"layer {layer}: left as it was imported from {source}"
        return
    old = list_newest_boundaries(jurisdiction_id, layer)
    changes = compare_boundaries(old, seeded.boundaries)
    if not changes:
        return
    store_published_set(
        NewBoundarySet(
            jurisdiction_id=jurisdiction_id,
            layer=layer,
            boundaries=seeded.boundaries,
            source=seeded.source,
            in_force_from=today if old else SINCE_EVER,
            made_by="seed",
        )
    )
    yield from _in_words(layer, old, changes)


def _in_words(layer: str, old: list[CleanBoundary], changes: list[str]) -> Iterator[str]:
    if not old:
        yield f"layer {layer}: {len(changes)} boundaries added"
    else:
        yield from (f"layer {layer}: {change}" for change in changes)
