"""What the map beside the list shows besides tiles: names of boundaries, and counts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import orjson
from cachetools import LRUCache, cached
from flask import Response, jsonify
from flask_login import login_required

from geo.maps.labels import label_place
from geo.routing.map_sets import sets_on
from open311.queries.city import City
from open311.queries.search.staff_counts import count_for_map
from open311.staff.asked import read_search
from open311.staff.finding import ON_MAP
from open311.staff.pages import city_snapshot, staff_pages
from open311.web.parameters import sent_values

blueprint = staff_pages("staff_list_map", "/staff/requests/map")


@blueprint.get("/labels")
@login_required  # type: ignore[untyped-decorator]
def labels() -> Response:
    """Return the names of the current boundaries as points in GeoJSON."""
    found = _labels(city_snapshot(), datetime.now(UTC))
    document = {"type": "FeatureCollection", "features": found}
    return Response(orjson.dumps(document), mimetype="application/geo+json")


@blueprint.get("/counts")
@login_required  # type: ignore[untyped-decorator]
def counts() -> Response:
    """Return the numbers of requests that a search finds, as the marks of the map show them."""
    search = read_search(sent_values(), ON_MAP)
    scope, criteria = search.jurisdiction, search.wanted.criteria
    return jsonify(count_for_map(scope, criteria, city_snapshot().service_names))


_LABELS: LRUCache[object, Sequence[dict[str, Any]]] = LRUCache(maxsize=16)


@cached(_LABELS, key=City.day_key, lock=Lock())
def _labels(city: City, now: datetime) -> Sequence[dict[str, Any]]:
    """List the names, found once a day in each process for each version of the catalog.

    Those of the layers that are drawn thicker come first.
    """
    day = now.astimezone(city.scope.zone).date()
    ranks = {one.code: rank for rank, one in enumerate(city.layers)}
    found = []
    for dated in sorted(sets_on(city.maps.sets, day), key=lambda one: ranks[one.layer]):
        for boundary in dated.boundaries:
            place = label_place(boundary.geometry)
            properties = {
                "layer": dated.layer,
                "rank": ranks[dated.layer],
                "name": boundary.name or boundary.code,
                "width": place.width,
            }
            point = {"type": "Point", "coordinates": [place.long, place.lat]}
            found.append({"type": "Feature", "properties": properties, "geometry": point})
    return found
