"""Approximate extents of collections in space and time."""

from typing import Any

from sqlalchemy import func, select

from open311.database import db
from open311.models import Boundary, BoundaryLayer, Jurisdiction, ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import REQUESTS
from open311.queries.search.visibility import Audience, visible_to


def find_extent(jurisdiction: Scope, collection: str) -> dict[str, Any]:
    """Return the extent of a collection as OGC API defines it; empty for no features.

    The extent of service requests is the service area, and starts at the first public request.
    """
    if collection == REQUESTS:
        begin = db.session.scalar(
            select(func.min(ServiceRequest.requested_datetime)).where(
                visible_to(Audience.PUBLIC, jurisdiction)
            )
        )
        area = _box(
            select(func.Box2D(Jurisdiction.service_area)).where(
                Jurisdiction.id == jurisdiction.jurisdiction_id
            )
        )
        return {**area, **({"temporal": {"interval": [[begin, None]]}} if begin else {})}
    return _box(
        select(func.ST_Extent(Boundary.geometry))
        .join(BoundaryLayer, BoundaryLayer.id == Boundary.layer_id)
        .where(
            BoundaryLayer.jurisdiction_id == jurisdiction.jurisdiction_id,
            BoundaryLayer.code == collection,
        )
    )


def _box(statement: Any) -> dict[str, Any]:
    """Return the box of BOX(1 2,3 4)."""
    text = db.session.scalar(statement)
    if text is None:
        return {}
    corners = str(text).removeprefix("BOX(").removesuffix(")").replace(",", " ").split()
    return {"spatial": {"bbox": [[float(number) for number in corners]]}}
