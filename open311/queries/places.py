"""Where service requests lie: the boundary of each layer, and what is near, as parts of a row."""

from typing import Any

from sqlalchemy import Numeric, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

from open311.models import Boundary, BoundaryLayer, ServiceRequest, ServiceRequestBoundary


def boundaries() -> ColumnElement[Any]:
    """Build {layer: code, …} in the order of layers."""
    inside = Boundary.id == ServiceRequestBoundary.boundary_id
    return func.coalesce(_by_layer(Boundary.code, inside, true()), func.json_build_object())


def near_border() -> ColumnElement[Any]:
    """Build {layer: {code, name, metres}, …} of neighbours nearer than the place is accurate.

    NULL where there is none.
    """
    metres = func.round(cast(ServiceRequestBoundary.neighbour_metres, Numeric), 1)
    neighbour = func.json_build_object(
        "code", Boundary.code, "name", Boundary.name, "metres", metres
    )
    next_to = Boundary.id == ServiceRequestBoundary.neighbour_id
    return _by_layer(neighbour, next_to, ServiceRequestBoundary.near)


def _by_layer(
    value: Any, boundary: ColumnElement[bool], condition: SQLCoreOperations[bool]
) -> ColumnElement[Any]:
    ordered = aggregate_order_by(value, BoundaryLayer.position, BoundaryLayer.id)
    return (
        select(func.json_object_agg(BoundaryLayer.code, ordered))
        .select_from(ServiceRequestBoundary)
        .join(BoundaryLayer, BoundaryLayer.id == ServiceRequestBoundary.layer_id)
        .join(Boundary, boundary)
        .where(ServiceRequestBoundary.service_request_pk == ServiceRequest.pk, condition)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
