"""The rows of places of a service request, as they are kept for who undoes a step."""

from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import ServiceRequestBoundary

PLACE_COLUMNS = ("layer_id", "boundary_id", "neighbour_id", "neighbour_metres", "near")


def list_places(pk: int) -> list[dict[str, Any]]:
    """List where a service request lies, by layer."""
    statement = (
        select(*(getattr(ServiceRequestBoundary, name) for name in PLACE_COLUMNS))
        .where(ServiceRequestBoundary.service_request_pk == pk)
        .order_by(ServiceRequestBoundary.layer_id)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]
