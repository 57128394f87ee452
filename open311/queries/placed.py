"""The rows of places of a service request, as they are kept for who undoes a step."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import ServiceRequestBoundary

PLACE_COLUMNS = ("layer_id", "boundary_id", "neighbour_id", "neighbour_metres", "near")


def list_places_of(pks: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """List where several service requests lie, by their primary keys."""
    columns = (getattr(ServiceRequestBoundary, name) for name in PLACE_COLUMNS)
    statement = (
        select(ServiceRequestBoundary.service_request_pk.label("pk"), *columns)
        .where(ServiceRequestBoundary.service_request_pk.in_(pks))
        .order_by(ServiceRequestBoundary.service_request_pk, ServiceRequestBoundary.layer_id)
    )
    places: dict[int, list[dict[str, Any]]] = {}
    for row in db.session.execute(statement).mappings():
        place = {name: row[name] for name in PLACE_COLUMNS}
        places.setdefault(row["pk"], []).append(place)
    return places


def list_places(pk: int) -> list[dict[str, Any]]:
    """List where a service request lies, by layer."""
    statement = (
        select(*(getattr(ServiceRequestBoundary, name) for name in PLACE_COLUMNS))
        .where(ServiceRequestBoundary.service_request_pk == pk)
        .order_by(ServiceRequestBoundary.layer_id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]
