"""Boundaries of service requests, the current ones and those nearby."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from geo.routing.borders import Neighbour
from geo.routing.rules import Hit
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


def seen_again(row: Any, now: datetime) -> dict[str, Any]:
    """Give a step of the history without a change of status, so that copies hear of it."""
    return {
        "service_request_pk": row.pk,
        "status": row.status,
        "detailed_status": row.detailed_status,
        "status_notes": row.status_notes,
        "changed_at": now,
        "opening": False,
    }


def store_replaced_places(pks: Sequence[int], rows: list[dict[str, Any]]) -> None:
    """Store the places of several service requests in place of what is there."""
    mine = ServiceRequestBoundary.service_request_pk.in_(pks)
    db.session.execute(delete(ServiceRequestBoundary).where(mine))
    add_rows(ServiceRequestBoundary, rows)


def add_rows(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows into the table of a model; none is fine."""
    if rows:
        db.session.execute(insert(table(model)), rows)
