"""The boundaries of service requests as stored, with those nearby."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import Boundary, BoundaryLayer, ServiceRequestBoundary
from open311.queries.together import Rows


@dataclass(frozen=True, kw_only=True)
class StoredPlace:
    """The stored boundary of a service request in a layer, and the nearest other one.

    others are the names, or else codes, of more boundaries that contain it: as it is in all of them
    if the layer is overlapping, or as it is in an overlap.
    """

    layer: str
    boundary: str | None
    boundary_name: str | None
    neighbor: str | None
    neighbor_name: str | None
    meters: float | None
    overlapping: bool
    others: Sequence[str]


def list_stored_places(pk: int) -> list[StoredPlace]:
    """List the stored boundaries of a service request, in the order of layers."""
    return [StoredPlace(**row) for row in db.session.execute(select_stored_places(pk)).mappings()]


def select_stored_places(pk: Any) -> Rows:
    """Select the same, with the columns of StoredPlace."""
    inside, beside = aliased(Boundary), aliased(Boundary)
    return (
        select(
            BoundaryLayer.code.label("layer"),
            inside.code.label("boundary"),
            inside.name.label("boundary_name"),
            beside.code.label("neighbor"),
            beside.name.label("neighbor_name"),
            ServiceRequestBoundary.neighbor_meters.label("meters"),
            BoundaryLayer.overlapping,
            _names_of_others().label("others"),
        )
        .select_from(ServiceRequestBoundary)
        .join(BoundaryLayer, BoundaryLayer.id == ServiceRequestBoundary.layer_id)
        .outerjoin(inside, inside.id == ServiceRequestBoundary.boundary_id)
        .outerjoin(beside, beside.id == ServiceRequestBoundary.neighbor_id)
        .where(ServiceRequestBoundary.service_request_pk == pk)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )


def _names_of_others() -> ColumnElement[list[str]]:
    other = aliased(Boundary)
    name = func.coalesce(func.nullif(other.name, ""), other.code)
    names = select(func.array_agg(aggregate_order_by(name, other.position)))
    found = names.where(other.id == any_(ServiceRequestBoundary.others))
    none = cast([], ARRAY(String))
    return func.coalesce(found.correlate(ServiceRequestBoundary).scalar_subquery(), none)
