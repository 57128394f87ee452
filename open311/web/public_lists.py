"""Lists of requests with public data only, for print pages and read-only links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS, LayerInfo
from open311.queries.ogc.features import Features, Wanted, list_features
from open311.queries.ogc.sources import FeatureSource, get_source
from open311.queries.search.criteria import ALWAYS
from open311.queries.search.orders import Order

PUBLIC_NAMES = (
    *("service_request_id", "status", "detailed_status", "service_name", "description"),
    *("address", "agency_responsible", "requested_datetime", "expected_datetime", "overdue"),
    *("updated_datetime", "status_notes", "group", "zipcode"),
)
"""Properties of a row with public data; each layer is one more."""


@dataclass(frozen=True)
class Row:
    """A row of a list: its number from 1, id, properties, and its place in degrees (WGS 84)."""

    number: int
    id: str
    properties: Mapping[str, Any]
    long: float | None
    lat: float | None


def public_source(scope: Scope, layers: Sequence[LayerInfo], order: Order) -> FeatureSource:
    """Return what everyone may read of a city, in an order; layers are those of the city."""
    source = get_source(scope, REQUESTS, ALWAYS, staff=False, layers=layers)
    return replace(source, order=order)


def read_public(
    scope: Scope, layers: Sequence[LayerInfo], order: Order, wanted: Wanted
) -> Features:
    """Return one page of public requests with PUBLIC_NAMES and the codes of boundaries."""
    names = [*PUBLIC_NAMES, *(one.code for one in layers)]
    return list_features(public_source(scope, layers, order), replace(wanted, names=names))


def numbered(features: Features) -> Sequence[Row]:
    """Return the rows of a page; of public ones, the time of submission is that of the request."""
    return [_row(number, one) for number, one in enumerate(features.features, 1)]


def _row(number: int, feature: Mapping[str, Any]) -> Row:
    geometry, properties = feature["geometry"], feature["properties"]
    long, lat = geometry["coordinates"] if geometry else (None, None)
    submitted = properties.get("submitted_datetime") or properties.get("requested_datetime")
    shown = {**properties, "submitted_datetime": submitted}
    return Row(number, feature["id"], shown, long, lat)
