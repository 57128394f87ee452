"""The URLs of the API, in the order of the standard: its table of contents."""

from open311.caching import revalidate
from open311.views import (
    addresses,
    discovery,
    health,
    media,
    openapi,
    routing,
    service_requests,
    services,
    tokens,
    updates,
)
from open311.views.ogc import collections, description, exports, items, tiles
from open311.views.staff import (
    base_map,
    bulk,
    carrying,
    catalogue,
    city,
    day,
    departments,
    finding,
    map_sets,
    maps,
    people,
    requests,
    rules,
    saving,
    sessions,
    set_map,
    trying,
)

GEOREPORT = (
    services.blueprint,
    service_requests.blueprint,
    tokens.blueprint,
    updates.blueprint,
    addresses.blueprint,
)
"""Served at the endpoint, and once more at the test endpoint."""

BLUEPRINTS = (
    discovery.blueprint,
    media.blueprint,
    openapi.blueprint,
    health.blueprint,
    routing.blueprint,
    collections.blueprint,
    items.blueprint,
    exports.blueprint,
    tiles.blueprint,
    description.blueprint,
    sessions.blueprint,
    base_map.blueprint,
    day.blueprint,
    finding.blueprint,
    bulk.blueprint,
    saving.blueprint,
    requests.blueprint,
    city.blueprint,
    people.blueprint,
    departments.blueprint,
    catalogue.blueprint,
    rules.blueprint,
    trying.blueprint,
    carrying.blueprint,
    maps.blueprint,
    map_sets.blueprint,
    set_map.blueprint,
)

for blueprint in (*GEOREPORT, discovery.blueprint):
    blueprint.after_request(revalidate)
