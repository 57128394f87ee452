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
    """Store the boundaries of a new service request, with one hit and one neighbor per layer.

    accuracy is that of the location, in meters.
    """
    rows = place_rows(hits, neighbours, accuracy)
    add_rows(ServiceRequestBoundary, [{**row, "service_request_pk": pk} for row in rows])


def replace_places(
    pk: int, hits: Iterable[Hit], neighbours: Iterable[Neighbour], accuracy: float
) -> None:
    places = delete(ServiceRequestBoundary)
    db.session.execute(places.where(ServiceRequestBoundary.service_request_pk == pk))
    store_places(pk, hits, neighbours, accuracy)


def place_rows(
    hits: Iterable[Hit], neighbours: Iterable[Neighbour], accuracy: float
) -> list[dict[str, Any]]:
    """Return the rows of boundaries of a service request, one per layer, without its key."""
    inside = {hit.layer_id: hit.boundary_id for hit in hits}
    near = {one.layer_id: one for one in neighbours}
    return [
        {
            "layer_id": layer_id,
            "boundary_id": inside.get(layer_id),
            "neighbour_id": near[layer_id].boundary_id if layer_id in near else None,
            "neighbour_metres": near[layer_id].metres if layer_id in near else None,
            "near": layer_id in near and near[layer_id].metres < accuracy,
        }
        for layer_id in sorted({*inside, *near})
    ]


def seen_again(
    row: Any, now: datetime, kind: str, department_id: int | None = None
) -> dict[str, Any]:
    """Return a history step without a status change, so that incremental sync sees the change.

    kind is one of STEP_CODES; department_id is the new department.
    """
    return {
        "service_request_pk": row.pk,
        "status": row.status,
        "detailed_status": row.detailed_status,
        "status_notes": row.status_notes,
        "changed_at": now,
        "opening": False,
        "kind": kind,
        "department_id": department_id,
    }


def store_replaced_places(pks: Sequence[int], rows: list[dict[str, Any]]) -> None:
    """Replace the boundaries of several service requests."""
    mine = ServiceRequestBoundary.service_request_pk.in_(pks)
    db.session.execute(delete(ServiceRequestBoundary).where(mine))
    add_rows(ServiceRequestBoundary, rows)


def add_rows(model: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows into the table of a model; the list may be empty."""
    if rows:
        db.session.execute(insert(table(model)), rows)
