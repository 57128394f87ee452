"""Where a service request lies: the boundary of each layer, and the nearest other one."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert

from geo.borders import Neighbour
from geo.rules import Hit
from open311.database import db, table
from open311.models import ServiceRequestBoundary


def store_places(
    pk: int, hits: Iterable[Hit], neighbours: Iterable[Neighbour], accuracy: float
) -> None:
    """Store the places of a new service request; hits and neighbours are one of each layer.

    accuracy is that of the place, in metres.
    """
    rows = place_rows(pk, hits, neighbours, accuracy)
    if rows:
        db.session.execute(insert(table(ServiceRequestBoundary)), rows)


def replace_places(
    pk: int, hits: Iterable[Hit], neighbours: Iterable[Neighbour], accuracy: float
) -> None:
    """Store the places of a service request that was routed again."""
    places = delete(ServiceRequestBoundary)
    db.session.execute(places.where(ServiceRequestBoundary.service_request_pk == pk))
    store_places(pk, hits, neighbours, accuracy)


def place_rows(
    pk: int, hits: Iterable[Hit], neighbours: Iterable[Neighbour], accuracy: float
) -> list[dict[str, Any]]:
    """Give the rows of places of a service request, one of each layer."""
    inside = {hit.layer_id: hit.boundary_id for hit in hits}
    near = {one.layer_id: one for one in neighbours}
    return [
        {
            "service_request_pk": pk,
            "layer_id": layer_id,
            "boundary_id": inside.get(layer_id),
            "neighbour_id": near[layer_id].boundary_id if layer_id in near else None,
            "neighbour_metres": near[layer_id].metres if layer_id in near else None,
            "near": layer_id in near and near[layer_id].metres < accuracy,
        }
        for layer_id in sorted({*inside, *near})
    ]
