"""The boundaries of a seed folder: stored when they are new or were edited, never over others."""

from collections.abc import Iterator
from datetime import date

from geo.boundaries import CleanBoundary
from geo.comparison import compare_boundaries
from open311.operations.import_boundaries import (
    SINCE_EVER,
    NewBoundarySet,
    store_boundary_set,
    store_service_area,
)
from open311.operations.seed_data import SeedBoundaries, SeedData
from open311.queries.boundaries import (
    find_newest_source,
    find_service_area,
    list_newest_boundaries,
    list_rules_naming_others,
)


def store_seed_boundaries(data: SeedData, today: date) -> Iterator[str]:
    """Store the service area and each layer's set; give a sentence for each that changes.

    What was imported from elsewhere since stays: a city's real map is not replaced by the
    example's.
    """
    if data.service_area:
        yield from _store_service_area(data.jurisdiction_id, data.service_area)
    for layer, seeded in data.boundaries.items():
        yield from _store_layer(data.jurisdiction_id, layer, seeded, today)
    for layer in data.layers:
        yield from _warn_of_rules(data.jurisdiction_id, layer)


def _warn_of_rules(jurisdiction_id: str, layer: str) -> Iterator[str]:
    codes = [boundary.code for boundary in list_newest_boundaries(jurisdiction_id, layer)]
    for rule, code in list_rules_naming_others(jurisdiction_id, layer, codes):
        yield f"Warning: rule {rule} names {layer} {code}, which does not exist"


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
    store_boundary_set(
        NewBoundarySet(
            jurisdiction_id=jurisdiction_id,
            layer=layer,
            boundaries=seeded.boundaries,
            source=seeded.source,
            in_force_from=today if old else SINCE_EVER,
        )
    )
    yield from _in_words(layer, old, changes)


def _in_words(layer: str, old: list[CleanBoundary], changes: list[str]) -> Iterator[str]:
    if not old:
        yield f"layer {layer}: {len(changes)} boundaries added"
    else:
        yield from (f"layer {layer}: {change}" for change in changes)
